import type { SelectQueryBuilder } from 'typeorm';
import { openIncidentsMax } from '#views';
import type { OpenIncident, OpenIncidents } from '#views';
import { DeadlineEntity } from './entities/deadline-entity.js';
import type { IncidentEntity } from './entities/incident-entity.js';

const plain = [
  'incidentId', 'revision', 'stage', 'rung', 'loop', 'holder', 'channel', 'externalId', 'grid', 'community', 'street', 'longitude', 'latitude', 'ruleHint', 'ruleId', 'subclassCode', 'grade', 'reportedAt', 'changedAt', 'dueAt',
  'dueClock', 'escalations', 'returns', 'suspendedUntil',
] as const satisfies readonly (keyof IncidentEntity)[];

/** Moments as the driver reads them. */
interface Raw extends Omit<OpenIncident, 'location' | 'reportedAt' | 'changedAt' | 'dueAt' | 'warnAt' | 'suspendedUntil'> {
  readonly longitude: number | null;
  readonly latitude: number | null;
  readonly reportedAt: Date;
  readonly changedAt: Date;
  readonly dueAt: Date | null;
  readonly warnAt: Date | null;
  readonly suspendedUntil: Date | null;
}

const openIncident = ({ longitude, latitude, reportedAt, changedAt, dueAt, warnAt, suspendedUntil, ...row }: Raw): OpenIncident => ({
  location: longitude === null || latitude === null ? null : { longitude, latitude },
  reportedAt: reportedAt.toISOString(),
  changedAt: changedAt.toISOString(),
  dueAt: dueAt?.toISOString() ?? null,
  warnAt: warnAt?.toISOString() ?? null,
  suspendedUntil: suspendedUntil?.toISOString() ?? null,
  ...row,
});

/** 在办一览 The rows of a query over incidents, column by column: making entities of ten thousand rows would hold up everybody else. */
export const openOf = async (query: SelectQueryBuilder<IncidentEntity>): Promise<OpenIncidents> => {
  const [first, ...others] = plain;
  query.select(`incident.${first}`, first);
  for (const field of others) query.addSelect(`incident.${field}`, field);
  const warning = query.subQuery().select('min(deadline.warnAt)').from(DeadlineEntity, 'deadline')
    .where('deadline.incidentId = incident.incidentId').andWhere('deadline.clock = incident.dueClock').andWhere('deadline.dueAt = incident.dueAt').andWhere(`deadline.status = 'running'`);
  query.addSelect(warning.getQuery(), 'warnAt').orderBy('incident.dueAt', 'ASC', 'NULLS LAST').addOrderBy('incident.incidentId', 'ASC').limit(openIncidentsMax + 1);
  const rows = await query.getRawMany<Raw>();
  return { items: rows.slice(0, openIncidentsMax).map(openIncident), more: rows.length > openIncidentsMax };
};
