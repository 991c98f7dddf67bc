import type { DataSource } from 'typeorm';
import { incidentFacts } from '#events';
import type { IncidentEvent } from '#events';
import type { EventStore, Iso, RecordedEvent } from '#kernel';
import { orUnavailable } from '#postgres';
import { asOpenIncidents, foldOwnIncident, incidentSorts, matches, openIncidentOf, seesView, timelineRowOf, wantsRunning } from '#views';
import type { DeadlineFilter, DeadlineRow, History, IncidentFilter, IncidentRow, IncidentSort, IncidentView, OpenIncidents, Page, PageRequest, QueueSummary, Scope, TimelineRow, Views } from '#views';
import { readCursor, writeCursor } from './cursor.js';
import type { Place } from './cursor.js';
import { IncidentEntity } from './entities/incident-entity.js';
import { beyond, checked, inOrder, listName } from './listing.js';
import { ReadModelViews } from './read-model-views.js';
import { within } from './scope-filter.js';

/** Streams that are read from the log in one go. */
const streamsAtOnce = 500;

/** Columns that an incident keeps from its report on, by which a list of the past can be narrowed before anything is folded. */
const lasting = ['street', 'community', 'grid', 'channel'] as const satisfies readonly (keyof IncidentFilter)[];

/**
 * 时光(PostgreSQL) How everything stood when the log ended at a position. An incident of which nothing was recorded since stands in the
 * tables as it stood then; the others, as many as had not come to rest by then, are folded again from their facts. So a look at last
 * month costs what is still being worked on since, and not what the log holds.
 */
class PastViews implements Views {
  private readonly unchanged: ReadModelViews;

  constructor(
    private readonly source: DataSource,
    private readonly store: Pick<EventStore, 'readAll' | 'readStream' | 'readStreams'>,
    private readonly streamOf: (incidentId: string) => string,
    private readonly asOf: number,
  ) {
    this.unchanged = new ReadModelViews(source, asOf);
  }

  async incidents(scope: Scope, filter: IncidentFilter, page: PageRequest<IncidentSort>): Promise<Page<IncidentRow>> {
    const { sort } = checked(page, incidentSorts);
    const placeOf = (row: IncidentRow): Place => ({ at: row[sort], ids: [row.incidentId] });
    const settled = await this.unchanged.incidents(scope, filter, page);
    const moved = (await this.moved(scope, filter)).map(({ incident }) => incident).filter((row) => matches(row, filter));
    return this.merged('incidents', page, settled, moved, placeOf);
  }

  async openIncidents(scope: Scope, filter: Pick<IncidentFilter, 'street'>): Promise<OpenIncidents> {
    const { items, more } = await this.unchanged.openIncidents(scope, filter);
    const moved = (await this.moved(scope, filter)).flatMap((view) => openIncidentOf(view) ?? []);
    // An incident that went on between the two looks is in both parts, alike.
    return asOpenIncidents([...new Map([...items, ...moved].map((row) => [row.incidentId, row])).values()], more);
  }

  async incident(scope: Scope, incidentId: string): Promise<IncidentRow | null> {
    return (await this.one(scope, incidentId))?.view.incident ?? null;
  }

  async timeline(scope: Scope, incidentId: string): Promise<readonly TimelineRow[]> {
    return (await this.one(scope, incidentId))?.facts.map(timelineRowOf) ?? [];
  }

  async deadlinesOf(scope: Scope, incidentId: string): Promise<readonly DeadlineRow[]> {
    const rows = (await this.one(scope, incidentId))?.view.deadlines ?? [];
    return rows.toSorted((a, b) => inOrder('ascending', { at: a.startedAt, ids: [a.clockId] }, { at: b.startedAt, ids: [b.clockId] }));
  }

  async deadlines(scope: Scope, filter: DeadlineFilter, page: PageRequest<'dueAt'>): Promise<Page<DeadlineRow>> {
    checked(page, ['dueAt']);
    const settled = await this.unchanged.deadlines(scope, filter, page);
    const moved = (await this.moved(scope, {})).flatMap(({ deadlines }) => deadlines).filter((row) => wantsRunning(row, filter));
    return this.merged('deadlines', page, settled, moved, (row) => ({ at: row.dueAt, ids: [row.incidentId, row.clockId] }));
  }

  async queues(scope: Scope): Promise<readonly QueueSummary[]> {
    const queues = new Map((await this.unchanged.queues(scope)).map((queue) => [queue.holder, queue]));
    for (const { incident } of await this.moved(scope, {})) {
      if (!incident.open || incident.holder === null) continue;
      const { holder, dueAt, breachedClocks } = incident;
      const { open, breached, nextDueAt } = queues.get(holder) ?? { open: 0, breached: 0, nextDueAt: null };
      queues.set(holder, { holder, open: open + 1, breached: breached + (breachedClocks > 0 ? 1 : 0), nextDueAt: earlier(nextDueAt, dueAt) });
    }
    return [...queues.values()].toSorted((a, b) => (a.holder < b.holder ? -1 : 1));
  }

  position(): Promise<number> {
    return Promise.resolve(this.asOf);
  }

  private async one(scope: Scope, incidentId: string): Promise<{ readonly view: IncidentView; readonly facts: readonly RecordedEvent<IncidentEvent>[] } | null> {
    const facts = this.until(await this.store.readStream(this.streamOf(incidentId)));
    const view = viewOf(facts);
    return view && seesView(scope, view) ? { view, facts } : null;
  }

  /** Incidents that were there by then and went on since, as they stood then. */
  private async moved(scope: Scope, filter: IncidentFilter): Promise<readonly IncidentView[]> {
    const ids = await orUnavailable(() => this.movedIds(scope, filter));
    const views: IncidentView[] = [];
    for (let from = 0; from < ids.length; from += streamsAtOnce) {
      const streams = new Map<string, RecordedEvent[]>(ids.slice(from, from + streamsAtOnce).map((id) => [this.streamOf(id), []]));
      await this.store.readStreams([...streams.keys()], (event) => void streams.get(event.stream)?.push(event));
      for (const events of streams.values()) {
        const view = viewOf(this.until(events));
        if (view && seesView(scope, view)) views.push(view);
      }
    }
    return views;
  }

  private async movedIds(scope: Scope, filter: IncidentFilter): Promise<readonly string[]> {
    const [last] = await this.store.readAll(this.asOf - 1, 1);
    if (!last) return [];
    const query = this.source.getRepository(IncidentEntity).createQueryBuilder('incident').select('incident.incidentId', 'id')
      .where('incident.position > :asOf', { asOf: this.asOf })
      .andWhere('incident.reportedAt <= :until', { until: last.recordedAt });
    for (const field of lasting) if (filter[field] !== undefined) query.andWhere(`incident.${field} = :${field}`, { [field]: filter[field] });
    if (filter.reportedFrom !== undefined) query.andWhere('incident.reportedAt >= :reportedFrom', { reportedFrom: filter.reportedFrom });
    if (filter.reportedBefore !== undefined) query.andWhere('incident.reportedAt < :reportedBefore', { reportedBefore: filter.reportedBefore });
    return (await within(query, 'incident', scope).getRawMany<{ id: string }>()).map(({ id }) => id);
  }

  private until(events: readonly RecordedEvent[]): readonly RecordedEvent<IncidentEvent>[] {
    return incidentFacts(events.filter(({ position }) => position <= this.asOf));
  }

  /** An incident that went on between the two looks is in both parts, alike; it is shown once. */
  private merged<Row>(name: 'incidents' | 'deadlines', { sort, direction, cursor, limit }: PageRequest<string>, settled: Page<Row>, moved: readonly Row[], placeOf: (row: Row) => Place): Page<Row> {
    const list = `${listName(name, this.asOf)} ${sort} ${direction}`;
    const keyOf = (row: Row): string => placeOf(row).ids.join('\n');
    const shown = new Set(settled.items.map(keyOf));
    const after = cursor === null ? null : readCursor(list, name === 'incidents' ? 1 : 2, cursor);
    const others = moved.filter((row) => !shown.has(keyOf(row)) && (after === null || beyond(direction, after, placeOf(row))));
    const all = [...settled.items, ...others].toSorted((a, b) => inOrder(direction, placeOf(a), placeOf(b)));
    const items = all.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && (all.length > limit || settled.nextCursor !== null) ? writeCursor(list, placeOf(last)) : null };
  }
}

const viewOf = (facts: readonly RecordedEvent<IncidentEvent>[]): IncidentView | null => facts.reduce<IncidentView | null>((view, fact) => foldOwnIncident(view, fact), null);

const earlier = (a: Iso | null, b: Iso | null): Iso | null => (a === null || (b !== null && b < a) ? b : a);

/** 时光 @param streamOf the stream of an incident */
export const historyOn = (source: DataSource, store: Pick<EventStore, 'readAll' | 'readStream' | 'readStreams'>, streamOf: (incidentId: string) => string): History => ({
  asOf: (position) => new PastViews(source, store, streamOf, position),
});
