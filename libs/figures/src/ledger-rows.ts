import type { ClientBase } from 'pg';
import type { Ledger } from '#metrics';
import { asSent, textArray } from '#postgres';
import { packLedger, unpackLedger } from './packed-ledger.js';

/** The ledgers of these streams as they were last written, by stream; those that nothing is written of are left out. */
export const loadLedgers = async (client: ClientBase, schema: string, streams: readonly string[]): Promise<ReadonlyMap<string, Ledger>> => {
  if (streams.length === 0) return new Map();
  const text = `select stream, ledger from ${schema}.ledger where stream = any ($1::text[])`;
  const { rows } = await client.query<[string, string]>({ text, values: [textArray(streams)], rowMode: 'array', types: asSent });
  return new Map(rows.map(([stream, ledger]) => [stream, unpackLedger(ledger)]));
};

type Column = readonly [name: string, kind: 'text' | 'bigint', of: (ledger: Ledger) => string | number | null];

const columns: readonly Column[] = [
  ['stream', 'text', ({ stream }) => stream],
  ['first_position', 'bigint', ({ firstPosition }) => firstPosition],
  ['last_position', 'bigint', ({ lastPosition }) => lastPosition],
  ['reported_at', 'bigint', ({ reported }) => reported.at],
  ['filed_at', 'bigint', ({ filed }) => filed?.at ?? null],
  ['latest_at', 'bigint', ({ latestAt }) => latestAt],
  ['channel', 'text', ({ channel }) => channel],
  ['grid', 'text', ({ place }) => place.grid],
  ['community', 'text', ({ place }) => place.community],
  ['street', 'text', ({ place }) => place.street],
  ['district', 'text', ({ place }) => place.district],
  ['city', 'text', ({ place }) => place.city],
  ['ledger', 'text', packLedger],
];

/** What a later fact can change of a row. */
const moving = ['last_position', 'filed_at', 'latest_at', 'ledger'];

const statement = (schema: string): string => {
  const names = columns.map(([name]) => name).join(', ');
  const values = columns.map(([, kind], index) => `c${index}::${kind}`).join(', ');
  const arrays = columns.map((_column, index) => `$${index + 1}::text[]`).join(', ');
  return `insert into ${schema}.ledger (${names}) select ${values} from unnest(${arrays}) as t (${columns.map((_column, index) => `c${index}`).join(', ')})
on conflict (stream) do update set ${moving.map((name) => `${name} = excluded.${name}`).join(', ')} where ledger.last_position < excluded.last_position`;
};

/** Writes all rows with one statement: one array for each column. A row that knows more already stays. */
export const writeLedgers = async (client: ClientBase, schema: string, ledgers: readonly Ledger[]): Promise<void> => {
  if (ledgers.length === 0) return;
  const arrays = columns.map(([, , of]) => textArray(ledgers.map((ledger) => {
    const value = of(ledger);
    return value === null ? null : String(value);
  })));
  await client.query(statement(schema), arrays);
};

/** Remembers which stream a freezing stands in. */
export const writeFrozen = async (client: ClientBase, schema: string, frozen: readonly { readonly figuresId: string; readonly position: number }[]): Promise<void> => {
  for (const { figuresId, position } of frozen) {
    await client.query(`insert into ${schema}.frozen (figures_id, position) values ($1, $2) on conflict (figures_id) do nothing`, [figuresId, position]);
  }
};
