export { logBeside, parseAddress } from './address.js';
export { BrokenLog } from './broken-log.js';
export { KurrentEventStore } from './event-store.js';
export { KurrentTables0000000000801 } from './migrations/kurrent-tables.js';
export type { Moved, MoveParts } from './move-log.js';
export { moveToKurrent, moveToPostgres } from './move-log.js';
export type { KurrentLog, KurrentOptions } from './open-kurrent.js';
export { openKurrent, refuseMoved } from './open-kurrent.js';
