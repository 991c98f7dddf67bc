import { subtreesOf } from './compact-range.js';
import type { Tile } from './tiles.js';
import { rootOfHashes, tileWidth } from './tiles.js';
import type { TreeHash } from './tree-hash.js';
import { hashBytes } from './tree-hash.js';

const tileBytes = tileWidth * hashBytes;

interface Edge {
  index: number;
  hashes: Buffer;
  /** Bytes of it that hold hashes. */
  filled: number;
  grown: boolean;
}

/** The right edge of a tree in tiles: takes leaf hashes in order and says which tiles have changed. */
export class TileWriter {
  private readonly edges: Edge[] = [];
  private readonly changed = new Map<string, Tile>();

  /** `edge` has the last tile of every level, also a full one, for a tree that has this many leaves. */
  constructor(
    private readonly hash: TreeHash,
    size = 0,
    edge: readonly Tile[] = [],
  ) {
    for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) {
      const index = Math.floor(count / tileWidth);
      const filled = (count % tileWidth) * hashBytes;
      const hashes = Buffer.alloc(tileBytes);
      const kept = edge.find((tile) => tile.level === level && tile.index === index);
      if (filled > 0 && (kept?.hashes.length ?? 0) < filled) throw new Error(`tile ${level}/${index} of the ${hash.name} tree is missing or cut short`);
      if (kept) hashes.set(kept.hashes.subarray(0, filled));
      this.edges.push({ index, hashes, filled, grown: false });
    }
  }

  /** Takes the hashes of leaves in order, one behind the other. */
  push(leafHashes: Uint8Array): void {
    this.add(0, leafHashes);
  }

  /** Root of the tree with all leaves that were taken. */
  root(): Buffer {
    let root: Buffer | null = null;
    // The last subtrees stand in the lowest tile, and in each tile behind the others.
    for (const { hashes, filled } of this.edges) {
      let at = filled;
      for (const count of subtreesOf(filled / hashBytes).toReversed()) {
        const subtree = rootOfHashes(this.hash, hashes.subarray(at - count * hashBytes, at));
        root = root === null ? subtree : this.hash.node(subtree, root);
        at -= count * hashBytes;
      }
    }
    return root ?? this.hash.empty;
  }

  /** Tiles that are new or have grown since this was asked last. */
  takeChanged(): readonly Tile[] {
    this.edges.forEach((edge, level) => this.note(level, edge));
    const tiles = [...this.changed.values()];
    this.changed.clear();
    return tiles;
  }

  private note(level: number, edge: Edge): void {
    const { index, hashes, filled } = edge;
    if (edge.grown) this.changed.set(`${level}/${index}`, { level, index, hashes: Buffer.from(hashes.subarray(0, filled)) });
    edge.grown = false;
  }

  private add(level: number, added: Uint8Array): void {
    const edge = (this.edges[level] ??= { index: 0, hashes: Buffer.alloc(tileBytes), filled: 0, grown: false });
    for (let at = 0; at < added.length; ) {
      const room = added.subarray(at, at + tileBytes - edge.filled);
      edge.hashes.set(room, edge.filled);
      edge.filled += room.length;
      edge.grown = true;
      at += room.length;
      if (edge.filled < tileBytes) return;
      this.note(level, edge);
      this.add(level + 1, rootOfHashes(this.hash, edge.hashes));
      edge.index += 1;
      edge.filled = 0;
    }
  }
}

/** The last tile of every level of a tree of this many leaves, as far as it holds anything: what a writer starts from. */
export const edgeOf = (size: number): readonly { readonly level: number; readonly index: number }[] => {
  const edge: { level: number; index: number }[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) {
    if (count % tileWidth > 0) edge.push({ level, index: Math.floor(count / tileWidth) });
  }
  return edge;
};
