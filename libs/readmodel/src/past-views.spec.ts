import { beforeAll, describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '#events';
import type { RecordedEvent } from '#kernel';
import { incidentHistories } from '#testing';
import { asOpenIncidents, foldIncident, incidentSorts, openIncidentOf, timelineRowOf } from '#views';
import type { DeadlineRow, IncidentFilter, IncidentRow, IncidentSort, IncidentView, PageRequest, Scope, Views } from '#views';
import { historyOn } from './past-views.js';
import { project, record, withReadModel } from './spec-log.js';
import type { SpecLog } from './spec-log.js';

const database = withReadModel();
const everything: Scope = { places: null, unit: null };
const directions = ['ascending', 'descending'] as const;
type Direction = (typeof directions)[number];

let spec: SpecLog;
let facts: readonly RecordedEvent<IncidentEvent>[];
let positions: readonly number[];

const page = <Sort extends string>(sort: Sort, direction: Direction, limit: number, cursor: string | null = null): PageRequest<Sort> => ({ sort, direction, limit, cursor });
const asOf = (position: number): Views => historyOn(spec.source, spec.log.store, (incidentId) => `incident-${incidentId}`).asOf(position);

/** The plainest way to the same: fold every fact there was by then. */
const foldedAt = (position: number): readonly IncidentView[] => {
  const views = new Map<string, IncidentView>();
  for (const fact of facts) if (fact.position <= position) views.set(fact.stream, foldIncident(views.get(fact.stream) ?? null, fact));
  return [...views.values()];
};

const ordered = (rows: readonly IncidentRow[], sort: IncidentSort, direction: Direction): readonly string[] => {
  const key = (row: IncidentRow): string => `${row[sort] ?? ''} ${row.incidentId}`;
  const sorted = (part: readonly IncidentRow[]): readonly string[] => part.toSorted((a, b) => (key(a) < key(b) ? -1 : 1) * (direction === 'ascending' ? 1 : -1)).map(({ incidentId }) => incidentId);
  return [...sorted(rows.filter((row) => row[sort] !== null)), ...sorted(rows.filter((row) => row[sort] === null))];
};

const walk = async (views: Views, sort: IncidentSort, direction: Direction, limit: number, filter: IncidentFilter = {}, scope = everything): Promise<readonly IncidentRow[]> => {
  const rows: IncidentRow[] = [];
  for (let cursor: string | null = null; ;) {
    const { items, nextCursor }: Awaited<ReturnType<Views['incidents']>> = await views.incidents(scope, filter, page(sort, direction, limit, cursor));
    rows.push(...items);
    if (nextCursor === null) return rows;
    expect(items).toHaveLength(limit);
    cursor = nextCursor;
  }
};

const idsOf = (rows: readonly { readonly incidentId: string }[]): readonly string[] => rows.map(({ incidentId }) => incidentId).toSorted();

beforeAll(async () => {
  spec = await database.open();
  await record(spec.log, incidentHistories({ seed: 41, incidents: 80, concurrent: 50 }));
  await record(spec.log, [...incidentHistories({ seed: 42, incidents: 40, concurrent: 40 })].slice(0, 200));
  await project(spec.log);
  facts = (await spec.log.store.readAll(0, 100_000)) as RecordedEvent<IncidentEvent>[];
  positions = [1, 0.2, 0.5, 0.8, 1].map((share, nth) => (nth === 0 ? 1 : Math.floor(facts.length * share)));
}, 60_000);

describe('the views of the past 时光', () => {
  it.each(incidentSorts)('list what a fold of the facts up to then lists, sorted by %s, whatever the size of the pages', async (sort) => {
    for (const position of positions) {
      const expected = foldedAt(position).map(({ incident }) => incident);
      for (const direction of directions) {
        const rows = await walk(asOf(position), sort, direction, 200);
        expect(rows.map(({ incidentId }) => incidentId)).toEqual(ordered(expected, sort, direction));
        expect(await walk(asOf(position), sort, direction, 7)).toEqual(rows);
        expect(rows.toSorted((a, b) => (a.incidentId < b.incidentId ? -1 : 1))).toEqual(expected.toSorted((a, b) => (a.incidentId < b.incidentId ? -1 : 1)));
      }
    }
  });

  it('show all that was open then in one look', async () => {
    for (const position of positions) {
      const then = foldedAt(position).flatMap((view) => openIncidentOf(view) ?? []);
      expect((await asOf(position).openIncidents(everything, {})).items).toEqual(asOpenIncidents(then).items);
      const street = then[0]?.street ?? '';
      expect(idsOf((await asOf(position).openIncidents({ places: [street], unit: null }, { street })).items)).toEqual(idsOf(then.filter((row) => row.street === street)));
    }
  });

  it('narrow a list by how incidents stood then, and not by how they stand now', async () => {
    for (const position of positions.slice(1)) {
      const all = foldedAt(position).map(({ incident }) => incident);
      const [sample] = all.filter(({ grade, holder }) => grade !== null && holder !== null) as [IncidentRow];
      const filters: readonly IncidentFilter[] = [
        { open: true }, { open: false }, { stage: sample.stage }, { holder: sample.holder ?? '' }, { street: sample.street, open: true }, { grid: sample.grid }, { channel: sample.channel },
      ];
      for (const filter of filters) {
        const expected = all.filter((row) => Object.entries(filter).every(([field, value]) => row[field as keyof IncidentRow] === value));
        expect(idsOf(await walk(asOf(position), 'reportedAt', 'ascending', 50, filter))).toEqual(idsOf(expected));
      }
      expect(idsOf(await walk(asOf(position), 'dueAt', 'ascending', 50, { breached: true }))).toEqual(idsOf(all.filter(({ breachedClocks }) => breachedClocks > 0)));
      const from = all[10]?.reportedAt ?? '';
      expect(idsOf(await walk(asOf(position), 'reportedAt', 'ascending', 50, { reportedFrom: from, reportedBefore: sample.reportedAt }))).toEqual(
        idsOf(all.filter(({ reportedAt }) => reportedAt >= from && reportedAt < sample.reportedAt)));
    }
  });

  it('keep to a scope, with those who had to do with an incident by then and not with those who came later', async () => {
    const [, early] = positions as [number, number];
    const now = foldedAt(facts.length);
    const then = foldedAt(early);
    const units = [...new Set(now.flatMap(({ parties }) => parties))];
    for (const unit of units.slice(0, 6)) {
      expect(idsOf(await walk(asOf(early), 'reportedAt', 'ascending', 50, {}, { places: [], unit }))).toEqual(idsOf(then.filter(({ parties }) => parties.includes(unit)).map(({ incident }) => incident)));
    }
    const street = then[0]?.incident.street ?? '';
    expect(idsOf(await walk(asOf(early), 'changedAt', 'descending', 50, {}, { places: [street], unit: null }))).toEqual(idsOf(then.map(({ incident }) => incident).filter((row) => row.street === street)));
  });

  it('show an incident, its clocks and its timeline as they were, and nothing of one that came later', async () => {
    const middle = positions[2] as number;
    const then = foldedAt(middle);
    for (const { incident, deadlines } of then.slice(0, 25)) {
      const views = asOf(middle);
      expect(await views.incident(everything, incident.incidentId)).toEqual(incident);
      expect((await views.deadlinesOf(everything, incident.incidentId)).toSorted(byClock)).toEqual([...deadlines].sort(byClock));
      const own = facts.filter(({ data, position }) => data.incidentId === incident.incidentId && position <= middle);
      expect(await views.timeline(everything, incident.incidentId)).toEqual(own.map(timelineRowOf));
      expect(await views.incident({ places: ['elsewhere'], unit: null }, incident.incidentId)).toBeNull();
    }
    const later = facts.find(({ position, version }) => position > middle && version === 1);
    expect(await asOf(middle).incident(everything, later?.data.incidentId ?? '')).toBeNull();
    expect(await asOf(middle).timeline(everything, later?.data.incidentId ?? '')).toEqual([]);
  });

  it('count the queues and list the running clocks of then', async () => {
    for (const position of positions) {
      const then = foldedAt(position);
      const open = then.map(({ incident }) => incident).filter((row) => row.open && row.holder !== null);
      const queues = await asOf(position).queues(everything);
      expect(queues.map(({ holder }) => holder)).toEqual([...new Set(open.map(({ holder }) => holder as string))].toSorted());
      for (const { holder, open: count, breached, nextDueAt } of queues) {
        const held = open.filter((row) => row.holder === holder);
        expect([count, breached, nextDueAt]).toEqual([held.length, held.filter(({ breachedClocks }) => breachedClocks > 0).length, held.map(({ dueAt }) => dueAt).filter((at) => at !== null).toSorted()[0] ?? null]);
      }
      const running = then.flatMap(({ deadlines }) => deadlines).filter(({ status }) => status === 'running');
      const shown: DeadlineRow[] = [];
      for (let cursor: string | null = null; ;) {
        const { items, nextCursor }: Awaited<ReturnType<Views['deadlines']>> = await asOf(position).deadlines(everything, {}, page('dueAt', 'ascending', 9, cursor));
        shown.push(...items);
        if (nextCursor === null) break;
        cursor = nextCursor;
      }
      expect(shown.map(({ dueAt }) => dueAt)).toEqual(running.map(({ dueAt }) => dueAt).toSorted());
      expect([...shown].sort(byClock)).toEqual([...running].sort(byClock));
    }
  });

  it('have cursors of their own: one of the present or of another moment is refused', async () => {
    const [, early, middle] = positions as [number, number, number];
    const { nextCursor } = await asOf(early).incidents(everything, {}, page('reportedAt', 'ascending', 3));
    const present = await spec.views.incidents(everything, {}, page('reportedAt', 'ascending', 3));
    for (const [views, cursor] of [[asOf(middle), nextCursor], [spec.views, nextCursor], [asOf(early), present.nextCursor]] as const) {
      await expect(views.incidents(everything, {}, page('reportedAt', 'ascending', 3, cursor))).rejects.toMatchObject({ code: 'query.cursor-unreadable' });
    }
    expect(await asOf(early).position()).toBe(early);
  });
});

const byClock = (a: DeadlineRow, b: DeadlineRow): number => (`${a.incidentId} ${a.clockId}` < `${b.incidentId} ${b.clockId}` ? -1 : 1);
