import type { TreeHash } from './tree-hash.js';
import { hashBytes } from './tree-hash.js';

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const sound = (proof: readonly Uint8Array[]): boolean => proof.every(({ length }) => length === hashBytes);
const half = (number: number): number => Math.floor(number / 2);
const odd = (number: number): boolean => number % 2 === 1;

/** The root that a leaf hash and its audit path lead to, or null when the path does not fit the tree (RFC 9162 section 2.1.3.2). */
const rootFromInclusion = (hash: TreeHash, leafHash: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]): Buffer | null => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size || leafHash.length !== hashBytes || !sound(proof)) return null;
  let [node, last] = [index, size - 1];
  let root: Buffer = Buffer.from(leafHash);
  for (const step of proof) {
    if (last === 0) return null;
    if (odd(node) || node === last) {
      root = hash.node(step, root);
      while (!odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      root = hash.node(root, step);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? root : null;
};

/** Whether a leaf stands at an index of the tree with this root. */
export const verifyInclusion = (hash: TreeHash, leafHash: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean => {
  const found = rootFromInclusion(hash, leafHash, index, size, proof);
  return found !== null && same(found, root);
};

/** The roots that a consistency proof leads to, of the older tree and of the newer one; null when the path does not fit. */
const rootsFromConsistency = (hash: TreeHash, size1: number, size2: number, [head, ...path]: readonly Uint8Array[]): readonly [Buffer, Buffer] | null => {
  if (head === undefined) return null;
  let [node, last] = [size1 - 1, size2 - 1];
  while (odd(node)) [node, last] = [half(node), half(last)];
  let [older, newer]: [Buffer, Buffer] = [Buffer.from(head), Buffer.from(head)];
  for (const step of path) {
    if (last === 0) return null;
    if (odd(node) || node === last) {
      older = hash.node(step, older);
      newer = hash.node(step, newer);
      while (!odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = hash.node(newer, step);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? [older, newer] : null;
};

/**
 * Whether the first tree is the beginning of the second (RFC 9162 section 2.1.4.2). A tree without leaves is the beginning of every tree
 * and therefore proves nothing: it is refused.
 */
export const verifyConsistency = (
  hash: TreeHash, size1: number, size2: number, proof: readonly Uint8Array[], root1: Uint8Array, root2: Uint8Array,
): boolean => {
  if (!Number.isSafeInteger(size1) || !Number.isSafeInteger(size2) || size1 < 1 || size1 > size2 || !sound(proof)) return false;
  if (size1 === size2) return proof.length === 0 && same(root1, root2);
  if (proof.length === 0) return false;
  const roots = rootsFromConsistency(hash, size1, size2, isPowerOfTwo(size1) ? [root1, ...proof] : proof);
  return roots !== null && same(roots[0], root1) && same(roots[1], root2);
};

const isPowerOfTwo = (number: number): boolean => Number.isInteger(Math.log2(number));
