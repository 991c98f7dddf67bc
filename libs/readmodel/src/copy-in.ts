import type { ClientBase } from 'pg';
import { copyInto } from '#postgres';
import { copyRows } from './copy-rows.js';
import type { Table } from './tables.js';

/** Adds rows whose keys are not there yet, in the fastest way there is. Fails as a query would; nothing of a failed copy stays. */
export const copyIn = async <Row>(client: ClientBase, schema: string, table: Table<Row>, rows: readonly Row[]): Promise<void> => {
  if (rows.length > 0) await copyInto(client, `${schema}.${table.name} (${table.columns.map(({ name }) => name).join(', ')})`, copyRows(table, rows));
};
