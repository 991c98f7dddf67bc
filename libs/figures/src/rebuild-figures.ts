import type { Pool, PoolClient } from 'pg';
import { partitionOf, Refusal } from '#kernel';
import type { EventStore } from '#kernel';
import { dropSchema, exclusively, lockCheckpoints, putCheckpoints, reachedBy } from '#postgres';
import type { Checkpoint } from '#postgres';
import { FiguresProjector } from './figures-projector.js';

export interface RebuildOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly onProgress?: (position: number) => void;
  /** Stops after the page under way; nothing in use has been touched then. */
  readonly signal?: AbortSignal;
}

export interface FiguresRebuilt {
  readonly status: 'swapped' | 'interrupted';
  readonly position: number;
  readonly incidents: number;
}

export interface FiguresCompared {
  readonly equal: boolean;
  /** Log position at which both were compared. */
  readonly position: number;
  readonly incidents: number;
  /** Streams whose ledgers differ, at most twenty. */
  readonly differing: readonly string[];
}

const page = 5_000;
const cachedIncidents = 20_000;
/** One rebuild or comparison at a time in a database. */
const rebuildLock = '310110, 5';

const withLock = <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  exclusively(pool, rebuildLock, () => new Refusal('figures.rebuild-running', 'The figures of this database are being rebuilt already; wait until that is done.'), work);

const shadow = async (client: PoolClient, schema: string): Promise<void> => {
  await client.query(`drop schema if exists ${schema} cascade`);
  await client.query(`create schema ${schema}`);
  for (const table of ['ledger', 'frozen']) await client.query(`create table ${schema}.${table} (like figures.${table} including all)`);
  await client.query(`alter table ${schema}.ledger set (toast_tuple_target = 8160, fillfactor = 70)`);
};

/** Folds the log into a second set of tables, page by page. */
class Build {
  position = 0;
  private readonly projector: FiguresProjector;

  constructor(
    private readonly client: PoolClient,
    private readonly store: EventStore,
    schema: string,
    private readonly onPage: (position: number) => void,
  ) {
    this.projector = new FiguresProjector({ schema, cachedIncidents });
  }

  /** Up to the end of the log, or to where each part of the live projector stands. */
  async upTo(checkpoints: readonly Pick<Checkpoint, 'position'>[], stopped: () => boolean = () => false): Promise<void> {
    const furthest = Math.max(...checkpoints.map(({ position }) => position));
    while (!stopped()) {
      const read = (await this.store.readAll(this.position, page)).filter(({ position }) => position <= furthest);
      const last = read.at(-1);
      if (!last) return;
      const events = read.filter(({ stream, position }) => position <= (checkpoints[partitionOf(stream, checkpoints.length)]?.position ?? 0));
      await this.projector.project(this.client, events, { after: this.position, to: last.position });
      this.position = last.position;
      this.onPage(last.position);
    }
  }
}

const countIn = async (client: PoolClient, schema: string): Promise<number> => Number((await client.query<{ count: string }>(`select count(*) from ${schema}.ledger`)).rows[0]?.count ?? 0);

/**
 * 重建 Builds the ledgers anew from the first fact on, beside those in use, and puts them in their place in one transaction: readers see the
 * old ones until then and the new ones from then on. The live projector is fenced out at that moment and goes on from the new ones. It may be
 * stopped or killed at any time; the next start begins anew.
 *
 * Refuses with `figures.rebuild-running`; fails with `Unavailable` when the database is away.
 */
export const rebuildFigures = ({ store, pool, onProgress = () => undefined, signal }: RebuildOptions): Promise<FiguresRebuilt> =>
  withLock(pool, async (client) => {
    await dropSchema(client, 'figures_old');
    await shadow(client, 'figures_next');
    const build = new Build(client, store, 'figures_next', onProgress);
    const stopped = (): boolean => signal?.aborted ?? false;
    await build.upTo([{ position: Number.MAX_SAFE_INTEGER }], stopped);
    const incidents = await countIn(client, 'figures_next');
    if (stopped()) return { status: 'interrupted', position: build.position, incidents };
    await client.query('begin');
    await build.upTo([{ position: Math.max(...(await lockCheckpoints(client, 'figures')).map(({ position }) => position)) }]);
    await putCheckpoints(client, 'figures', build.position);
    await client.query('alter schema figures rename to figures_old');
    await client.query('alter schema figures_next rename to figures');
    await client.query('commit');
    await dropSchema(client, 'figures_old');
    return { status: 'swapped', position: build.position, incidents };
  });

/**
 * 核对 Whether the ledgers in use say what the log says: they are built a second time and compared one by one, where the live projector
 * stands. Nothing stays behind. Refuses and fails as the rebuild does.
 */
export const compareFigures = ({ store, pool }: Pick<RebuildOptions, 'store' | 'pool'>): Promise<FiguresCompared> =>
  withLock(pool, async (client) => {
    await shadow(client, 'figures_check');
    try {
      const build = new Build(client, store, 'figures_check', () => undefined);
      await build.upTo([{ position: Number((await client.query<{ position: string }>(reachedBy('figures'))).rows[0]?.position) }]);
      await client.query('begin');
      await build.upTo(await lockCheckpoints(client, 'figures'));
      const { rows } = await client.query<{ stream: string }>(
        `select stream from figures.ledger a full join figures_check.ledger b using (stream) where (a.*) is distinct from (b.*) order by stream limit 20`,
      );
      const incidents = await countIn(client, 'figures_check');
      await client.query('rollback');
      return { equal: rows.length === 0, position: build.position, incidents, differing: rows.map(({ stream }) => stream) };
    } finally {
      await client.query('rollback').catch(() => undefined);
      await client.query('drop schema if exists figures_check cascade').catch(() => undefined);
    }
  });
