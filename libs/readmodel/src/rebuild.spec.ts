import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '#kernel';
import { incidentHistories } from '#testing';
import { compareReadModel } from './compare.js';
import { ReadModelProjector } from './projector.js';
import { rebuildReadModel } from './rebuild.js';
import type { RebuildProgress } from './rebuild.js';
import { project, record, withReadModel } from './spec-log.js';
import type { SpecLog } from './spec-log.js';

const database = withReadModel();
const everything = { places: null, unit: null };
const page = { sort: 'changedAt', direction: 'descending', cursor: null, limit: 50 } as const;

const schemas = async ({ log }: SpecLog): Promise<readonly string[]> =>
  (await log.pool.query<{ nspname: string }>(`select nspname from pg_namespace where nspname like 'views%' order by 1`)).rows.map(({ nspname }) => nspname);

const shapeOf = async ({ log }: SpecLog): Promise<unknown> =>
  (
    await log.pool.query(`
      select indexdef as line from pg_indexes where schemaname = 'views'
      union all select table_name || column_name || data_type || is_nullable from information_schema.columns where table_schema = 'views'
      union all select conname || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'views'::regnamespace and contype = 'p'
      union all select viewname || definition from pg_views where schemaname = 'views'
      union all select relname || array_to_string(reloptions, ',') from pg_class where relnamespace = 'views'::regnamespace and reloptions is not null
      union all select c.relname || a.attname || a.attstorage::text from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'views'::regnamespace and c.relkind = 'r' and a.attnum > 0
      order by 1`)
  ).rows;

/** The store as it is, with something happening at its pages. */
const watched = (store: EventStore, onPage: (after: number) => void | Promise<void>): EventStore =>
  ({
    readAll: async (after: number, limit: number) => {
      await onPage(after);
      return store.readAll(after, limit);
    },
    head: () => store.head(),
  }) as EventStore;

describe('a rebuild', () => {
  it('makes the same tables in the same shape, and tells how far it is', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 1, incidents: 50, concurrent: 25 }));
    const position = await project(spec.log);
    const shape = await shapeOf(spec);
    const before = await spec.views.incidents(everything, {}, page);
    const told: RebuildProgress[] = [];
    // So few are remembered that most views are written out and read again several times.
    const result = await rebuildReadModel({ ...spec.log, page: 40, cachedIncidents: 10, leg: 200, onProgress: (progress) => told.push(progress) });
    expect(result).toMatchObject({ status: 'swapped', position, events: position, resumedFrom: 0, incidents: 50 });
    expect(new Set(told.map(({ phase }) => phase))).toEqual(new Set(['reading', 'indexing', 'swapping']));
    expect(told.every(({ head }) => head === position)).toBe(true);
    expect(await schemas(spec)).toEqual(['views']);
    expect(await shapeOf(spec)).toEqual(shape);
    expect(await spec.views.incidents(everything, {}, page)).toEqual(before);
    expect(await compareReadModel(spec.log.store, spec.log.pool)).toMatchObject({ equal: true, position });
  });

  it('brings tables that nobody has kept to the end of the log, and the live projector goes on from there', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 2, incidents: 20 }));
    const { position } = await rebuildReadModel({ ...spec.log });
    expect(await spec.views.position()).toBe(position);
    await record(spec.log, incidentHistories({ seed: 3, incidents: 20 }));
    await project(spec.log);
    expect(await compareReadModel(spec.log.store, spec.log.pool)).toMatchObject({ equal: true, rows: { incident: 40 } });
  });

  it('repairs tables that somebody has damaged', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 4, incidents: 10 }));
    await project(spec.log);
    await spec.log.pool.query(`update views.incident set holder = 'nobody'`);
    expect(await compareReadModel(spec.log.store, spec.log.pool)).toMatchObject({ equal: false });
    await rebuildReadModel({ ...spec.log });
    expect(await compareReadModel(spec.log.store, spec.log.pool)).toMatchObject({ equal: true });
  });

  it('of an empty log gives empty tables', async () => {
    const spec = await database.open();
    expect(await rebuildReadModel({ ...spec.log })).toMatchObject({ status: 'swapped', position: 0, events: 0, incidents: 0 });
    expect((await spec.views.incidents(everything, {}, page)).items).toEqual([]);
  });
});

describe('a rebuild that is interrupted', () => {
  it('by a stop touches nothing in use and goes on where it was', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 5, incidents: 40, concurrent: 20 }));
    const stop = new AbortController();
    const first = await rebuildReadModel({
      ...spec.log, page: 50, signal: stop.signal, onProgress: ({ position }) => { if (position >= 150) stop.abort(); },
    });
    expect(first).toMatchObject({ status: 'interrupted', position: 150, events: 150 });
    expect((await spec.views.incidents(everything, {}, page)).items).toEqual([]);
    const second = await rebuildReadModel({ ...spec.log, page: 50 });
    expect(second).toMatchObject({ status: 'swapped', resumedFrom: 150, incidents: 40 });
    expect(first.events + second.events).toBe(second.position);
    expect(await compareReadModel(spec.log.store, spec.log.pool)).toMatchObject({ equal: true });
  });

  it('by a crash goes on from the last leg', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 6, incidents: 40, concurrent: 20 }));
    const store = watched(spec.log.store, async (after) => {
      if (after === 250) await spec.log.pool.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 3 and database = (select oid from pg_database where datname = current_database())`);
    });
    await expect(rebuildReadModel({ ...spec.log, store, page: 50, leg: 100 })).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await rebuildReadModel({ ...spec.log, page: 50 })).toMatchObject({ status: 'swapped', resumedFrom: 200, incidents: 40 });
    expect(await compareReadModel(spec.log.store, spec.log.pool)).toMatchObject({ equal: true });
  });

  it('begins anew when the tables have another shape by now', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 7, incidents: 30 }));
    const stop = new AbortController();
    await rebuildReadModel({ ...spec.log, page: 50, signal: stop.signal, onProgress: () => stop.abort() });
    await spec.log.pool.query('create index incident_by_scenario on views.incident (scenario)');
    expect(await rebuildReadModel({ ...spec.log })).toMatchObject({ status: 'swapped', resumedFrom: 0 });
    expect((await spec.log.pool.query(`select from pg_indexes where schemaname = 'views' and indexname = 'incident_by_scenario'`)).rowCount).toBe(1);
  });
});

describe('the swap', () => {
  it('happens under readers and writers without an error, a gap or a lost fact', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 8, incidents: 60, concurrent: 30 }));
    await project(spec.log);
    const incidents = 60;
    let running = true;
    let reads = 0;
    let fenced = 0;
    const reader = async (): Promise<void> => {
      while (running) {
        const { items } = await spec.views.incidents(everything, {}, page);
        if (items.length < page.limit) throw new Error(`a reader found ${items.length} incidents`);
        await spec.views.queues(everything);
        reads += 1;
      }
    };
    const prepared = async (): Promise<void> => {
      const client = await spec.log.pool.connect();
      try {
        while (running) {
          const { rows } = await client.query({ name: 'spec-count', text: 'select count(*)::int as count from views.incident where reported_at > $1', values: ['2000-01-01'] });
          if (rows[0].count < incidents) throw new Error(`a prepared statement found ${rows[0].count} incidents`);
          reads += 1;
        }
      } finally {
        client.release();
      }
    };
    const working = async (): Promise<void> => {
      const projector = new ReadModelProjector();
      for (let seed = 100; running; seed += 1) {
        await record(spec.log, incidentHistories({ seed, incidents: 2 }), 20);
        await project(spec.log, projector, 25).catch((error: Error) => {
          if (error.name !== 'Fenced') throw error;
          fenced += 1;
          projector.reset();
        });
      }
    };
    const rebuilding = async (): Promise<void> => {
      try {
        for (let round = 0; round < 3; round += 1) expect(await rebuildReadModel({ ...spec.log, page: 100 })).toMatchObject({ status: 'swapped' });
      } finally {
        running = false;
      }
    };
    await Promise.all([rebuilding(), reader(), prepared(), working()]);
    expect(reads).toBeGreaterThan(10);
    await project(spec.log);
    const comparison = await compareReadModel(spec.log.store, spec.log.pool);
    expect(comparison.differences).toEqual([]);
    expect(comparison.position).toBe((await spec.log.store.head()).position);
    expect(await schemas(spec)).toEqual(['views']);
    expect(fenced).toBeLessThanOrEqual(3);
  }, 60_000);

  it('fences out a projector that began before it, so that nothing is written into tables that are gone', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 9, incidents: 10 }));
    const { subscriptions, store } = spec.log;
    const lease = await subscriptions.acquire('views', 'worker', 60_000);
    if (!lease) throw new Error('the lease is taken');
    await rebuildReadModel({ ...spec.log });
    const events = await store.readAll(0, 20);
    const effect = (await new ReadModelProjector().handle(events)) ?? undefined;
    await expect(subscriptions.advance(lease, 20, effect)).rejects.toMatchObject({ name: 'Fenced' });
    expect(await compareReadModel(store, spec.log.pool)).toMatchObject({ equal: true });
  });

  it('does not begin while another rebuild runs', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 10, incidents: 5 }));
    let second: Promise<unknown> = Promise.resolve();
    const store = watched(spec.log.store, () => {
      second = rebuildReadModel({ ...spec.log }).catch((error: unknown) => error);
      return second.then(() => undefined);
    });
    await rebuildReadModel({ ...spec.log, store });
    expect(await second).toMatchObject({ code: 'views.rebuild-running' });
  });
});
