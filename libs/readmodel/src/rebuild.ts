import type { Pool, PoolClient } from 'pg';
import type { EventStore } from '#kernel';
import { partitionOf, Refusal } from '#kernel';
import { dropSchema, exclusively, inTransaction, lockCheckpoints, putCheckpoints } from '#postgres';
import type { Checkpoint } from '#postgres';
import { foldVersion } from '#views';
import { ReadModelProjector } from './projector.js';
import { ShadowBuilder } from './shadow-builder.js';
import { ShadowTables } from './shadow-tables.js';
import type { Built } from './shadow-tables.js';

export interface RebuildProgress {
  readonly phase: 'reading' | 'indexing' | 'catching-up' | 'swapping';
  /** Log position that is folded in, and the end of the log when the rebuild began. */
  readonly position: number;
  readonly head: number;
}

export interface RebuildOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** Stops after the page under way; what was done so far stays for the next start. */
  readonly signal?: AbortSignal;
  /** Facts read at a time. */
  readonly page?: number;
  readonly cachedIncidents?: number;
  /** Facts after which the work is committed; a crash costs no more than these. */
  readonly leg?: number;
}

export interface RebuildResult {
  readonly status: 'swapped' | 'interrupted';
  /** Log position that the new tables have reached. */
  readonly position: number;
  /** Facts folded in by this run, and before it by a run that was interrupted. */
  readonly events: number;
  readonly resumedFrom: number;
  readonly incidents: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

/** One rebuild or comparison at a time in a database. */
const rebuildLock = '310110, 3';

export const withRebuildLock = <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  exclusively(pool, rebuildLock, () => new Refusal('views.rebuild-running', 'The views of this database are being rebuilt already; wait until that is done.'), work);

/** The shape and size of a build that suits a machine with two cores: some 400 MB of memory. */
export const usualBuild = { page: 1_000, cachedIncidents: 40_000, leg: 1_000_000 } as const;

/**
 * 重建 Builds the read model anew from the first fact on, beside the one in use, and puts it in its place in one transaction: readers
 * see the old rows until then and the new ones from then on, never none. The live projector is fenced out at that moment and goes
 * on from the new tables.
 *
 * It may be stopped or killed at any time: nothing in use is touched before the swap, and the next start goes on from the last
 * commit (a page after a stop, a leg after a crash), unless the shape of the tables or the fold has changed meanwhile.
 *
 * Refuses with `views.rebuild-running`; fails with `Unavailable` when the database is away, which the next start goes on from.
 */
export const rebuildReadModel = async (options: RebuildOptions): Promise<RebuildResult> => {
  const { store, pool, onProgress = () => undefined, signal, page, cachedIncidents, leg } = { ...usualBuild, ...options };
  const began = performance.now();
  const head = (await store.head()).position;
  return withRebuildLock(pool, async (client) => {
    await dropSchema(client, 'views_old');
    const tables = new ShadowTables(client, 'views_next');
    const found = await tables.open(foldVersion);
    const stopped = (): boolean => signal?.aborted ?? false;
    const builder = new ShadowBuilder(client, tables, found, {
      store, page, cachedIncidents, leg, stopped, until: Number.MAX_SAFE_INTEGER, onPage: (position) => onProgress({ phase: 'reading', position, head }),
    });
    const result = async (status: RebuildResult['status'], { position, events }: Built, incidents: number): Promise<RebuildResult> => {
      const seconds = (performance.now() - began) / 1_000;
      const done = events - found.events;
      return { status, position, events: done, resumedFrom: found.position, incidents, seconds, eventsPerSecond: Math.round(done / seconds) };
    };
    const { built, finished } = found.indexed ? { built: found, finished: true } : await builder.run();
    if (!finished) return result('interrupted', built, await countOf(client, 'views_next'));
    const indexed = found.indexed ? found : await index(tables, built, () => onProgress({ phase: 'indexing', position: built.position, head }));
    const caught = await catchUp({ client, tables, store, stopped, onPage: (position) => onProgress({ phase: 'catching-up', position, head }) }, indexed);
    if (stopped()) return result('interrupted', caught, await countOf(client, 'views_next'));
    onProgress({ phase: 'swapping', position: caught.position, head });
    const incidents = await countOf(client, 'views_next');
    const swapped = await swap(pool, store, caught);
    await dropSchema(client, 'views_old');
    return result('swapped', swapped, incidents);
  });
};

const countOf = async (client: PoolClient, schema: string): Promise<number> =>
  Number((await client.query<{ count: string }>(`select count(*) from ${schema}.incident`)).rows[0]?.count ?? 0);

export const index = async (tables: ShadowTables, built: Built, onBegin: () => void = () => undefined): Promise<Built> => {
  onBegin();
  if (!built.keyed) await tables.addKeys();
  const keyed = { ...built, keyed: true };
  await tables.save(keyed);
  await tables.addIndices();
  const indexed = { ...keyed, indexed: true };
  await tables.save(indexed);
  return indexed;
};

interface CatchUp {
  readonly client: PoolClient;
  readonly tables: ShadowTables;
  readonly store: EventStore;
  readonly stopped: () => boolean;
  readonly onPage: (position: number) => void;
}

/** Facts at a time when rows are updated and not only added. */
const catchUpPage = 2_000;
/** A log that grows as fast as it is caught up with is not chased for ever: the swap takes what is left. */
const catchUpPasses = 5;

/** What was recorded while the tables were filled and indexed goes in the way the live projector works. */
const catchUp = async ({ client, tables, store, stopped, onPage }: CatchUp, from: Built): Promise<Built> => {
  const projector = new ReadModelProjector({ schema: tables.schema });
  let built = from;
  for (let pass = 0; pass < catchUpPasses; pass += 1) {
    const { position: end } = await store.head();
    if (end - built.position < (pass === 0 ? 1 : catchUpPage)) break;
    while (built.position < end && !stopped()) {
      const events = await store.readAll(built.position, catchUpPage);
      await client.query('begin');
      await projector.project(client, events);
      built = { ...built, position: events.at(-1)?.position ?? end, events: built.events + events.length };
      await tables.save(built);
      await client.query('commit');
      onPage(built.position);
    }
  }
  return built;
};

/**
 * Folds in what lies between the tables and where the live projector stands. Its parts may stand at different positions: then the facts of
 * each are taken up to where that part stands.
 */
export const foldUpTo = async (client: PoolClient, store: EventStore, schema: string, built: Built, checkpoints: readonly Pick<Checkpoint, 'position'>[]): Promise<Built> => {
  const projector = new ReadModelProjector({ schema });
  const furthest = Math.max(...checkpoints.map(({ position }) => position));
  let next = built;
  while (next.position < furthest) {
    const read = (await store.readAll(next.position, catchUpPage)).filter(({ position }) => position <= furthest);
    const last = read.at(-1);
    if (!last) throw new Error(`the checkpoint of the views stands at ${furthest}, the log ends at ${next.position}`);
    const events = read.filter(({ stream, position }) => position <= (checkpoints[partitionOf(stream, checkpoints.length)]?.position ?? 0));
    await projector.project(client, events, { after: next.position, to: last.position });
    next = { ...next, position: last.position, events: next.events + events.length };
  }
  return next;
};

/**
 * With the live projector standing still, the new tables take over exactly where its furthest part stands, or further on where it had fallen
 * behind them; the new epochs make whoever held a lease ask for it again and forget what it remembers of the old tables.
 */
const swap = (pool: Pool, store: EventStore, built: Built): Promise<Built> =>
  inTransaction(pool, async (client) => {
    const furthest = Math.max(...(await lockCheckpoints(client, 'views')).map(({ position }) => position));
    const last = await foldUpTo(client, store, 'views_next', built, [{ position: furthest }]);
    await putCheckpoints(client, 'views', last.position);
    await client.query('drop table views_next.built');
    await client.query('alter schema views rename to views_old');
    await client.query('alter schema views_next rename to views');
    return last;
  });
