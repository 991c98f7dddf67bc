import { TwoTimes0000000000102 } from './two-times.js';
import { ViewTables0000000000101 } from './view-tables.js';

/** Every step of the read model's schema, oldest first. A released step is never changed; new ones are added at the end. */
export const readModelMigrations = [ViewTables0000000000101, TwoTimes0000000000102] as const;
