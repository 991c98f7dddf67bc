import type { Pool, PoolClient } from 'pg';
import { Refusal, Unavailable } from '#kernel';
import type { Connection, SchemaStep, WholeRow } from '#postgres';
import { importRows, inTransaction, openPostgres, orUnavailable, readWholeRows } from '#postgres';
import { parseAddress } from './address.js';
import { asRow, FactReader } from './fact-reader.js';
import { openServer, readIdentity, refuseOtherHome, sayIdentity } from './open-kurrent.js';
import type { OrderHead, OrderRow } from './order.js';
import type { Held } from './section.js';
import { Section } from './section.js';
import type { KurrentServer } from './server.js';
import type { FactToStore } from './stored-event.js';

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

const pageSize = 500;
/** The server takes a megabyte unless it is told otherwise. */
const charactersMost = 200_000;
const triesMost = 20;
const triesApartMs = 250;

const differs = (position: number): Refusal =>
  new Refusal('move.target-not-empty', `The target already holds another fact than the log at position ${position}; a log is moved to where nothing is, or to where a part of it is already.`, { position });

const isSame = (a: WholeRow, b: WholeRow): boolean => (Object.keys(a) as (keyof WholeRow)[]).every((name) => a[name] === b[name]);

/** The part that is there already: it must be the beginning of the log, fact by fact. Answers where it ends. */
const comparedUpTo = async (source: (after: number) => Promise<readonly WholeRow[]>, target: (after: number) => Promise<readonly WholeRow[]>, onProgress: (position: number) => void): Promise<number> => {
  for (let position = 0; ; onProgress(position)) {
    const [there, here] = await Promise.all([target(position), source(position)]);
    if (there.length === 0) return position;
    there.forEach((row, index) => {
      const own = here[index];
      if (!own || !isSame(own, row)) throw differs(row.position);
    });
    position += there.length;
  }
};

const fromKurrent = async (reader: FactReader, after: number): Promise<readonly WholeRow[]> =>
  (await reader.after(after, pageSize)).map((placed) => ({ ...asRow(placed), commandId: placed.row.commandId, fingerprint: placed.fact.fingerprint }));

/** Neighbours of one stream go together, as many as the server takes at once: it gives them neighbouring places. */
const runsOf = (rows: readonly WholeRow[]): readonly (readonly WholeRow[])[] => {
  const runs: WholeRow[][] = [];
  let characters = 0;
  for (const row of rows) {
    const last = runs.at(-1);
    characters += row.data.length + row.meta.length;
    if (last && last[0]?.stream === row.stream && characters < charactersMost) last.push(row);
    else {
      runs.push([row]);
      characters = row.data.length + row.meta.length;
    }
  }
  return runs;
};

const storable = (rows: readonly WholeRow[], turns: { of: string; next: number }): readonly FactToStore[] =>
  rows.map(({ eventId, type, schema, commandId, fingerprint, recordedAt, meta, data }) => {
    if (turns.of !== commandId) Object.assign(turns, { of: commandId, next: 0 });
    turns.next += 1;
    return { eventId, type, schema, commandId, turn: turns.next - 1, fingerprint, recordedAt, meta, data };
  });

const send = async (server: KurrentServer, stream: string, version: number, facts: readonly FactToStore[]): Promise<bigint> => {
  for (let tries = 1; ; tries += 1) {
    const sent = await server.append(stream, version, facts);
    if (sent.kind === 'recorded') return sent.commit;
    if (sent.kind !== 'unknown') throw new Refusal('move.not-taken', `The event store does not take the facts of the stream ${stream} from version ${version + 1} on: ${sent.kind}.`, { stream, version, why: sent.kind });
    if (tries === triesMost) throw new Unavailable('store.away', `the event store does not answer (${sent.why}); run the same again to go on`);
    await new Promise((resolve) => void setTimeout(resolve, triesApartMs));
  }
};

/** Carries a page over and sees to it that every fact came to stand at its own position, with its own moment. */
const carry = async (held: Held, head: OrderHead | null, rows: readonly WholeRow[], turns: { of: string; next: number }): Promise<void> => {
  let until = 0n;
  for (const run of runsOf(rows)) until = await send(held.server, run[0]?.stream ?? '', (run[0]?.version ?? 1) - 1, storable(run, turns));
  const written = await held.catchUp(head, until, []);
  rows.forEach((row, index) => {
    const found: OrderRow | undefined = written[index];
    if (found?.position !== row.position || found.stream !== row.stream || found.version !== row.version || found.recordedAt !== row.recordedAt || found.eventId !== row.eventId) throw differs(row.position);
  });
};

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

/**
 * 迁移 Carries a log from its table in PostgreSQL into KurrentDB: order, positions, ids, moments and texts as they are, so that every root that
 * was signed stays the root. Everything else stays in the database. Nobody records meanwhile. When it was cut off, the same once more
 * goes on; nothing has changed for anybody until it says `moved`.
 *
 * Refuses with `move.target-not-empty`, `move.not-taken`, `log.another`, `log.wrong-store`; fails with `Unavailable`.
 */
export const moveToKurrent = async ({ connection, eventStore, moreMigrations = [], onProgress = () => undefined, signal }: MoveParts): Promise<Moved> => {
  const { logName } = parseAddress(eventStore);
  const server = openServer(eventStore);
  const section = new Section({ connection, server });
  const log = await openPostgres({ connection, kind: 'live', moreMigrations }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const { pool } = log;
  try {
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
  } finally {
    await section.close();
    await log.close();
    await server.close();
  }
};

const readEnd = async (pool: Pool): Promise<number> => Number((await pool.query<{ position: string | null }>('select max(position) as position from engine.kurrent_order')).rows[0]?.position ?? 0);

/** The same the other way: from KurrentDB into the table of the database that has its order. What is in KurrentDB stays there as it is. */
export const moveToPostgres = async ({ connection, eventStore, moreMigrations = [], onProgress = () => undefined, signal }: MoveParts): Promise<Moved> => {
  const { logName } = parseAddress(eventStore);
  const server = openServer(eventStore);
  const section = new Section({ connection, server });
  const log = await openPostgres({ connection, kind: 'live', moreMigrations }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const { pool } = log;
  try {
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
  } finally {
    await section.close();
    await log.close();
    await server.close();
  }
};
