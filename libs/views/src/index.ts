export type {
  DeadlineRow, History, IncidentFilter, IncidentRow, IncidentSort, OpenIncident, OpenIncidents, Page, PageRequest, QueueSummary, Scope, StageWord, TimelineRow, Views,
} from './queries.js';
export { incidentSorts } from './queries.js';
export { equalFields, matches, wantsRunning } from './filters.js';
export type { DeadlineFilter } from './queries.js';
export { asOpenIncidents, openIncidentOf, openIncidentsMax } from './open-incident.js';
export { foldIncident, foldOwnIncident, foldVersion } from './fold-incident.js';
export type { IncidentView } from './fold-incident.js';
export { seesPlace, seesView } from './sight.js';
export { timelineRowOf } from './timeline.js';
export { delayMinutes } from './two-times.js';
