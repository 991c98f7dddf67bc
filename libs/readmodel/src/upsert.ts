import type { ClientBase } from 'pg';
import { textArray } from '#postgres';
import { toText } from './tables.js';
import type { Table } from './tables.js';

/** What happens to a row whose key is there already. */
export type OnKnown = 'replace' | 'keep';

const statement = <Row>(schema: string, { name, key, columns }: Table<Row>, onKnown: OnKnown): string => {
  const names = columns.map((column) => column.name);
  const values = columns.map(({ kind }, index) => `c${index}::${kind === 'json' ? 'text' : kind}`);
  const arrays = columns.map((_column, index) => `$${index + 1}::text[]`);
  const replaced = names.filter((each) => !key.includes(each)).map((each) => `${each} = excluded.${each}`);
  const known = onKnown === 'keep' ? 'nothing' : `update set ${replaced.join(', ')}`;
  return `insert into ${schema}.${name} (${names.join(', ')}) select ${values.join(', ')} from unnest(${arrays.join(', ')}) as t (${columns
    .map((_column, index) => `c${index}`)
    .join(', ')}) on conflict (${key.join(', ')}) do ${known}`;
};

/** Writes all rows with one statement: one array for each column. */
export const upsert = async <Row>(client: ClientBase, schema: string, table: Table<Row>, rows: readonly Row[], onKnown: OnKnown): Promise<void> => {
  if (rows.length === 0) return;
  const arrays = table.columns.map(({ kind, of }) => textArray(rows.map((row) => toText(kind, of(row)))));
  await client.query(statement(schema, table, onKnown), arrays);
};
