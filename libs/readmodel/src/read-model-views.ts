import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { Refusal } from '#kernel';
import type { Iso } from '#kernel';
import { orUnavailable } from '#postgres';
import { incidentSorts } from '#views';
import type { DeadlineRow, IncidentFilter, IncidentRow, IncidentSort, Page, PageRequest, QueueSummary, Scope, TimelineRow, Views } from '#views';
import { readCursor, writeCursor } from './cursor.js';
import type { Place } from './cursor.js';
import { DeadlineEntity } from './entities/deadline-entity.js';
import { IncidentEntity } from './entities/incident-entity.js';
import { QueueEntryView } from './entities/queue-entry-view.js';
import { TimelineEntryEntity } from './entities/timeline-entry-entity.js';
import { seesAll, within } from './scope-filter.js';

const incidentRow = ({ city: _city, longitude, latitude, ...row }: IncidentEntity): IncidentRow => ({
  ...row,
  location: longitude === null || latitude === null ? null : { longitude, latitude },
});

type Direction = PageRequest<string>['direction'];

const directions: Readonly<Record<Direction, { readonly sql: 'ASC' | 'DESC'; readonly after: '>' | '<' }>> = {
  ascending: { sql: 'ASC', after: '>' },
  descending: { sql: 'DESC', after: '<' },
};

/** Only names that stand in this file ever get into a statement. */
const checked = <Sort extends string>(request: PageRequest<Sort>, sorts: readonly Sort[]): PageRequest<Sort> => {
  const { sort, direction, limit } = request;
  if (!sorts.includes(sort)) throw new Refusal('query.unknown-sort', `A list of this kind can be sorted by ${sorts.join(', ')}.`, { sort, sorts });
  if (!Object.hasOwn(directions, direction)) throw new Refusal('query.unknown-direction', 'A list goes ascending or descending.', { direction });
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new Refusal('query.limit-out-of-range', 'A page has 1 to 200 rows.', { limit });
  return request;
};

const equalFields = [
  'stage', 'open', 'rung', 'loop', 'holder', 'accountableUnit', 'street', 'community', 'grid', 'channel', 'subclassCode', 'scenario', 'grade',
] as const satisfies readonly (keyof IncidentFilter & keyof IncidentRow)[];

const filtered = (query: SelectQueryBuilder<IncidentEntity>, filter: IncidentFilter): SelectQueryBuilder<IncidentEntity> => {
  for (const field of equalFields) if (filter[field] !== undefined) query.andWhere(`incident.${field} = :${field}`, { [field]: filter[field] });
  if (filter.breached !== undefined) query.andWhere(filter.breached ? 'incident.breachedClocks > 0' : 'incident.breachedClocks = 0');
  if (filter.reportedFrom !== undefined) query.andWhere('incident.reportedAt >= :reportedFrom', { reportedFrom: filter.reportedFrom });
  if (filter.reportedBefore !== undefined) query.andWhere('incident.reportedAt < :reportedBefore', { reportedBefore: filter.reportedBefore });
  return query;
};

/** A list in one of its orders. */
interface Listing<Row extends ObjectLiteral> {
  /** The list with scope and filter, without order, anew at each call. */
  readonly query: () => SelectQueryBuilder<Row>;
  readonly name: string;
  readonly sort: string;
  /** Columns that make a row unique. */
  readonly ids: readonly string[];
  /** Rows without a sort value come after all others, whichever the direction. */
  readonly undated: boolean;
  readonly placeOf: (row: Row) => Place;
}

/**
 * 查询 The queries by TypeORM, over tables that the projector keeps. A page is a range of an index, so its cost does not grow with its
 * number, and rows that come and go meanwhile neither repeat nor hide others. A row whose sort value changes between two pages is
 * shown where it stands then.
 *
 * Beside what the port says, lists refuse with `query.unknown-sort`, `query.unknown-direction` and `query.limit-out-of-range`.
 */
export class ReadModelViews implements Views {
  constructor(private readonly source: DataSource) {}

  incidents(scope: Scope, filter: IncidentFilter, page: PageRequest<IncidentSort>): Promise<Page<IncidentRow>> {
    return orUnavailable(async () => {
      const { sort } = checked(page, incidentSorts);
      const listing: Listing<IncidentEntity> = {
        query: () => filtered(within(this.source.getRepository(IncidentEntity).createQueryBuilder('incident'), 'incident', scope), filter),
        name: 'incidents',
        sort: `incident.${sort}`,
        ids: ['incident.incidentId'],
        undated: sort === 'dueAt',
        placeOf: (row) => ({ at: row[sort], ids: [row.incidentId] }),
      };
      const { items, nextCursor } = await pageOf(listing, page);
      return { items: items.map(incidentRow), nextCursor };
    });
  }

  incident(scope: Scope, incidentId: string): Promise<IncidentRow | null> {
    return orUnavailable(async () => {
      const query = this.source.getRepository(IncidentEntity).createQueryBuilder('incident').where('incident.incidentId = :incidentId', { incidentId });
      const found = await within(query, 'incident', scope).getOne();
      return found && incidentRow(found);
    });
  }

  timeline(scope: Scope, incidentId: string): Promise<readonly TimelineRow[]> {
    return orUnavailable(() => {
      const query = this.source.getRepository(TimelineEntryEntity).createQueryBuilder('entry').where('entry.incidentId = :incidentId', { incidentId });
      return withIncident(query, 'entry', scope).orderBy('entry.version', 'ASC').getMany();
    });
  }

  deadlinesOf(scope: Scope, incidentId: string): Promise<readonly DeadlineRow[]> {
    return orUnavailable(() => {
      const query = this.source.getRepository(DeadlineEntity).createQueryBuilder('deadline').where('deadline.incidentId = :incidentId', { incidentId });
      return withIncident(query, 'deadline', scope).orderBy('deadline.startedAt', 'ASC').addOrderBy('deadline.clockId', 'ASC').getMany();
    });
  }

  deadlines(scope: Scope, filter: Parameters<Views['deadlines']>[1], page: PageRequest<'dueAt'>): Promise<Page<DeadlineRow>> {
    return orUnavailable(async () => {
      checked(page, ['dueAt']);
      const query = (): SelectQueryBuilder<DeadlineEntity> => {
        const running = this.source.getRepository(DeadlineEntity).createQueryBuilder('deadline').where(`deadline.status = 'running'`);
        if (filter.unit !== undefined) running.andWhere('deadline.unit = :unit', { unit: filter.unit });
        if (filter.clock !== undefined) running.andWhere('deadline.clock = :clock', { clock: filter.clock });
        if (filter.breached !== undefined) running.andWhere('deadline.breached = :breached', { breached: filter.breached });
        return withIncident(running, 'deadline', scope);
      };
      const listing: Listing<DeadlineEntity> = {
        query,
        name: 'deadlines',
        sort: 'deadline.dueAt',
        ids: ['deadline.incidentId', 'deadline.clockId'],
        undated: false,
        placeOf: (row) => ({ at: row.dueAt, ids: [row.incidentId, row.clockId] }),
      };
      return pageOf(listing, page);
    });
  }

  queues(scope: Scope): Promise<readonly QueueSummary[]> {
    return orUnavailable(async () => {
      const query = this.source
        .getRepository(QueueEntryView)
        .createQueryBuilder('entry')
        .select('entry.holder', 'holder')
        .addSelect('count(*)::integer', 'open')
        .addSelect('(count(*) filter (where entry.breached))::integer', 'breached')
        .addSelect('min(entry.dueAt)', 'nextDueAt')
        .groupBy('entry.holder')
        .orderBy('entry.holder', 'ASC');
      const rows = await within(query, 'entry', scope).getRawMany<Omit<QueueSummary, 'nextDueAt'> & { nextDueAt: Date | null }>();
      return rows.map(({ holder, open, breached, nextDueAt }) => ({ holder, open, breached, nextDueAt: nextDueAt?.toISOString() ?? null }));
    });
  }

  position(): Promise<number> {
    return orUnavailable(async () => {
      const [row] = await this.source.query<{ position: string }[]>(`select position from engine.subscriptions where name = 'views'`);
      return Number(row?.position ?? 0);
    });
  }
}

/** The scope of rows that belong to an incident is the scope of their incident. */
const withIncident = <Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>, alias: string, scope: Scope): SelectQueryBuilder<Row> =>
  seesAll(scope) ? query : within(query.innerJoin(IncidentEntity, 'incident', `incident.incidentId = ${alias}.incidentId`), 'incident', scope);

/** Up to `limit` rows after a place, among those that have a sort value or among those that have none. */
const part = async <Row extends ObjectLiteral>({ query, sort, ids, undated }: Listing<Row>, dated: boolean, direction: Direction, after: Place | null, limit: number): Promise<Row[]> => {
  const { sql, after: beyond } = directions[direction];
  const columns = dated ? [sort, ...ids] : ids;
  const rows = query();
  if (!dated) rows.andWhere(`${sort} is null`);
  if (after) {
    const values: Record<string, Iso | string | null> = dated ? { afterValue: after.at } : {};
    after.ids.forEach((id, index) => (values[`after${index}`] = id));
    rows.andWhere(`(${columns.join(', ')}) ${beyond} (${Object.keys(values).map((name) => `:${name}`).join(', ')})`, values);
  } else if (dated && undated) {
    rows.andWhere(`${sort} is not null`);
  }
  for (const column of columns) rows.addOrderBy(column, sql);
  return rows.limit(limit).getMany();
};

const pageOf = async <Row extends ObjectLiteral>(listing: Listing<Row>, { sort, direction, cursor, limit }: PageRequest<string>): Promise<Page<Row>> => {
  const list = `${listing.name} ${sort} ${direction}`;
  const after = cursor === null ? null : readCursor(list, listing.ids.length, cursor);
  if (after && after.at === null && !listing.undated) throw new Refusal('query.cursor-unreadable', 'This is not a cursor of this list; ask for its first page again.');
  // One row more than asked for tells whether there is a next page.
  const rows = after && after.at === null ? [] : await part(listing, true, direction, after, limit + 1);
  if (listing.undated && rows.length <= limit) {
    rows.push(...(await part(listing, false, direction, after && after.at === null ? after : null, limit + 1 - rows.length)));
  }
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? writeCursor(list, listing.placeOf(last)) : null };
};
