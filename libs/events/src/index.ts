export type * from './incident-events.js';
export type * from './parts.js';
export { incidentFacts } from './incident-facts.js';
export { channels, satisfactionGrades } from './parts.js';
export { chineseNameOf, incidentEventKinds, otherEventKinds, schemaOf, upcast } from './registry.js';
export type { Upcast } from './registry.js';
export type { PeriodFrozen } from './figure-events.js';
export type { ReferenceActivated, ReferenceWithdrawn } from './reference-events.js';
