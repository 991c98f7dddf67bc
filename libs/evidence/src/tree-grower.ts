import { asBuffer, positionAt, startsOf } from './fact-records.js';
import type { FactRecords } from './fact-records.js';
import { RecordLeafWriter } from './record-leaf.js';
import { laneCount } from './sm3-lanes.js';
import { TileWriter } from './tile-writer.js';
import type { Tile } from './tiles.js';
import { hashBytes, hexDigestOf, perTree, treeHashes } from './tree-hash.js';
import type { PerTree } from './tree-hash.js';

/** What a tree became by some leaves. */
interface GrownTree {
  /** Tiles that are new or have grown. */
  readonly tiles: readonly Tile[];
  /** SHA-256 of the hashes of these leaves, one behind the other, in hexadecimal digits. */
  readonly leaves: string;
  /** The root with the last of these leaves. */
  readonly root: Uint8Array;
}

/** 生长 What the trees took in at once: neighbouring facts of the log. */
export interface Growth {
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the records of these facts, in hexadecimal digits; null where a fact does not agree with its provenance. */
  readonly digest: string | null;
  readonly trees: PerTree<GrownTree>;
}

/** Both trees of a log at their right edge. All that growing them takes is hashing, so this is done wherever there is a thread for it. */
export class TreeGrower {
  private size = 0;
  private writers: PerTree<TileWriter> = perTree((hash) => new TileWriter(hash));

  /** As many as are hashed at once. */
  private readonly leaves: readonly RecordLeafWriter[];

  constructor(logId: string) {
    this.leaves = Array.from({ length: laneCount }, () => new RecordLeafWriter(logId));
  }

  /** From here on the trees have so many leaves, and these are the last tiles of every level. Throws when one is missing. */
  begin(size: number, edges: PerTree<readonly Tile[]>): void {
    this.writers = perTree((hash) => new TileWriter(hash, size, edges[hash.name]));
    this.size = size;
  }

  /** Takes in some facts. Throws before anything has changed when they do not follow upon those that were taken in before. */
  take({ count, records, disagreeing }: FactRecords): Growth {
    const bytes = asBuffer(records);
    const starts = startsOf(bytes);
    const from = this.size + 1;
    if (starts.length !== count + 1) throw new Error(`these are the records of ${starts.length - 1} facts and not of ${count}`);
    for (let at = 0; at < count; at += 1) {
      const position = positionAt(bytes, starts[at] as number);
      if (position !== from + at) throw new Error(`the log is not dense: position ${from + at} is missing before ${position}`);
    }
    const rows = perTree(() => Buffer.allocUnsafe(count * hashBytes));
    for (let at = 0; at < count; at += laneCount) {
      const leaves = this.leaves.slice(0, count - at).map((leaf, index) => leaf.behindZero(bytes, starts[at + index] as number));
      for (const hash of treeHashes) hash.leavesInto(rows[hash.name], at * hashBytes, leaves);
    }
    const trees = perTree(({ name }): GrownTree => {
      const [row, writer] = [rows[name], this.writers[name]];
      writer.push(row);
      return { tiles: writer.takeChanged(), leaves: hexDigestOf(row), root: writer.root() };
    });
    this.size += count;
    return { from, to: this.size, digest: disagreeing.length === 0 ? hexDigestOf(bytes) : null, trees };
  }
}
