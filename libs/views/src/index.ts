export type {
  DeadlineRow, IncidentFilter, IncidentRow, IncidentSort, Page, PageRequest, QueueSummary, Scope, StageWord, TimelineRow, Views,
} from './queries.js';
export { incidentSorts } from './queries.js';
