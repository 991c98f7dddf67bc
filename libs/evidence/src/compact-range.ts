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

/** No tree that can be counted has more complete subtrees. */
const depthMax = 54;

/** A tree that only grows: no more is kept of it than the roots of its complete subtrees, one for each bit of its size. */
export class CompactRange {
  /** The roots, the greatest subtree first, in one room that is asked for once. */
  private readonly roots = Buffer.alloc(depthMax * hashBytes);
  private depth: number;
  private leaves: number;

  /** Empty, or as an earlier one left off. Refuses with `evidence.range-unreadable` roots that do not fit the size. */
  constructor(private readonly hash: TreeHash, size = 0, roots: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0 || roots.length !== subtreesOf(size).length || roots.some(({ length }) => length !== hashBytes)) {
      throw new Refusal('evidence.range-unreadable', `A tree of ${size} leaves does not begin with ${roots.length} such hashes.`, { size });
    }
    this.leaves = size;
    this.depth = roots.length;
    roots.forEach((root, index) => this.roots.set(root, index * hashBytes));
  }

  get size(): number {
    return this.leaves;
  }

  push(leafHash: Uint8Array): void {
    this.roots.set(leafHash, this.depth * hashBytes);
    this.depth += 1;
    for (let rest = this.leaves; rest % 2 === 1; rest = (rest - 1) / 2) {
      this.depth -= 1;
      this.hash.joinAt(this.roots, (this.depth - 1) * hashBytes);
    }
    this.leaves += 1;
  }

  root(): Buffer {
    if (this.depth === 0) return this.hash.empty;
    const left = Buffer.from(this.roots);
    for (let joined = this.depth - 1; joined > 0; joined -= 1) this.hash.joinAt(left, (joined - 1) * hashBytes);
    return left.subarray(0, hashBytes);
  }
}
