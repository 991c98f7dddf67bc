import { subtreesOf } from './compact-range.js';
import type { TreeHash } from './tree-hash.js';
import { hashBytes } from './tree-hash.js';

const tileHeight = 8;
/** Hashes of a full tile; its root is one hash of the tile above. */
export const tileWidth: number = 2 ** tileHeight;

/** 瓦片 Up to 256 neighbouring hashes, as C2SP tlog-tiles lays them out: level 0 has leaf hashes, level n the roots of tiles of level n - 1. */
interface TileId {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TileId {
  /** The hashes one behind the other; fewer than 256 only in the last tile of a level. */
  readonly hashes: Uint8Array;
}

/** Where tiles are kept. Answers those that it has, in any order. */
export type TileReader = (wanted: readonly TileId[]) => Promise<readonly Tile[]>;

interface Range {
  readonly start: number;
  readonly end: number;
}

const largestPowerBelow = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);

/** The parts of an audit path, from the leaf's sibling up (RFC 6962 section 2.1.1). */
const inclusionPath = (index: number, { start, end }: Range): readonly Range[] => {
  if (end - start === 1) return [];
  const middle = start + largestPowerBelow(end - start);
  return index < middle ? [...inclusionPath(index, { start, end: middle }), { start: middle, end }] : [...inclusionPath(index, { start: middle, end }), { start, end: middle }];
};

/** The parts of a consistency proof (RFC 6962 section 2.1.2). `whole` while the older tree itself is the left part. */
const consistencyPath = (size: number, { start, end }: Range, whole: boolean): readonly Range[] => {
  if (size === end) return whole ? [] : [{ start, end }];
  const middle = start + largestPowerBelow(end - start);
  return size <= middle
    ? [...consistencyPath(size, { start, end: middle }, whole), { start: middle, end }]
    : [...consistencyPath(size, { start: middle, end }, false), { start, end: middle }];
};

interface Subtree {
  readonly height: number;
  readonly index: number;
}

const subtreesIn = ({ start, end }: Range): readonly Subtree[] => {
  let at = start;
  return subtreesOf(end - start).map((size) => {
    const subtree = { height: Math.log2(size), index: at / size };
    at += size;
    return subtree;
  });
};

const tileOf = ({ height, index }: Subtree): TileId & { readonly from: number; readonly count: number } => {
  const level = Math.floor(height / tileHeight);
  const count = 2 ** (height % tileHeight);
  const first = index * count;
  return { level, index: Math.floor(first / tileWidth), from: first % tileWidth, count };
};

const keyOf = ({ level, index }: TileId): string => `${level}/${index}`;

/** The root of 2^n hashes that stand one behind the other. */
export const rootOfHashes = (hash: TreeHash, hashes: Uint8Array): Buffer => {
  const row = Buffer.from(hashes);
  for (let count = row.length / hashBytes; count > 1; count /= 2) hash.foldRow(row, count);
  return Buffer.from(row.subarray(0, hashBytes));
};

/** A tree that is kept in tiles: its roots and its proofs at any size that it ever had. Fails with an ordinary error when a tile is missing. */
export class TiledTree {
  constructor(
    private readonly hash: TreeHash,
    private readonly read: TileReader,
  ) {}

  async rootAt(size: number): Promise<Buffer> {
    if (size === 0) return this.hash.empty;
    const [root] = await this.hashesOf([{ start: 0, end: size }]);
    return root as Buffer;
  }

  /** The roots of the complete subtrees of a size, as `CompactRange` takes them. */
  async rangeAt(size: number): Promise<readonly Buffer[]> {
    let start = 0;
    return this.hashesOf(subtreesOf(size).map((leaves) => ({ start, end: (start += leaves) })));
  }

  async inclusion(index: number, size: number): Promise<readonly Buffer[]> {
    if (!(index >= 0 && index < size)) throw new Error(`a tree of ${size} leaves has no leaf ${index}`);
    return this.hashesOf(inclusionPath(index, { start: 0, end: size }));
  }

  async consistency(size1: number, size2: number): Promise<readonly Buffer[]> {
    if (!(size1 >= 0 && size1 <= size2)) throw new Error(`a tree of ${size1} leaves is no beginning of one of ${size2}`);
    return size1 === 0 || size1 === size2 ? [] : this.hashesOf(consistencyPath(size1, { start: 0, end: size2 }, true));
  }

  async leafHashes(from: number, to: number): Promise<readonly Buffer[]> {
    return this.hashesOf(Array.from({ length: to - from }, (_none, at) => ({ start: from + at, end: from + at + 1 })));
  }

  private async hashesOf(ranges: readonly Range[]): Promise<readonly Buffer[]> {
    const wanted = new Map(ranges.flatMap(subtreesIn).map((subtree) => {
      const { level, index } = tileOf(subtree);
      return [keyOf({ level, index }), { level, index }];
    }));
    const tiles = new Map((wanted.size === 0 ? [] : await this.read([...wanted.values()])).map((tile) => [keyOf(tile), tile.hashes]));
    return ranges.map((range) => {
      const roots = subtreesIn(range).map((subtree) => this.rootOf(subtree, tiles));
      return roots.slice(0, -1).reduceRight((right, left) => this.hash.node(left, right), roots.at(-1) as Buffer);
    });
  }

  private rootOf(subtree: Subtree, tiles: ReadonlyMap<string, Uint8Array>): Buffer {
    const { level, index, from, count } = tileOf(subtree);
    const hashes = tiles.get(keyOf({ level, index }))?.subarray(from * hashBytes, (from + count) * hashBytes);
    if (hashes?.length !== count * hashBytes) throw new Error(`tile ${level}/${index} of the ${this.hash.name} tree is missing or cut short`);
    return rootOfHashes(this.hash, hashes);
  }
}
