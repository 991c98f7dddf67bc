import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { edgeOf, encodeDigested, TileWriter, treeHashes } from '#evidence';
import type { TreeName } from '#evidence';
import { currentEpoch, tileReader, writeTiles } from './evidence-tables.js';
import type { ReadDigest } from './stored-facts.js';

/** Facts hashed in one go, a tenth of a millisecond: who appends meanwhile keeps the store busy only if it is let in at once. */
export const hashedAtATime = 16;

interface Edge {
  readonly epoch: number;
  size: number;
  readonly writers: ReadonlyMap<TreeName, TileWriter>;
}

/**
 * 存证订阅 Grows both trees with the log: hashes the facts as they stand in the store, and writes the tiles that change in one transaction
 * with the checkpoint of the subscription, so that the trees are always as large as that says.
 */
export class EvidenceSubscriber {
  readonly name = 'evidence';
  readonly canWait = true;
  readonly batch = 2_000;
  readonly unhurried = true;
  private edge: Edge | null = null;

  constructor(private readonly logId: string) {}

  handle(facts: readonly ReadDigest[]): Promise<((tx: ClientBase) => Promise<void>) | null> {
    return Promise.resolve(facts.length > 0 ? (tx) => this.grow(tx, facts) : null);
  }

  reset(): void {
    this.edge = null;
  }

  private async grow(tx: ClientBase, facts: readonly ReadDigest[]): Promise<void> {
    const edge = await this.edgeAt(tx, (facts[0]?.position ?? 1) - 1);
    this.edge = null;
    for (const [at, fact] of facts.entries()) {
      if (at % hashedAtATime === hashedAtATime - 1) await nextTurn();
      edge.size += 1;
      if (fact.position !== edge.size) throw new Error(`the log is not dense: position ${edge.size} is missing before ${fact.position}`);
      const leaf = encodeDigested(this.logId, fact);
      for (const hash of treeHashes) edge.writers.get(hash.name)?.push(hash.leaf(leaf));
    }
    await writeTiles(tx, edge.epoch, new Map([...edge.writers].map(([tree, writer]) => [tree, writer.takeChanged()])));
    this.edge = edge;
  }

  private async edgeAt(tx: ClientBase, size: number): Promise<Edge> {
    const epoch = await currentEpoch(tx);
    if (this.edge?.epoch === epoch && this.edge.size === size) return this.edge;
    const writers = new Map<TreeName, TileWriter>();
    for (const hash of treeHashes) writers.set(hash.name, new TileWriter(hash, size, size === 0 ? [] : await tileReader(tx, epoch, hash.name)(edgeOf(size))));
    return { epoch, size, writers };
  }
}
