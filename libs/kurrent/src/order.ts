import type { Client, ClientBase, Pool } from 'pg';
import type { Instant, Iso, RecordedCommand } from '#kernel';
import { asSent, isoOf } from '#postgres';
import type { Place } from './stored-event.js';

/** Where the order ends. */
export interface OrderHead extends Place {
  readonly position: number;
  readonly moment: Instant;
}

interface KnownCommand {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly fingerprint: string | null;
  /** Of its first fact. */
  readonly eventId: string;
  readonly moment: Instant;
}

/** An append that somebody set out to make. */
interface AskedAppend {
  readonly commandId: string;
  readonly stream: string;
  readonly expectedVersion: number;
  /** It arrived, or cannot arrive any more. */
  readonly over: boolean;
}

/** What the order says at one moment. */
export interface Look {
  readonly head: OrderHead | null;
  readonly versions: ReadonlyMap<string, number>;
  readonly known: ReadonlyMap<string, KnownCommand>;
  readonly asked: readonly AskedAppend[];
}

/** 次序 One fact's place in the log. */
export interface OrderRow extends Place {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly eventId: string;
  readonly recordedAt: Iso;
  readonly commandId: string;
  readonly fingerprint: string | null;
}

interface LookAnswer {
  readonly head: { readonly position: number; readonly commit: string; readonly prepare: string; readonly ms: number } | null;
  readonly versions: Readonly<Record<string, number>> | null;
  readonly known: readonly ({ readonly commandId: string; readonly stream: string; readonly version: number; readonly position: number; readonly fingerprint: string; readonly eventId: string; readonly ms: number })[] | null;
  readonly asked: readonly AskedAppend[] | null;
}

/** Looks at the order for some commands and streams; with `enter` it first waits for the lock under which the order grows. */
export const lookAt = async (client: Client, call: 'kurrent_enter' | 'kurrent_look', commands: readonly string[], streams: readonly string[]): Promise<Look> => {
  const { rows } = await client.query<{ answer: LookAnswer }>({ name: call, text: `select engine.${call}($1, $2) as answer`, values: [commands, streams] });
  const { head, versions, known, asked } = (rows[0] as { answer: LookAnswer }).answer;
  const first = new Map<string, KnownCommand>();
  for (const { commandId, fingerprint, ms, ...rest } of known ?? []) {
    if (!first.has(commandId)) first.set(commandId, { ...rest, fingerprint: fingerprint === '' ? null : fingerprint, moment: ms });
  }
  return {
    head: head && { position: head.position, commit: BigInt(head.commit), prepare: BigInt(head.prepare), moment: head.ms },
    versions: new Map(Object.entries(versions ?? {})), known: first, asked: asked ?? [],
  };
};

export const leave = async (client: Client): Promise<void> => {
  await client.query({ name: 'kurrent_leave', text: 'select pg_advisory_unlock(310110, 7)' });
};

/** Before anything is sent it is known what will be, and until when the server may still carry it out. */
export const ask = async (client: Client, appends: readonly { readonly commandId: string; readonly stream: string; readonly expectedVersion: number }[], withinMs: number): Promise<void> => {
  await client.query({
    name: 'kurrent_ask',
    text: `insert into engine.kurrent_asked (command_id, stream, expected_version, until)
      select *, clock_timestamp() + $4 * interval '1 ms' from unnest($1::uuid[], $2::text[], $3::integer[])
      on conflict (command_id) do update set stream = excluded.stream, expected_version = excluded.expected_version, until = excluded.until`,
    values: [appends.map(({ commandId }) => commandId), appends.map(({ stream }) => stream), appends.map(({ expectedVersion }) => expectedVersion), withinMs],
  });
};

/** Writes on in the order, and forgets what was asked and is settled, together. */
export const writeOn = async (client: Client, rows: readonly OrderRow[], settled: readonly string[]): Promise<void> => {
  if (rows.length === 0 && settled.length === 0) return;
  await client.query({
    name: 'kurrent_write_on',
    text: `with settled as (delete from engine.kurrent_asked where command_id = any ($10::uuid[]))
      insert into engine.kurrent_order (position, commit_position, prepare_position, stream, version, event_id, recorded_at, command_id, fingerprint)
      select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::integer[], $6::uuid[], $7::timestamptz[], $8::uuid[], $9::text[])`,
    values: [
      rows.map(({ position }) => position), rows.map(({ commit }) => String(commit)), rows.map(({ prepare }) => String(prepare)), rows.map(({ stream }) => stream),
      rows.map(({ version }) => version), rows.map(({ eventId }) => eventId), rows.map(({ recordedAt }) => recordedAt), rows.map(({ commandId }) => commandId),
      rows.map(({ fingerprint }) => fingerprint), settled,
    ],
  });
};

type Row = readonly [string, string, string, string, string, string, string, string, string | null];
const columns = 'position, commit_position, prepare_position, stream, version, event_id, recorded_at, command_id, fingerprint';
const toRow = ([position, commit, prepare, stream, version, eventId, recordedAt, commandId, fingerprint]: Row): OrderRow => ({
  position: Number(position), commit: BigInt(commit), prepare: BigInt(prepare), stream, version: Number(version), eventId, recordedAt: isoOf(recordedAt), commandId, fingerprint,
});

type Database = Pool | ClientBase;

const rowsOf = async (database: Database, name: string, text: string, values: readonly unknown[]): Promise<readonly OrderRow[]> =>
  (await database.query<Row & unknown[]>({ name, text, values: [...values], rowMode: 'array', types: asSent })).rows.map(toRow);

export const orderAfter = (database: Database, after: number, limit: number): Promise<readonly OrderRow[]> =>
  rowsOf(database, 'kurrent-order', `select ${columns} from engine.kurrent_order where position > $1 order by position limit $2`, [after, limit]);

export const orderOfStreams = (database: Database, streams: readonly string[], fromVersion: number): Promise<readonly OrderRow[]> =>
  rowsOf(database, 'kurrent-streams', `select ${columns} from engine.kurrent_order where stream = any ($1::text[]) and version >= $2 order by stream, version`, [[...new Set(streams)], fromVersion]);

export const orderHead = async (database: Database): Promise<OrderRow | null> =>
  (await rowsOf(database, 'kurrent-head', `select ${columns} from engine.kurrent_order order by position desc limit 1`, []))[0] ?? null;

/** What a command led to, for whoever asks without a lock. */
export const orderedCommand = async (database: Database, commandId: string): Promise<RecordedCommand | null> => {
  const { rows } = await database.query<{ stream: string; version: number; position: string; fingerprint: string }>({
    name: 'kurrent-command',
    text: `select last.stream, last.version, last.position, first.fingerprint
      from engine.kurrent_order first
      cross join lateral (
        select stream, version, position from engine.kurrent_order
        where stream = first.stream and version >= first.version and command_id = first.command_id
        order by version desc limit 1) last
      where first.command_id = $1 and first.fingerprint is not null
      order by first.position limit 1`,
    values: [commandId],
  });
  const [row] = rows;
  return row ? { stream: row.stream, version: row.version, position: Number(row.position), fingerprint: row.fingerprint === '' ? null : row.fingerprint } : null;
};
