import { eachFactIn } from './fact-lines.js';
import { LeafWriter } from './leaf.js';
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
  /** SHA-256 of the lines of these facts, in hexadecimal digits; null where a fact does not agree with its provenance. */
  readonly digest: string | null;
  readonly trees: PerTree<GrownTree>;
}

/** Both trees of a log at their right edge. All that growing them takes is hashing, so this is done wherever there is a thread for it. */
export class TreeGrower {
  private size = 0;
  private writers: PerTree<TileWriter> = perTree((hash) => new TileWriter(hash));

  private readonly leaf: LeafWriter;

  constructor(logId: string) {
    this.leaf = new LeafWriter(logId);
  }

  /** From here on the trees have so many leaves, and these are the last tiles of every level. Throws when one is missing. */
  begin(size: number, edges: PerTree<readonly Tile[]>): void {
    this.writers = perTree((hash) => new TileWriter(hash, size, edges[hash.name]));
    this.size = size;
  }

  /** Takes in so many facts, which these lines have in UTF-8. Throws before anything has changed when they do not follow upon those that were taken in before. */
  take(count: number, lines: Uint8Array): Growth {
    const rows = perTree(() => Buffer.allocUnsafe(count * hashBytes));
    const from = this.size + 1;
    let [taken, agree] = [0, true];
    eachFactIn(lines, (fact, at) => {
      if (fact.position !== from + at) throw new Error(`the log is not dense: position ${from + at} is missing before ${fact.position}`);
      const leaf = this.leaf.behindZero(fact);
      for (const hash of treeHashes) hash.leafInto(rows[hash.name], at * hashBytes, leaf);
      agree &&= fact.agrees;
      taken += 1;
    });
    if (taken !== count) throw new Error(`these are the lines of ${taken} facts and not of ${count}`);
    const trees = perTree(({ name }): GrownTree => {
      const [row, writer] = [rows[name], this.writers[name]];
      writer.push(row);
      return { tiles: writer.takeChanged(), leaves: hexDigestOf(row), root: writer.root() };
    });
    this.size += count;
    return { from, to: this.size, digest: agree ? hexDigestOf(lines) : null, trees };
  }
}
