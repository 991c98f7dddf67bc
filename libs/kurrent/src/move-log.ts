import type { Pool, PoolClient } from 'pg';
import { Refusal } from '#kernel';
import type { Connection, PostgresLog, SchemaStep } from '#postgres';
import { importRows, inTransaction, openPostgres, orUnavailable, readWholeRows } from '#postgres';
import { parseAddress } from './address.js';
import { carry, comparedUpTo, fromKurrent, pageSize, storable } from './carry.js';
import { FactReader } from './fact-reader.js';
import { openServer, readIdentity, refuseOtherHome, sayIdentity } from './open-kurrent.js';
import { Section } from './section.js';
import type { KurrentServer } from './server.js';

export interface MoveParts {
  readonly connection: Connection;
  readonly eventStore: string;
  readonly moreMigrations?: readonly SchemaStep[];
  readonly onProgress?: (position: number) => void;
  readonly signal?: AbortSignal;
}

export interface Moved {
  /** Whether the whole log is at its new place and is opened there from now on. */
  readonly status: 'moved' | 'was-there' | 'interrupted';
  /** Up to where it has been carried. */
  readonly position: number;
}

/** While it is held nobody appends to the table. */
const withAppendLock = async <Value>(pool: Pool, work: (client: PoolClient) => Promise<Value>): Promise<Value> => {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock(310110, 1)');
    return await work(client);
  } finally {
    // Closing the connection lets go of the lock.
    client.release(true);
  }
};

interface BothStores {
  readonly logName: string;
  readonly server: KurrentServer;
  readonly section: Section;
  readonly log: PostgresLog;
}

/** Opens both homes of a log, and closes them whatever becomes of the work. */
const withBothStores = async (
  { connection, eventStore, moreMigrations }: Pick<MoveParts, 'connection' | 'eventStore'> & Required<Pick<MoveParts, 'moreMigrations'>>, work: (stores: BothStores) => Promise<Moved>,
): Promise<Moved> => {
  const { logName } = parseAddress(eventStore);
  const server = openServer(eventStore);
  const section = new Section({ connection, server });
  const log = await openPostgres({ connection, kind: 'live', moreMigrations }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  try {
    return await work({ logName, server, section, log });
  } finally {
    await section.close();
    await log.close();
    await server.close();
  }
};

/**
 * 迁移 Carries a log from its table in PostgreSQL into KurrentDB: order, positions, ids, moments and texts as they are, so that every root that
 * was signed stays the root. Everything else stays in the database. Nobody records meanwhile. When it was cut off, the same once more
 * goes on; nothing has changed for anybody until it says `moved`.
 *
 * Refuses with `move.target-not-empty`, `move.not-taken`, `log.another`, `log.wrong-store`; fails with `Unavailable`.
 */
export const moveToKurrent = ({ connection, eventStore, moreMigrations = [], onProgress = () => undefined, signal }: MoveParts): Promise<Moved> =>
  withBothStores({ connection, eventStore, moreMigrations }, async ({ logName, server, section, log }) => {
    const { pool } = log;
    if (await orUnavailable(() => refuseOtherHome(pool, logName))) return { status: 'was-there', position: (await readEnd(pool)) };
    const said = await readIdentity(server, logName);
    if (said && said.logId !== log.identity.logId) throw new Refusal('log.another', `The event store holds the log ${said.logId} under the name "${logName}".`, { found: said.logId, asked: log.identity.logId });
    return await orUnavailable(() => withAppendLock(pool, (client) => section.run([], [], async (held, look): Promise<Moved> => {
      await held.catchUp(look.head, 0n, []);
      const reader = new FactReader(pool, server);
      let position = await comparedUpTo((after) => readWholeRows(client, after, pageSize), (after) => fromKurrent(reader, after), onProgress);
      if (!said) await sayIdentity(server, logName, log.identity);
      const turns = { of: '', next: 0 };
      // The first fact to be carried may be one of several of its command.
      storable(await readWholeRows(client, Math.max(0, position - pageSize), Math.min(pageSize, position)), turns);
      for (;;) {
        if (signal?.aborted) return { status: 'interrupted', position };
        const rows = await readWholeRows(client, position, pageSize);
        if (rows.length === 0) break;
        await carry(held, (await held.look([], [])).head, rows, turns);
        position += rows.length;
        onProgress(position);
      }
      await inTransaction(pool, async (tx) => {
        await tx.query('insert into engine.kurrent_home (log_name) values ($1)', [logName]);
        await tx.query('create trigger events_are_elsewhere before insert on engine.events for each statement execute function engine.refuse_elsewhere()');
      });
      return { status: 'moved', position };
    })));
  });

const readEnd = async (pool: Pool): Promise<number> => Number((await pool.query<{ position: string | null }>('select max(position) as position from engine.kurrent_order')).rows[0]?.position ?? 0);

/** The same the other way: from KurrentDB into the table of the database that has its order. What is in KurrentDB stays there as it is. */
export const moveToPostgres = ({ connection, eventStore, moreMigrations = [], onProgress = () => undefined, signal }: MoveParts): Promise<Moved> =>
  withBothStores({ connection, eventStore, moreMigrations }, async ({ logName, server, section, log }) => {
    const { pool } = log;
    if (!(await orUnavailable(() => refuseOtherHome(pool, logName)))) return { status: 'was-there', position: (await log.store.head()).position };
    return await orUnavailable(() => section.run([], [], async (held, look): Promise<Moved> => {
      await held.catchUp(look.head, 0n, []);
      const reader = new FactReader(pool, server);
      let position = await comparedUpTo((after) => fromKurrent(reader, after), (after) => readWholeRows(pool, after, pageSize), onProgress);
      for (;;) {
        if (signal?.aborted) return { status: 'interrupted', position };
        // The lock belongs to a connection that must not fall asleep.
        await held.look([], []);
        const rows = await fromKurrent(reader, position);
        if (rows.length === 0) break;
        await inTransaction(pool, async (tx) => {
          await tx.query(`select set_config('threeloops.moving', 'on', true)`);
          await importRows(tx, rows);
        });
        position += rows.length;
        onProgress(position);
      }
      await inTransaction(pool, async (tx) => {
        await tx.query('delete from engine.kurrent_home');
        await tx.query('drop trigger if exists events_are_elsewhere on engine.events');
      });
      return { status: 'moved', position };
    }));
  });
