import type { IncidentView } from './fold-incident.js';
import type { OpenIncident, OpenIncidents } from './queries.js';

/** Most rows of one look at all that is open: more than this, nobody sees at once. */
export const openIncidentsMax = 10_000;

/** An incident as queue and map show it; null where it is not open. */
export const openIncidentOf = ({ incident, deadlines }: IncidentView): OpenIncident | null => {
  if (!incident.open) return null;
  const { incidentId, revision, stage, rung, loop, holder, channel, externalId, grid, community, street, location, ruleHint, ruleId, subclassCode, grade, reportedAt, changedAt, dueAt, dueClock, escalations, returns, suspendedUntil } = incident;
  const warnings = deadlines.filter(({ status, clock, dueAt: due }) => status === 'running' && clock === dueClock && due === dueAt).map(({ warnAt }) => warnAt);
  return {
    incidentId, revision, stage, rung, loop, holder, channel, externalId, grid, community, street, location, ruleHint, ruleId, subclassCode, grade, reportedAt, changedAt, dueAt, dueClock,
    warnAt: warnings.toSorted()[0] ?? null, escalations, returns, suspendedUntil,
  };
};

const key = ({ dueAt, incidentId }: OpenIncident): string => `${dueAt ?? '~'} ${incidentId}`;

/** In their order, and no more than one look holds. */
export const asOpenIncidents = (rows: readonly OpenIncident[], more = false): OpenIncidents => ({
  items: rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, openIncidentsMax),
  more: more || rows.length > openIncidentsMax,
});
