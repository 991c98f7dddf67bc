import { ViewTables0000000000101 } from './view-tables.js';

/** Every step of the read model's schema, oldest first. A released step is never changed; new ones are added at the end. */
export const readModelMigrations = [ViewTables0000000000101] as const;
