import type { Pool, PoolClient } from 'pg';
import type { Iso, RecordedCommand, RecordedEvent } from '#kernel';
import { isUuid } from './asked-events.js';
import { asSent, eachRow } from './each-row.js';
import { textArray } from './text-array.js';
import { isoOf } from './timestamps.js';

/** One row of the log as it stands there: provenance and payload are the very texts that were recorded. */
export interface RecordedRow {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly eventId: string;
  readonly type: string;
  readonly schema: number;
  readonly recordedAt: Iso;
  readonly meta: string;
  readonly data: string;
}

type Row = readonly [string, string, string, string, string, string, string, string, string];

const columns = 'position, stream, version, event_id, type, schema, recorded_at, meta, data';

export const readAllRows = async (pool: Pool | PoolClient, after: number, limit: number): Promise<readonly RecordedRow[]> => {
  const { rows } = await pool.query<Row & unknown[]>({
    name: 'read-all',
    text: `select ${columns} from engine.events where position > $1 order by position limit $2`,
    values: [after, limit],
    rowMode: 'array',
    types: asSent,
  });
  const found = rows.map(toRow);
  assertDense(after, found);
  return found;
};

/** As `readAllRows`, but what is not heard comes as its outline. */
export const readHeard = async (pool: Pool | PoolClient, after: number, limit: number, heard: ReadonlySet<string>): Promise<readonly RecordedEvent[]> => {
  const { rows } = await pool.query<Row & unknown[]>({
    name: 'read-heard',
    text: `select position, stream, version, event_id, type, schema, recorded_at, case when type = any ($3::text[]) then meta else '' end, case when type = any ($3::text[]) then data else '' end
           from engine.events where position > $1 order by position limit $2`,
    values: [after, limit, [...heard]],
    rowMode: 'array',
    types: asSent,
  });
  const found = rows.map(toRow);
  assertDense(after, found);
  return found.map((row) => (heard.has(row.type) ? toRecordedEvent(row) : outlineOf(row)));
};

export const readStreamRows = async (pool: Pool | PoolClient, stream: string, fromVersion: number): Promise<readonly RecordedRow[]> => {
  const { rows } = await pool.query<Row & unknown[]>({
    name: 'read-stream',
    text: `select ${columns} from engine.events where stream = $1 and version >= $2 order by version`,
    values: [stream, fromVersion],
    rowMode: 'array',
    types: asSent,
  });
  return rows.map(toRow);
};

/** Streams in any order, each in its own order; every row as it arrives, so that the texts of many need not be held at once. */
export const eachOfStreams = (pool: Pool, streams: readonly string[], each: (row: RecordedRow) => void): Promise<void> =>
  streams.length === 0 ? Promise.resolve() : eachRow(pool, {
    name: 'read-streams',
    text: `select ${columns} from engine.events where stream = any ($1::text[]) order by stream, version`,
    values: [textArray(streams)],
  }, (row: Row) => each(toRow(row)));

export const readCommand = async (pool: Pool | PoolClient, commandId: string): Promise<RecordedCommand | null> => {
  // What is no UUID was never the id of a command.
  if (!isUuid(commandId)) return null;
  const { rows } = await pool.query<[string, string, string, string]>({
    name: 'read-command',
    text: `
      select last.stream, last.version, last.position, first.fingerprint
      from engine.events first
      cross join lateral (
        select stream, version, position from engine.events
        where stream = first.stream and version >= first.version and command_id = first.command_id
        order by version desc limit 1) last
      where first.command_id = $1 and first.fingerprint is not null`,
    values: [commandId],
    rowMode: 'array',
    types: asSent,
  });
  const [row] = rows;
  if (!row) return null;
  const [stream, version, position, fingerprint] = row;
  return { stream, version: Number(version), position: Number(position), fingerprint: fingerprint === '' ? null : fingerprint };
};

/**
 * Throws when a position is missing. It cannot happen while positions are given out under the lock, and if it ever does,
 * a reader that went on would have lost an event for good.
 */
export const assertDense = (after: number, rows: readonly { readonly position: number }[]): void => {
  let expected = after;
  for (const { position } of rows) {
    expected += 1;
    if (position !== expected) throw new Error(`the log is not dense: position ${expected} is missing before ${position}`);
  }
};

const toRow = ([position, stream, version, eventId, type, schema, recordedAt, meta, data]: Row): RecordedRow => ({
  position: Number(position),
  stream,
  version: Number(version),
  eventId,
  type,
  schema: Number(schema),
  recordedAt: isoOf(recordedAt),
  meta,
  data,
});

type Writable<Shape> = { -readonly [Field in keyof Shape]: Shape[Field] };

/** Field by field: putting two objects together costs as much as reading both texts. */
export const toRecordedEvent = ({ position, stream, version, eventId, type, schema, recordedAt, meta, data }: RecordedRow): RecordedEvent => {
  const event = JSON.parse(meta) as Writable<RecordedEvent>;
  event.eventId = eventId;
  event.stream = stream;
  event.version = version;
  event.position = position;
  event.type = type;
  event.schema = schema;
  event.recordedAt = recordedAt;
  event.data = JSON.parse(data) as unknown;
  return event;
};

/** The place and the type of a fact that nobody looks into: no provenance, no data. */
export const outlineOf = ({ eventId, stream, version, position, type, schema, recordedAt }: RecordedRow): RecordedEvent =>
  ({ eventId, stream, version, position, type, schema, recordedAt, data: null }) as unknown as RecordedEvent;
