import type { Pool } from 'pg';
import type { LogIdentity } from '#kernel';
import { Refusal } from '#kernel';
import type { PostgresLog, PostgresOptions } from '#postgres';
import { openPostgres, orUnavailable } from '#postgres';
import { parseAddress } from './address.js';
import { BrokenLog } from './broken-log.js';
import { KurrentEventStore } from './event-store.js';
import { orderHead } from './order.js';
import { ServerAway } from './outcomes.js';
import { KurrentServer } from './server.js';

export interface KurrentOptions extends Omit<PostgresOptions, 'identity' | 'openStore'> {
  /** `kurrentdb://…` with the name of the log. */
  readonly eventStore: string;
  /** How long a call to the server may take before its outcome is called unknown. */
  readonly deadlineMs?: number;
}

/** A log whose facts are in KurrentDB and everything else in PostgreSQL. */
export interface KurrentLog extends PostgresLog {
  readonly store: KurrentEventStore;
}

const usualDeadlineMs = 5_000;
const opened = 'LogOpened';

export const openServer = (eventStore: string, deadlineMs: number = usualDeadlineMs): KurrentServer => new KurrentServer(parseAddress(eventStore), deadlineMs);

/** What a log is stands in a stream of its own beside those of the facts. */
const identityStream = (logName: string): string => `${logName}:log`;

export const readIdentity = async (server: KurrentServer, logName: string): Promise<LogIdentity | null> => {
  const [event] = (await server.readNamed(identityStream(logName), 1)) ?? [];
  if (!event) return null;
  try {
    const { logId, kind, createdAt } = JSON.parse(Buffer.from(event.data).toString('utf8')) as LogIdentity;
    if ([logId, kind, createdAt].every((part) => typeof part === 'string')) return { logId, kind, createdAt };
  } catch {
    // Told below.
  }
  throw new BrokenLog('store.foreign-fact', `The stream ${identityStream(logName)} does not say which log this is`, { stream: identityStream(logName) });
};

/** Says in the event store which log it holds. Whoever says it first has said it. */
export const sayIdentity = async (server: KurrentServer, logName: string, identity: LogIdentity): Promise<void> => {
  const { logId, kind, createdAt } = identity;
  const sent = await server.appendTo(identityStream(logName), 0, [{ id: logId, type: opened, contentType: 'application/json', data: { logId, kind, createdAt }, metadata: {} }]);
  const untaken = 'the event store does not take the name of the log';
  if (sent.kind === 'denied') throw new ServerAway('store.access-denied', untaken);
  // An answer that was lost says nothing; what stands there does.
  const said = await readIdentity(server, logName);
  if (said === null && sent.kind === 'unknown') throw new ServerAway('store.away', untaken);
  if (said?.logId !== logId) throw new Refusal('log.another', `the database belongs to the log ${logId}, and the event store holds the log ${said?.logId ?? 'of nobody'}`, { found: said?.logId ?? null, asked: logId });
};

/** Where the facts of the log are that a database belongs to: the name of a log in KurrentDB, or null for the database's own table. */
const homeOf = async (pool: Pool): Promise<string | null> =>
  (await pool.query<{ log_name: string }>('select log_name from engine.kurrent_home')).rows[0]?.log_name ?? null;

const wrongStore = (message: string, found: string | null): Refusal => new Refusal('log.wrong-store', message, { found });

/** Refuses with `log.wrong-store` a database whose facts are in KurrentDB: opened without them it would begin anew. */
export const refuseMoved = async (pool: Pool): Promise<void> => {
  const home = await orUnavailable(() => homeOf(pool));
  if (home !== null) throw wrongStore(`The facts of this database are in KurrentDB, in the log "${home}": set EVENT_STORE, or move them back by move-log.`, home);
};

/** Answers whether the facts of a database are in this log; refuses with `log.wrong-store` where they are in another one. */
export const refuseOtherHome = async (pool: Pool, logName: string): Promise<boolean> => {
  const home = await homeOf(pool);
  if (home !== null && home !== logName) throw wrongStore(`The facts of this database are in the log "${home}" in KurrentDB, not in "${logName}".`, home);
  return home !== null;
};

const settleHome = async (pool: Pool, logName: string): Promise<void> => {
  if (await refuseOtherHome(pool, logName)) return;
  const { rowCount } = await pool.query('select from engine.events limit 1');
  if (rowCount !== 0) throw wrongStore('The facts of this database are in the database itself: move them by move-log, or leave out EVENT_STORE.', null);
  await pool.query('insert into engine.kurrent_home (log_name) values ($1) on conflict do nothing', [logName]);
};

/**
 * Opens a log in KurrentDB, with a database for its order and everything else.
 *
 * Refuses as `openPostgres` does, with `setting.unreadable` an address that is none, with `log.wrong-store` a database whose facts are
 * elsewhere, with `log.another` one that belongs to another log; fails with `Unavailable` when either server is away.
 */
export const openKurrent = async ({ eventStore, deadlineMs, ...options }: KurrentOptions): Promise<KurrentLog> => {
  const address = parseAddress(eventStore);
  const server = openServer(eventStore, deadlineMs);
  try {
    const said = await readIdentity(server, address.logName);
    const log = await openPostgres({
      ...options,
      ...(said ? { identity: said } : {}),
      openStore: async ({ connection, pool, identity }) => {
        await orUnavailable(() => settleHome(pool, address.logName));
        if (!said) {
          if (await orUnavailable(() => orderHead(pool))) throw new BrokenLog('store.fact-missing', `The event store knows no log "${address.logName}", and the database has the order of its facts`, { logName: address.logName });
          await sayIdentity(server, address.logName, identity);
        }
        return KurrentEventStore.open({ connection, pool, server, identity }, options);
      },
    });
    return log as KurrentLog;
  } catch (error) {
    await server.close().catch(() => undefined);
    throw error;
  }
};
