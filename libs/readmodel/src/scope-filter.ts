import { Brackets } from 'typeorm';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Scope } from '#views';
import { IncidentPartyEntity } from './entities/incident-party-entity.js';

/** From the widest to the narrowest. */
const levels = ['city', 'district', 'street', 'community', 'grid'] as const;

/** Whether a scope leaves everything visible. */
export const seesAll = ({ places }: Scope): boolean => places === null;

/**
 * 辖区 Leaves only what a scope lets through: what lies in one of its places, and what its unit has or had to do with wherever it lies.
 * A scope without a limit by place lets everything through; one of no place and no unit, nothing. `alias` has the place columns and
 * `incidentId`.
 */
export const within = <Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>, alias: string, scope: Scope): SelectQueryBuilder<Row> => {
  const { places, unit } = scope;
  if (places === null) return query;
  if (places.length === 0 && unit === null) return query.andWhere('false');
  return query.andWhere(
    new Brackets((either) => {
      if (places.length > 0) for (const level of levels) either.orWhere(`${alias}.${level} = any (:places)`, { places });
      if (unit === null) return;
      const party = query.subQuery().select('party.incidentId').from(IncidentPartyEntity, 'party').where('party.unit = :scopeUnit');
      either.orWhere(`${alias}.incidentId in ${party.getQuery()}`, { scopeUnit: unit });
    }),
  );
};
