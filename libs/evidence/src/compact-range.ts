import { Refusal } from '#kernel';
import type { TreeHash } from './tree-hash.js';
import { hashBytes } from './tree-hash.js';

const lowestBit = (number: number): number => {
  let bit = 1;
  while (number % (bit * 2) === 0) bit *= 2;
  return bit;
};

/** Sizes of the complete subtrees that a tree of this many leaves consists of, the greatest first: the bits of the number. */
export const subtreesOf = (size: number): readonly number[] => {
  const sizes: number[] = [];
  for (let left = size; left > 0; left -= sizes[0] ?? 0) sizes.unshift(lowestBit(left));
  return sizes;
};

/** A tree that only grows: no more is kept of it than the roots of its complete subtrees, one for each bit of its size. */
export class CompactRange {
  private readonly roots: Buffer[];
  private leaves: number;

  /** Empty, or as an earlier one left off. Refuses with `evidence.range-unreadable` roots that do not fit the size. */
  constructor(private readonly hash: TreeHash, size = 0, roots: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0 || roots.length !== subtreesOf(size).length || roots.some(({ length }) => length !== hashBytes)) {
      throw new Refusal('evidence.range-unreadable', `A tree of ${size} leaves does not begin with ${roots.length} such hashes.`, { size });
    }
    this.leaves = size;
    this.roots = roots.map((root) => Buffer.from(root));
  }

  get size(): number {
    return this.leaves;
  }

  push(leafHash: Buffer): void {
    let root = leafHash;
    for (let rest = this.leaves; rest % 2 === 1; rest = (rest - 1) / 2) root = this.hash.node(this.roots.pop() as Buffer, root);
    this.roots.push(root);
    this.leaves += 1;
  }

  root(): Buffer {
    const last = this.roots.at(-1);
    return last === undefined ? this.hash.empty : this.roots.slice(0, -1).reduceRight((right, left) => this.hash.node(left, right), last);
  }
}
