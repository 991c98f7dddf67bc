import type { ClientBase } from 'pg';
import { edgeOf, perTree } from '#evidence';
import type { FactRecords, PerTree, Tile, TreeName } from '#evidence';
import { currentEpoch, tileReader, writeTiles } from './evidence-tables.js';
import type { GrownLately } from './grown-lately.js';
import type { Growing } from './growing.js';
import type { StoredFacts } from './stored-facts.js';

/** A stretch of the log as records, under its last position. It belongs to no stream: the trees need the whole log in order. */
interface LogPage {
  readonly after: number;
  readonly position: number;
  readonly stream: '';
  readonly facts: FactRecords;
}

/** The log page by page, for the subscription. */
export const logPages = (facts: Pick<StoredFacts, 'readRecords'>) => ({
  readAll: async (after: number, limit: number): Promise<readonly LogPage[]> => {
    const read = await facts.readRecords(after, limit);
    return read.count === 0 ? [] : [{ after, position: after + read.count, stream: '', facts: read }];
  },
});

/**
 * 存证订阅 Grows both trees with the log: has the facts hashed as they stand in the store, and writes the tiles that change in one transaction
 * with the checkpoint of the subscription, so that the trees are always as large as that says.
 */
export class EvidenceSubscriber {
  readonly name = 'evidence';
  readonly canWait = true;
  readonly batch = 2_000;
  readonly unhurried = true;
  /** Where the growing stands, if nothing has happened to it since. */
  private edge: { readonly epoch: number; readonly size: number } | null = null;

  constructor(
    private readonly growing: Growing,
    /** Told of what the trees took in, for whoever is about to sign it. */
    private readonly grown: GrownLately,
  ) {}

  handle(pages: readonly LogPage[]): Promise<((tx: ClientBase) => Promise<void>) | null> {
    return Promise.resolve(pages.length === 0 ? null : async (tx) => {
      for (const page of pages) await this.grow(tx, page);
    });
  }

  reset(): void {
    this.edge = null;
  }

  private async grow(tx: ClientBase, { after, facts }: LogPage): Promise<void> {
    const epoch = await currentEpoch(tx);
    const goesOn = this.edge?.epoch === epoch && this.edge.size === after;
    this.edge = null;
    if (!goesOn) await this.growing.begin(after, await edges(tx, epoch, after));
    const { trees, ...stretch } = await this.growing.take(facts);
    await writeTiles(tx, epoch, perTree(({ name }) => trees[name].tiles));
    this.grown.note({ epoch, ...stretch, trees: perTree(({ name: tree }) => ({ leaves: trees[tree].leaves, root: trees[tree].root })) });
    this.edge = { epoch, size: stretch.to };
  }
}

/** The last tiles of every level of trees of this size. */
const edges = async (tx: ClientBase, epoch: number, size: number): Promise<PerTree<readonly Tile[]>> => {
  const of = async (tree: TreeName): Promise<readonly Tile[]> => (size === 0 ? [] : tileReader(tx, epoch, tree)(edgeOf(size)));
  return { sha256: await of('sha256'), sm3: await of('sm3') };
};
