import { beforeAll, describe, expect, it } from '@jest/globals';
import type { IncidentFilter, IncidentRow, IncidentSort, PageRequest, Scope } from '#views';
import { incidentSorts } from '#views';
import type { IncidentEvent } from '#events';
import type { RecordedEvent } from '#kernel';
import { incidentHistories } from '#testing';
import { openReadModel } from './open-read-model.js';
import { project, record, withReadModel } from './spec-log.js';
import type { SpecLog } from './spec-log.js';

const database = withReadModel();
const everything: Scope = { places: null, unit: null };

let spec: SpecLog;
let all: readonly IncidentRow[];
let events: readonly RecordedEvent<IncidentEvent>[];

const request = <Sort extends string>(sort: Sort, direction: PageRequest<Sort>['direction'] = 'ascending', limit = 200, cursor: string | null = null): PageRequest<Sort> => ({ sort, direction, limit, cursor });

/** Every page of a list, one after the other. */
const walk = async (sort: IncidentSort, direction: 'ascending' | 'descending', limit: number, filter: IncidentFilter = {}, scope = everything): Promise<readonly IncidentRow[]> => {
  const rows: IncidentRow[] = [];
  let cursor: string | null = null;
  do {
    const { items, nextCursor } = await spec.views.incidents(scope, filter, request(sort, direction, limit, cursor));
    expect(items.length).toBeLessThanOrEqual(limit);
    if (nextCursor !== null) expect(items).toHaveLength(limit);
    rows.push(...items);
    cursor = nextCursor;
  } while (cursor !== null);
  return rows;
};

const found = async (scope: Scope, filter: IncidentFilter = {}): Promise<readonly string[]> =>
  (await spec.views.incidents(scope, filter, request('reportedAt'))).items.map(({ incidentId }) => incidentId).toSorted();

const expected = (keep: (row: IncidentRow) => boolean): readonly string[] => all.filter(keep).map(({ incidentId }) => incidentId).toSorted();

beforeAll(async () => {
  spec = await database.open();
  await record(spec.log, incidentHistories({ seed: 21, incidents: 110, concurrent: 60 }));
  // Some lives are cut short, so that there are open incidents too.
  const unfinished = [...incidentHistories({ seed: 22, incidents: 40, concurrent: 40 })];
  await record(spec.log, unfinished.slice(0, 200));
  await project(spec.log);
  ({ items: all } = await spec.views.incidents(everything, {}, request('reportedAt')));
  events = (await spec.log.store.readAll(0, 100_000)) as RecordedEvent<IncidentEvent>[];
}, 60_000);

describe('a list of incidents', () => {
  it('is as long as the log has incidents, with open and closed ones among them', () => {
    expect(new Set(all.map(({ incidentId }) => incidentId)).size).toBe(new Set(events.map(({ stream }) => stream)).size);
    expect(all.some(({ open }) => open) && all.some(({ open }) => !open)).toBe(true);
  });

  it.each(incidentSorts)('sorted by %s shows each row once, in order, whatever the size of its pages', async (sort) => {
    for (const direction of ['ascending', 'descending'] as const) {
      const rows = await walk(sort, direction, 7);
      expect(rows.map(({ incidentId }) => incidentId)).toEqual((await walk(sort, direction, 200)).map(({ incidentId }) => incidentId));
      expect(new Set(rows.map(({ incidentId }) => incidentId)).size).toBe(all.length);
      const keys = rows.map((row) => row[sort]);
      const dated = keys.filter((key) => key !== null);
      expect(keys.slice(dated.length).every((key) => key === null)).toBe(true);
      expect(dated).toEqual(direction === 'ascending' ? dated.toSorted() : dated.toSorted().reverse());
    }
  });

  it('can be narrowed by each filter alone and by all together', async () => {
    const [sample] = all.filter(({ open, grade, holder }) => open && grade !== null && holder !== null) as [IncidentRow];
    const filters: readonly IncidentFilter[] = [
      { stage: sample.stage }, { open: true }, { open: false }, { rung: sample.rung ?? 'grid' }, { loop: 'city' }, { holder: sample.holder ?? '' },
      { accountableUnit: sample.accountableUnit ?? '' }, { street: sample.street }, { community: sample.community }, { grid: sample.grid }, { channel: sample.channel },
      { subclassCode: sample.subclassCode ?? '' }, { scenario: sample.scenario ?? '' }, { grade: 'general' },
    ];
    for (const filter of filters) {
      const ids = await found(everything, filter);
      expect([filter, ids]).toEqual([filter, expected((row) => Object.entries(filter).every(([field, value]) => row[field as keyof IncidentRow] === value))]);
      expect(ids.length).toBeGreaterThan(0);
    }
    expect(await found(everything, { breached: true })).toEqual(expected(({ breachedClocks }) => breachedClocks > 0));
    expect(await found(everything, { breached: false })).toEqual(expected(({ breachedClocks }) => breachedClocks === 0));
    expect(await found(everything, Object.assign({}, ...filters.filter(({ open, loop }) => open !== false && loop === undefined)) as IncidentFilter)).toEqual(
      expected((row) => (['stage', 'open', 'rung', 'holder', 'accountableUnit', 'street', 'community', 'grid', 'channel', 'subclassCode', 'scenario'] as const).every((field) => row[field] === sample[field]) && row.grade === 'general'),
    );
  });

  it('of a time begins with its first moment and ends before its last', async () => {
    const moments = all.map(({ reportedAt }) => reportedAt).toSorted();
    const [from, before] = [moments[20] as string, moments[60] as string];
    expect(await found(everything, { reportedFrom: from, reportedBefore: before })).toEqual(expected(({ reportedAt }) => reportedAt >= from && reportedAt < before));
  });

  it('neither repeats nor hides rows when others come and go between its pages', async () => {
    const own = await database.open();
    await record(own.log, incidentHistories({ seed: 30, incidents: 30 }));
    await project(own.log);
    const first = await own.views.incidents(everything, {}, request('reportedAt', 'descending', 10));
    const { items: before } = await own.views.incidents(everything, {}, request('reportedAt', 'descending', 200));
    await record(own.log, incidentHistories({ seed: 31, incidents: 30 }));
    await project(own.log);
    const second = await own.views.incidents(everything, {}, request('reportedAt', 'descending', 20, first.nextCursor));
    expect([...first.items, ...second.items].map(({ incidentId }) => incidentId)).toEqual(before.map(({ incidentId }) => incidentId));
  });

  it('refuses orders, pages and cursors that it does not have', async () => {
    const asked = (page: unknown): Promise<unknown> => spec.views.incidents(everything, {}, page as PageRequest<IncidentSort>);
    for (const sort of ['incidentId', 'reportedAt; drop table views.incident', 'toString', '']) {
      await expect(asked({ ...request('reportedAt'), sort })).rejects.toMatchObject({ code: 'query.unknown-sort' });
    }
    await expect(asked({ ...request('reportedAt'), direction: 'sideways' })).rejects.toMatchObject({ code: 'query.unknown-direction' });
    for (const limit of [0, -1, 201, 1.5, NaN, '10']) await expect(asked({ ...request('reportedAt'), limit })).rejects.toMatchObject({ code: 'query.limit-out-of-range' });
    const { nextCursor } = await spec.views.incidents(everything, {}, request('reportedAt', 'ascending', 5));
    await expect(asked(request('dueAt', 'ascending', 5, nextCursor))).rejects.toMatchObject({ code: 'query.cursor-unreadable' });
    await expect(asked(request('reportedAt', 'ascending', 5, 'abc'))).rejects.toMatchObject({ code: 'query.cursor-unreadable' });
  });
});

describe('all that is open', () => {
  it('comes in one look, due first, with the warning of the clock that is due', async () => {
    const { items, more } = await spec.views.openIncidents(everything, {});
    expect(items.map(({ incidentId }) => incidentId)).toEqual((await walk('dueAt', 'ascending', 200, { open: true })).map(({ incidentId }) => incidentId));
    expect([more, items.length > 10, items.some(({ warnAt }) => warnAt !== null)]).toEqual([false, true, true]);
    for (const { warnAt, ...row } of items) {
      expect(all.find(({ incidentId }) => incidentId === row.incidentId)).toMatchObject(row);
      const clocks = await spec.views.deadlinesOf(everything, row.incidentId);
      expect(warnAt).toBe(clocks.filter(({ status, clock, dueAt }) => status === 'running' && clock === row.dueClock && dueAt === row.dueAt).map((clock) => clock.warnAt).toSorted()[0] ?? null);
    }
  });

  it('keeps to a scope and to a street', async () => {
    const street = all.find(({ open }) => open)?.street ?? '';
    const own = expected((row) => row.open && row.street === street);
    for (const look of [spec.views.openIncidents({ places: [street], unit: null }, {}), spec.views.openIncidents(everything, { street })]) expect((await look).items.map(({ incidentId }) => incidentId).toSorted()).toEqual(own);
    expect((await spec.views.openIncidents({ places: [], unit: null }, {})).items).toEqual([]);
  });
});

describe('a scope', () => {
  const cut = { city: 'CITY', district: 'D01', street: 'S03', community: 'S03-C2', grid: 'S03-C2-G1' } as const;

  it.each(['street', 'community', 'grid'] as const)('of a %s shows what lies in it', async (level) => {
    const code = all[3]?.[level] ?? '';
    expect(await found({ places: [code], unit: null })).toEqual(expected((row) => row[level] === code));
    expect((await found({ places: [code], unit: null })).length).toBeGreaterThan(0);
  });

  it('of the district, and of the city, shows all that lies below', async () => {
    expect(await found({ places: [cut.district], unit: null })).toEqual(expected(() => true));
    expect(await found({ places: [cut.city], unit: null })).toEqual(expected(() => true));
  });

  it('of several places shows what lies in any of them, of a foreign place nothing, of no place nothing', async () => {
    expect(await found({ places: ['S01', 'S02'], unit: null })).toEqual(expected(({ street }) => street === 'S01' || street === 'S02'));
    expect(await found({ places: ['ELSEWHERE'], unit: null })).toEqual([]);
    expect(await found({ places: [], unit: null })).toEqual([]);
  });

  it('of a unit shows what it is or was accountable for, assists, is informed of or was whistled to', async () => {
    const touches = (unit: string) => (id: string): boolean =>
      events.some(({ type, data }) => {
        if (data.incidentId !== id) return false;
        const { accountableUnit, assisting = [], informed = [], units = [], unit: named, arbiter } = data as {
          accountableUnit?: string; assisting?: string[]; informed?: string[]; units?: string[]; unit?: string; arbiter?: string;
        };
        const acts = ['Accepted', 'Handled', 'Arbitrated', 'SupervisionIssued', 'RectificationOpened'].includes(type) && named === unit;
        return acts || accountableUnit === unit || assisting.includes(unit) || informed.includes(unit) || (type === 'Whistled' && units.includes(unit)) || (type === 'ArbitrationOpened' && arbiter === unit);
      });
    for (const unit of ['D01-summoned', 'D01-assisting', 'D01-informed', 'S03-roads', 'S01-centre']) {
      expect([unit, await found({ places: [], unit })]).toEqual([unit, expected(({ incidentId }) => touches(unit)(incidentId))]);
    }
    const [some] = await found({ places: [], unit: 'D01-summoned' });
    expect(some).toBeDefined();
    expect(await found({ places: ['S01'], unit: 'D01-summoned' })).toEqual(expected(({ incidentId, street }) => street === 'S01' || touches('D01-summoned')(incidentId)));
  });

  it('holds for one incident, its timeline and its clocks as it holds for lists', async () => {
    const [row] = all as [IncidentRow];
    const outside: Scope = { places: [all.find(({ street }) => street !== row.street)?.street ?? ''], unit: null };
    const inside: Scope = { places: [row.street], unit: null };
    expect(await spec.views.incident(inside, row.incidentId)).toEqual(row);
    expect(await spec.views.incident(outside, row.incidentId)).toBeNull();
    expect(await spec.views.timeline(inside, row.incidentId)).toHaveLength(row.revision);
    expect(await spec.views.timeline(outside, row.incidentId)).toEqual([]);
    expect(await spec.views.deadlinesOf(inside, row.incidentId)).toEqual(await spec.views.deadlinesOf(everything, row.incidentId));
    expect((await spec.views.deadlinesOf(inside, row.incidentId)).length).toBeGreaterThan(0);
    expect(await spec.views.deadlinesOf(outside, row.incidentId)).toEqual([]);
    expect(await spec.views.incident(everything, 'no such incident')).toBeNull();
  });
});

describe('the deadlines', () => {
  it('that run come next due first, in pages, and can be narrowed', async () => {
    const rows = (await Promise.all(all.map(({ incidentId }) => spec.views.deadlinesOf(everything, incidentId)))).flat().filter(({ status }) => status === 'running');
    expect(rows.length).toBeGreaterThan(40);
    const ordered = rows.toSorted((a, b) => (`${a.dueAt} ${a.incidentId} ${a.clockId}` < `${b.dueAt} ${b.incidentId} ${b.clockId}` ? -1 : 1));
    const walked = [];
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const { items, nextCursor } = await spec.views.deadlines(everything, {}, request('dueAt', 'ascending', 9, cursor));
      walked.push(...items);
      cursor = nextCursor;
    }
    expect(walked).toEqual(ordered);
    const unit = ordered[0]?.unit ?? '';
    const clock = ordered[0]?.clock ?? 'accept';
    const [street] = ordered.map((row) => row.street) as [string];
    expect((await spec.views.deadlines(everything, { unit, clock, breached: false }, request('dueAt'))).items).toEqual(
      ordered.filter((row) => row.unit === unit && row.clock === clock && !row.breached),
    );
    expect((await spec.views.deadlines({ places: [street], unit: null }, {}, request('dueAt'))).items).toEqual(ordered.filter((row) => row.street === street));
    expect((await spec.views.deadlines({ places: [], unit: null }, {}, request('dueAt'))).items).toEqual([]);
  });
});

describe('the queues', () => {
  const summaryOf = (rows: readonly IncidentRow[]): unknown => {
    const holders = [...new Set(rows.map(({ holder }) => holder))].filter((holder) => holder !== null).toSorted();
    return holders.map((holder) => {
      const own = rows.filter((row) => row.holder === holder && row.open);
      const due = own.flatMap(({ dueAt }) => dueAt ?? []).toSorted();
      return { holder, open: own.length, breached: own.filter(({ breachedClocks }) => breachedClocks > 0).length, nextDueAt: due[0] ?? null };
    });
  };

  it('say for each holder how much there is to do, how much of it is late and what is due next', async () => {
    expect(await spec.views.queues(everything)).toEqual(summaryOf(all));
    expect((await spec.views.queues(everything)).length).toBeGreaterThan(5);
  });

  it('count only what the scope shows', async () => {
    const street = all.find(({ open }) => open)?.street ?? '';
    expect(await spec.views.queues({ places: [street], unit: null })).toEqual(summaryOf(all.filter((row) => row.street === street)));
    expect(await spec.views.queues({ places: [], unit: null })).toEqual([]);
  });
});

describe('the queries', () => {
  it('say up to which position everything is folded in', async () => {
    expect(await spec.views.position()).toBe(events.length);
    expect(await (await database.open()).views.position()).toBe(0);
  });

  it('fail as unavailable when the database is away', async () => {
    await expect(openReadModel({ host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' })).rejects.toMatchObject({ name: 'Unavailable' });
  });

  it('rest on entities that say the same as the migrations', async () => {
    const { upQueries } = await spec.source.driver.createSchemaBuilder().log();
    // Indices stand in the migrations alone.
    const wanted = upQueries.map(({ query }) => query).filter((query) => query.includes('"views"') && !query.startsWith('DROP INDEX'));
    expect(wanted).toEqual([]);
  });
});
