export type {
  DeadlineRow, History, IncidentFilter, IncidentRow, IncidentSort, Page, PageRequest, QueueSummary, Scope, StageWord, TimelineRow, Views,
} from './queries.js';
export { incidentSorts } from './queries.js';
export { equalFields, matches, wantsRunning } from './filters.js';
export type { DeadlineFilter } from './queries.js';
export { foldIncident, foldOwnIncident, foldVersion } from './fold-incident.js';
export type { IncidentView } from './fold-incident.js';
export { seesPlace, seesView } from './sight.js';
export { timelineRowOf } from './timeline.js';
export { delayMinutes } from './two-times.js';
