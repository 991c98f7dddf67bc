import { beforeAll, describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '#events';
import { Fenced, fromIso, partitionOf } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { inTransaction } from '#postgres';
import { chances, incidentHistories } from '#testing';
import { foldIncident, timelineRowOf } from '#views';
import type { IncidentView } from '#views';
import { compareReadModel } from './compare.js';
import { ReadModelProjector } from './projector.js';
import { rebuildReadModel } from './rebuild.js';
import { project, record, withReadModel } from './spec-log.js';
import type { SpecLog } from './spec-log.js';

const database = withReadModel();
const everything = { places: null, unit: null };
const page = { sort: 'reportedAt', direction: 'ascending', cursor: null, limit: 200 } as const;

const foldOf = async ({ log }: SpecLog): Promise<ReadonlyMap<string, IncidentView>> => {
  const views = new Map<string, IncidentView>();
  for (const event of (await log.store.readAll(0, 100_000)) as RecordedEvent<IncidentEvent>[]) {
    views.set(event.data.incidentId, foldIncident(views.get(event.data.incidentId) ?? null, event));
  }
  return views;
};

const byClock = <Row extends { readonly clockId: string }>(rows: readonly Row[]): readonly Row[] => rows.toSorted((a, b) => (a.clockId < b.clockId ? -1 : 1));

describe('the projector', () => {
  let it1: SpecLog;

  beforeAll(async () => {
    it1 = await database.open();
    await record(it1.log, incidentHistories({ seed: 1, incidents: 60, concurrent: 20 }));
  }, 60_000);

  it('writes rows that read back as the pure fold made them', async () => {
    const position = await project(it1.log, new ReadModelProjector(), 37);
    expect(await it1.views.position()).toBe(position);
    const folded = await foldOf(it1);
    const events = (await it1.log.store.readAll(0, 100_000)) as RecordedEvent<IncidentEvent>[];
    const { items } = await it1.views.incidents(everything, {}, page);
    expect(items).toHaveLength(60);
    for (const row of items) {
      const view = folded.get(row.incidentId) as IncidentView;
      expect(row).toEqual(view.incident);
      expect(byClock(await it1.views.deadlinesOf(everything, row.incidentId))).toEqual(byClock(view.deadlines));
      expect(await it1.views.timeline(everything, row.incidentId)).toEqual(events.filter(({ data }) => data.incidentId === row.incidentId).map(timelineRowOf));
    }
  });

  it('equals a rebuild', async () => {
    const comparison = await compareReadModel(it1.log.store, it1.log.pool);
    expect(comparison.differences).toEqual([]);
    expect(comparison).toMatchObject({ equal: true, position: await it1.views.position(), rows: { incident: 60 } });
  });

  it('changes nothing when everything is delivered again', async () => {
    const events = await it1.log.store.readAll(0, 100_000);
    const other = new ReadModelProjector();
    for (const from of [0, 5, 100]) {
      await inTransaction(it1.log.pool, (tx) => other.project(tx, events.slice(from, from + 200)));
    }
    expect(await compareReadModel(it1.log.store, it1.log.pool)).toMatchObject({ equal: true });
  });

  it('tells what differs when somebody else has written into the tables', async () => {
    await it1.log.pool.query(`update views.incident set stage = 'merged' where incident_id = (select min(incident_id) from views.incident)`);
    await it1.log.pool.query(`delete from views.timeline_entry where version = 3 and incident_id = (select max(incident_id) from views.incident)`);
    const { equal, differing, differences } = await compareReadModel(it1.log.store, it1.log.pool);
    expect(equal).toBe(false);
    expect(differing).toEqual({ incident: 1, incident_party: 0, deadline: 0, timeline_entry: 1 });
    expect(differences).toMatchObject([
      { table: 'incident', columns: ['stage'], live: { stage: 'merged' } },
      { table: 'timeline_entry', key: { version: 3 }, live: null },
    ]);
  });
});

describe('a projector that is interrupted', () => {
  it('gets to the same tables, wherever it fails and whoever goes on', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 2, incidents: 40, concurrent: 15 }));
    const { store, subscriptions } = spec.log;
    const chance = chances(11);
    const projectors = [new ReadModelProjector({ cachedIncidents: 8 }), new ReadModelProjector({ cachedIncidents: 8 })];
    let failures = 0;
    for (;;) {
      const projector = projectors[chance() < 0.5 ? 0 : 1] as ReadModelProjector;
      const lease = await subscriptions.acquire('views', 'spec', 60_000);
      if (!lease) throw new Error('the lease is taken');
      const events = await store.readAll(lease.position, 1 + Math.floor(chance() * 40));
      const last = events.at(-1);
      if (!last) break;
      const effect = await projector.handle(events);
      const fails = chance() < 0.4;
      const done = subscriptions.advance(lease, last.position, async (tx) => {
        await effect?.(tx);
        if (fails) throw new Error('the machine fails here');
      });
      if (!fails) {
        await done;
        continue;
      }
      failures += 1;
      await expect(done).rejects.toThrow('the machine fails here');
      // Half of the time the projector is not even told: then it has to find out by itself.
      if (chance() < 0.5) projector.reset();
    }
    expect(failures).toBeGreaterThan(3);
    const comparison = await compareReadModel(store, spec.log.pool);
    expect(comparison.differences).toEqual([]);
  }, 60_000);

  it('writes nothing once it is fenced out', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 3, incidents: 5 }));
    const { store, subscriptions } = spec.log;
    const projector = new ReadModelProjector();
    const lease = await subscriptions.acquire('views', 'one', 60_000);
    if (!lease) throw new Error('the lease is taken');
    const events = await store.readAll(0, 20);
    await subscriptions.release(lease);
    await expect(subscriptions.advance(lease, 20, (await projector.handle(events)) ?? undefined)).rejects.toThrow(Fenced);
    expect((await spec.views.incidents(everything, {}, page)).items).toEqual([]);
  });

  it('gets to the same tables in parts that several workers take from each other, and can be compared and rebuilt while they stand apart', async () => {
    const spec = await database.open();
    await record(spec.log, incidentHistories({ seed: 6, incidents: 40, concurrent: 20 }));
    const { store, subscriptions, pool } = spec.log;
    const head = (await store.head()).position;
    await subscriptions.divide('views', 3);
    const chance = chances(3);
    const projectors = [new ReadModelProjector({ cachedIncidents: 9 }), new ReadModelProjector({ cachedIncidents: 9 })];
    const turn = async (): Promise<void> => {
      const projector = projectors[chance() < 0.5 ? 0 : 1] as ReadModelProjector;
      const index = Math.floor(chance() * 3);
      const lease = await subscriptions.acquire('views', 'spec', 60_000, { index, of: 3 });
      if (!lease) throw new Error('the lease is taken');
      projector.reset();
      const read = await store.readAll(lease.position, 1 + Math.floor(chance() * 60));
      const to = read.at(-1)?.position ?? lease.position;
      const effect = await projector.handle(read.filter(({ stream }) => partitionOf(stream, 3) === index), { after: lease.position, to });
      await subscriptions.advance(lease, to, effect ?? undefined);
    };
    for (let turns = 0; turns < 12; turns += 1) await turn();
    const { rows: before } = await pool.query<{ position: string }>(`select position from engine.subscriptions where subscription = 'views'`);
    expect(new Set(before.map(({ position }) => position)).size).toBe(3);
    expect(await spec.views.position()).toBe(Math.min(...before.map(({ position }) => Number(position))));
    expect((await compareReadModel(store, pool)).differences).toEqual([]);
    expect(await rebuildReadModel({ store, pool })).toMatchObject({ status: 'swapped', position: head });
    expect(await spec.views.position()).toBe(head);
    expect((await compareReadModel(store, pool)).differences).toEqual([]);
    await record(spec.log, incidentHistories({ seed: 7, incidents: 10, after: { position: head, now: fromIso((await store.head()).recordedAt ?? '') } }));
    while ((await spec.views.position()) < (await store.head()).position) await turn();
    expect((await compareReadModel(store, pool)).differences).toEqual([]);
  }, 60_000);

  it('does not go on over a fact that it does not understand', async () => {
    const spec = await database.open();
    const [known] = [...incidentHistories({ seed: 4, incidents: 1 })] as [RecordedEvent<IncidentEvent>];
    const strange = { ...known, position: 1, type: 'IncidentVanished' } as unknown as RecordedEvent;
    await expect(inTransaction(spec.log.pool, (tx) => new ReadModelProjector().project(tx, [strange]))).rejects.toThrow('IncidentVanished');
  });
});
