import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { orUnavailable, reachedBy } from '#postgres';
import { equalFields, incidentSorts } from '#views';
import type { DeadlineFilter, DeadlineRow, IncidentFilter, IncidentRow, IncidentSort, OpenIncidents, Page, PageRequest, QueueSummary, Scope, TimelineRow, Views } from '#views';
import { DeadlineEntity } from './entities/deadline-entity.js';
import { IncidentEntity } from './entities/incident-entity.js';
import { QueueEntryView } from './entities/queue-entry-view.js';
import { checked, listName, pageOf } from './listing.js';
import type { Listing } from './listing.js';
import { openOf } from './open-incidents.js';
import { TimelineEntryEntity } from './entities/timeline-entry-entity.js';
import { seesAll, within } from './scope-filter.js';

const incidentRow = ({ city: _city, longitude, latitude, ...row }: IncidentEntity): IncidentRow => ({
  ...row,
  location: longitude === null || latitude === null ? null : { longitude, latitude },
});

const filtered = (query: SelectQueryBuilder<IncidentEntity>, filter: IncidentFilter): SelectQueryBuilder<IncidentEntity> => {
  for (const field of equalFields) if (filter[field] !== undefined) query.andWhere(`incident.${field} = :${field}`, { [field]: filter[field] });
  if (filter.breached !== undefined) query.andWhere(filter.breached ? 'incident.breachedClocks > 0' : 'incident.breachedClocks = 0');
  if (filter.reportedFrom !== undefined) query.andWhere('incident.reportedAt >= :reportedFrom', { reportedFrom: filter.reportedFrom });
  if (filter.reportedBefore !== undefined) query.andWhere('incident.reportedAt < :reportedBefore', { reportedBefore: filter.reportedBefore });
  return query;
};

/**
 * 查询 The queries by TypeORM, over tables that the projector keeps. A page is a range of an index, so its cost does not grow with its
 * number, and rows that come and go meanwhile neither repeat nor hide others. A row whose sort value changes between two pages is
 * shown where it stands then.
 *
 * Beside what the port says, lists refuse with `query.unknown-sort`, `query.unknown-direction` and `query.limit-out-of-range`.
 */
export class ReadModelViews implements Views {
  /** @param unchangedSince leaves only incidents of which nothing was recorded beyond this position */
  constructor(
    private readonly source: DataSource,
    private readonly unchangedSince: number | null = null,
  ) {}

  incidents(scope: Scope, filter: IncidentFilter, page: PageRequest<IncidentSort>): Promise<Page<IncidentRow>> {
    return orUnavailable(async () => {
      const { sort } = checked(page, incidentSorts);
      const listing: Listing<IncidentEntity> = {
        query: () => this.unchanged(filtered(within(this.source.getRepository(IncidentEntity).createQueryBuilder('incident'), 'incident', scope), filter)),
        name: listName('incidents', this.unchangedSince),
        sort: `incident.${sort}`,
        ids: ['incident.incidentId'],
        undated: sort === 'dueAt',
        placeOf: (row) => ({ at: row[sort], ids: [row.incidentId] }),
      };
      const { items, nextCursor } = await pageOf(listing, page);
      return { items: items.map(incidentRow), nextCursor };
    });
  }

  openIncidents(scope: Scope, filter: Pick<IncidentFilter, 'street'>): Promise<OpenIncidents> {
    return orUnavailable(() => openOf(this.unchanged(filtered(within(this.source.getRepository(IncidentEntity).createQueryBuilder('incident'), 'incident', scope), { ...filter, open: true }))));
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

  deadlines(scope: Scope, filter: DeadlineFilter, page: PageRequest<'dueAt'>): Promise<Page<DeadlineRow>> {
    return orUnavailable(async () => {
      checked(page, ['dueAt']);
      const query = (): SelectQueryBuilder<DeadlineEntity> => {
        const running = this.source.getRepository(DeadlineEntity).createQueryBuilder('deadline').where(`deadline.status = 'running'`);
        if (filter.unit !== undefined) running.andWhere('deadline.unit = :unit', { unit: filter.unit });
        if (filter.clock !== undefined) running.andWhere('deadline.clock = :clock', { clock: filter.clock });
        if (filter.breached !== undefined) running.andWhere('deadline.breached = :breached', { breached: filter.breached });
        return this.unchangedSince === null ? withIncident(running, 'deadline', scope) : this.unchanged(joined(running, 'deadline', scope));
      };
      const listing: Listing<DeadlineEntity> = {
        query,
        name: listName('deadlines', this.unchangedSince),
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
      if (this.unchangedSince !== null) this.unchanged(query.innerJoin(IncidentEntity, 'incident', 'incident.incidentId = entry.incidentId'));
      const rows = await within(query, 'entry', scope).getRawMany<Omit<QueueSummary, 'nextDueAt'> & { nextDueAt: Date | null }>();
      return rows.map(({ holder, open, breached, nextDueAt }) => ({ holder, open, breached, nextDueAt: nextDueAt?.toISOString() ?? null }));
    });
  }

  position(): Promise<number> {
    return orUnavailable(async () => {
      const [row] = await this.source.query<{ position: string }[]>(reachedBy('views'));
      return Number(row?.position);
    });
  }

  private unchanged<Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>): SelectQueryBuilder<Row> {
    return this.unchangedSince === null ? query : query.andWhere('incident.position <= :unchangedSince', { unchangedSince: this.unchangedSince });
  }
}

const joined = <Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>, alias: string, scope: Scope): SelectQueryBuilder<Row> =>
  within(query.innerJoin(IncidentEntity, 'incident', `incident.incidentId = ${alias}.incidentId`), 'incident', scope);

/** The scope of rows that belong to an incident is the scope of their incident. */
const withIncident = <Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>, alias: string, scope: Scope): SelectQueryBuilder<Row> =>
  seesAll(scope) ? query : joined(query, alias, scope);
