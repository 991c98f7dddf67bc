import type { Pool, PoolClient } from 'pg';
import { asSent } from './each-row.js';
import type { RecordedRow } from './recorded-rows.js';
import { assertDense } from './recorded-rows.js';
import { isoOf } from './timestamps.js';

/** A row of the log with all that is in it, for whoever carries a log from one store to another. */
export interface WholeRow extends RecordedRow {
  readonly commandId: string;
  /** Not null on the first fact of each command; '' where it has none. */
  readonly fingerprint: string | null;
}

type Row = readonly [string, string, string, string, string, string, string, string, string, string, string | null];

const columns = 'position, stream, version, event_id, type, schema, recorded_at, meta, data, command_id, fingerprint';

export const readWholeRows = async (pool: Pool | PoolClient, after: number, limit: number): Promise<readonly WholeRow[]> => {
  const { rows } = await pool.query<Row & unknown[]>({ text: `select ${columns} from engine.events where position > $1 order by position limit $2`, values: [after, limit], rowMode: 'array', types: asSent });
  const found = rows.map(([position, stream, version, eventId, type, schema, recordedAt, meta, data, commandId, fingerprint]): WholeRow => ({
    position: Number(position), stream, version: Number(version), eventId, type, schema: Number(schema), recordedAt: isoOf(recordedAt), meta, data, commandId, fingerprint,
  }));
  assertDense(after, found);
  return found;
};

/** Puts rows into the log as they are, position and moment included. Never for facts that happen: those are appended. */
export const importRows = async (client: PoolClient, rows: readonly WholeRow[]): Promise<void> => {
  const listed = rows.map(({ position, stream, version, eventId, type, schema, recordedAt, meta, data, commandId, fingerprint }) => [position, stream, version, eventId, type, schema, recordedAt, meta, data, commandId, fingerprint]);
  await client.query(
    `insert into engine.events (${columns})
     select * from unnest($1::bigint[], $2::text[], $3::integer[], $4::uuid[], $5::text[], $6::smallint[], $7::timestamptz[], $8::text[], $9::text[], $10::uuid[], $11::text[])`,
    Array.from({ length: 11 }, (_none, column) => listed.map((row) => row[column])),
  );
};
