import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import pg from 'pg';
import type { DataSourceOptions, MigrationInterface } from 'typeorm';
import { DataSource } from 'typeorm';
import type { Append, AppendResult, EventStore, LogIdentity } from '#kernel';
import { Refusal, Unavailable } from '#kernel';
import type { Connection } from './connection.js';
import { addressOf, clientConfig, orUnavailable } from './connection.js';
import { PostgresDeadlineIndex } from './deadline-index.js';
import type { EventStoreOptions } from './event-store.js';
import { PostgresEventStore } from './event-store.js';
import { migrations } from './migrations/index.js';
import type { RecordedRow } from './recorded-rows.js';
import { SteadyClient } from './steady-client.js';
import { PostgresSubscriptions } from './subscriptions.js';
import { isoOf } from './timestamps.js';

/** A step of the schema: a class of TypeORM, named and ordered by the thirteen digits at the end of its name. */
export type SchemaStep = new () => MigrationInterface;

/** 账本 A store as the rest of the engine uses it: the port, and what goes past the reading of every fact. */
export interface LogStore extends EventStore {
  /**
   * Many appends as one, recorded in the order given. For the single writer of a log that knows what will come of each (a play): what
   * does not fit is a defect.
   */
  appendInOrder(appends: readonly Append[]): Promise<readonly AppendResult[]>;
  /** As `readAll`, but provenance and payload as the very texts that were recorded. */
  readRows(after: number, limit: number): Promise<readonly RecordedRow[]>;
  /** Waits for the appends under way, then lets go of everything that is the store's own. */
  close(): Promise<void>;
}

/** What another kind of store builds on. */
export interface StoreGround {
  readonly connection: Connection;
  readonly pool: Pool;
  readonly identity: LogIdentity;
}

export interface PostgresOptions extends EventStoreOptions {
  readonly connection: Connection;
  /** What the log is to be; one of another kind is refused. */
  readonly kind: LogIdentity['kind'];
  /** Connections of the shared pool, beside the four that the store has for itself. */
  readonly poolSize?: number;
  /** Schema steps of other rooms in the same database, oldest first; they run after the engine's own. */
  readonly moreMigrations?: readonly SchemaStep[];
  /** Which log it has to be, where its facts are elsewhere and say so. */
  readonly identity?: LogIdentity;
  /** Opens the store where the facts are elsewhere; the log's own table otherwise. */
  readonly openStore?: (ground: StoreGround) => Promise<LogStore>;
}

/** Everything that one database holds of the engine, with the connections to it. */
export interface PostgresLog {
  readonly identity: LogIdentity;
  readonly store: LogStore;
  readonly subscriptions: PostgresSubscriptions;
  readonly deadlines: PostgresDeadlineIndex;
  readonly pool: Pool;
  readonly connection: Connection;
  /** Waits for appends under way and closes every connection. */
  close(): Promise<void>;
}

/** For read models by TypeORM: the same database and schema steps, with the entities of the caller. Never synchronises. */
export const dataSourceOptions = (
  connection: Connection,
  entities: readonly Function[] = [],
  moreMigrations: readonly SchemaStep[] = [],
): DataSourceOptions => ({
  type: 'postgres',
  url: addressOf(connection),
  schema: 'engine',
  entities: [...entities],
  migrations: [...migrations, ...moreMigrations],
  migrationsTableName: 'schema_steps',
  migrationsTransactionMode: 'each',
  synchronize: false,
  logging: false,
  applicationName: 'threeloops views',
  extra: { options: '-c TimeZone=UTC', Client: SteadyClient },
});

/** Connections as the engine needs them, and nothing else: for those who work on a log that somebody else has opened. */
export const openPool = (connection: Connection, applicationName: string, max: number): Pool => {
  const pool = new pg.Pool({ ...clientConfig(connection, applicationName), max, Client: SteadyClient });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
};

/**
 * Opens the log in a database and brings its schema up to date; several processes may do so at once.
 *
 * Refuses with `data.newer-version` a database that a newer engine has changed, with `log.wrong-kind` a log of another kind, with
 * `log.another` one that is not the log that it has to be;
 * fails with `Unavailable` when the server is away.
 */
export const openPostgres = async (options: PostgresOptions): Promise<PostgresLog> => {
  const { connection, kind, poolSize = 10, moreMigrations = [] } = options;
  const pool = openPool(connection, 'threeloops', poolSize);
  try {
    await orUnavailable(() => bringUpToDate(pool, connection, moreMigrations));
    const identity = await orUnavailable(() => identify(pool, kind, options.identity));
    const store = options.openStore ? await options.openStore({ connection, pool, identity }) : await PostgresEventStore.open(connection, pool, identity, options);
    const close = async (): Promise<void> => {
      await store.close();
      await pool.end();
    };
    return { identity, store, subscriptions: new PostgresSubscriptions(pool), deadlines: new PostgresDeadlineIndex(pool), pool, connection, close };
  } catch (error) {
    await pool.end();
    throw error;
  }
};

const schemaLock = '310110, 2';

const bringUpToDate = async (pool: Pool, connection: Connection, moreMigrations: readonly SchemaStep[]): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query(`select pg_advisory_lock(${schemaLock})`);
    await client.query('create schema if not exists engine');
    await refuseNewer(client, moreMigrations);
    const source = new DataSource(dataSourceOptions(connection, [], moreMigrations));
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
    await client.query(`select pg_advisory_unlock(${schemaLock})`);
    client.release();
  } catch (error) {
    // Closing the connection also lets go of the lock.
    client.release(true);
    throw error;
  }
};

const refuseNewer = async (client: pg.PoolClient, moreMigrations: readonly SchemaStep[]): Promise<void> => {
  const { rows: tables } = await client.query(`select from pg_tables where schemaname = 'engine' and tablename = 'schema_steps'`);
  if (tables.length === 0) return;
  const { rows } = await client.query<{ name: string }>('select name from engine.schema_steps order by id');
  const known = new Set([...migrations, ...moreMigrations].map((Step) => new Step().name ?? Step.name));
  const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Refusal('data.newer-version', 'the database was changed by a newer engine; use that one', { unknown });
  }
};

const kinds: Readonly<Record<LogIdentity['kind'], string>> = { live: 'a live log', demo: 'a demonstration', played: 'a played log' };

const identify = async (pool: Pool, kind: LogIdentity['kind'], wanted?: LogIdentity): Promise<LogIdentity> => {
  await pool.query(
    `insert into engine.log (log_id, kind, created_at) values ($1, $2, coalesce($3::timestamptz, clock_timestamp())) on conflict do nothing`,
    [wanted?.logId ?? randomUUID(), wanted?.kind ?? kind, wanted?.createdAt ?? null],
  );
  const { rows } = await pool.query<{ log_id: string; kind: LogIdentity['kind']; created_at: string }>('select log_id, kind, created_at::text from engine.log');
  const [found] = rows;
  if (!found) throw new Unavailable('store.away', 'the log has no identity yet');
  if (found.kind !== kind) {
    throw new Refusal('log.wrong-kind', `the database holds ${kinds[found.kind]} and cannot be opened as ${kinds[kind]}`, { found: found.kind, asked: kind });
  }
  if (wanted && wanted.logId !== found.log_id) {
    throw new Refusal('log.another', `the database belongs to the log ${found.log_id}, and the event store holds the log ${wanted.logId}`, { found: found.log_id, asked: wanted.logId });
  }
  return { logId: found.log_id, kind: found.kind, createdAt: isoOf(found.created_at) };
};

