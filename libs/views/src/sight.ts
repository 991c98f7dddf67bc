import type { PlacePath } from '#reference';
import type { IncidentView } from './fold-incident.js';
import type { Scope } from './queries.js';

/** 辖区 Whether something at a place, with which these units have to do, is within a scope. */
export const seesPlace = (scope: Scope, { grid, community, street, district, city }: PlacePath, units: Iterable<string>): boolean => {
  const { places, unit } = scope;
  if (places === null) return true;
  if ([grid, community, street, district, city].some((code) => places.includes(code))) return true;
  if (unit === null) return false;
  for (const involved of units) if (involved === unit) return true;
  return false;
};

/** The same of the view of an incident. */
export const seesView = (scope: Scope, { incident: { grid, community, street, district }, city, parties }: IncidentView): boolean =>
  seesPlace(scope, { grid, community, street, district, city }, parties);
