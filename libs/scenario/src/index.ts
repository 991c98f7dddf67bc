export { given } from './given.js';
export { people } from './people.js';
export type { PersonName } from './people.js';
export { accepted, acknowledged, closed, dispatched, filed, handled, History, incidentId, inspected, monday9, nothing, reported } from './scenario.js';
export type { Asked, ToldEvent } from './scenario.js';
export { plainCalendar, smallLibrary, smallPolicy, smallReference } from './small-city.js';
