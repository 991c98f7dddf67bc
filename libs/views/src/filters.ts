import type { DeadlineFilter, DeadlineRow, IncidentFilter, IncidentRow } from './queries.js';

/** What a filter asks to be equal. */
export const equalFields = [
  'stage', 'open', 'rung', 'loop', 'holder', 'accountableUnit', 'street', 'community', 'grid', 'channel', 'subclassCode', 'scenario', 'grade',
] as const satisfies readonly (keyof IncidentFilter & keyof IncidentRow)[];

/** Whether a row is one that a filter asks for. */
export const matches = (row: IncidentRow, filter: IncidentFilter): boolean =>
  equalFields.every((field) => filter[field] === undefined || row[field] === filter[field]) &&
  (filter.breached === undefined || row.breachedClocks > 0 === filter.breached) &&
  (filter.reportedFrom === undefined || row.reportedAt >= filter.reportedFrom) &&
  (filter.reportedBefore === undefined || row.reportedAt < filter.reportedBefore);

/** Whether a clock runs and is one that a filter asks for. */
export const wantsRunning = (row: DeadlineRow, { unit, clock, breached }: DeadlineFilter): boolean =>
  row.status === 'running' && (unit === undefined || row.unit === unit) && (clock === undefined || row.clock === clock) && (breached === undefined || row.breached === breached);
