import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { ClientBase } from 'pg';
import { withPostgres } from '#testing';
import { dropSchema } from './drop-schema.js';
import { openPool } from './open-postgres.js';

const postgres = withPostgres();

const codeOf = (error: { readonly code?: string }): string => String(error.code);

/**
 * A reader is on its way through two tables, as a statement that joins them locks one after the other; when it has the first, both are dropped. Answers what
 * the reader and the drop were ended with, null where with nothing.
 */
const metOnTheWay = async ([first, second]: readonly [string, string], drop: (client: ClientBase) => Promise<unknown>): Promise<{ readonly reader: string | null; readonly drop: string | null }> => {
  const pool = openPool(await postgres.freshDatabase(), 'spec', 3);
  const [reader, dropper] = [await pool.connect(), await pool.connect()];
  try {
    await dropper.query('create schema old; create table old.a (id integer); create table old.b (id integer); create view old.pairs as select * from old.a join old.b using (id)');
    await reader.query(`begin; lock table old.${first} in access share mode`);
    const dropped = drop(dropper).then(() => null, codeOf);
    while ((await pool.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount === 0) await sleep(5);
    const read = await reader.query(`lock table old.${second} in access share mode`).then(() => null, codeOf);
    await reader.query('rollback');
    return { reader: read, drop: await dropped };
  } finally {
    for (const client of [reader, dropper]) client.release();
    await pool.end();
  }
};

const deadlock = '40P01';
const undefinedTable = '42P01';

describe('dropping what was replaced', () => {
  it('waits for a reader and holds nothing that the reader waits for', async () => {
    const piecewise = (client: ClientBase): Promise<unknown> => dropSchema(client, 'old');
    expect(await metOnTheWay(['a', 'b'], piecewise)).toEqual({ reader: null, drop: null });
    // What is gone is looked up by its name again, which another table has by then.
    expect(await metOnTheWay(['b', 'a'], piecewise)).toEqual({ reader: undefinedTable, drop: null });
  }, 20_000);

  it('ends in a deadlock for one of the two where all is dropped at once', async () => {
    const atOnce = (client: ClientBase): Promise<unknown> => client.query('drop schema old cascade');
    const met = [await metOnTheWay(['a', 'b'], atOnce), await metOnTheWay(['b', 'a'], atOnce)];
    expect(met.flatMap((each) => Object.values(each))).toContain(deadlock);
  }, 20_000);

  it('is content where there is nothing to drop', async () => {
    const pool = openPool(await postgres.freshDatabase(), 'spec', 1);
    const client = await pool.connect();
    try {
      await expect(dropSchema(client, 'old')).resolves.toBeUndefined();
    } finally {
      client.release();
      await pool.end();
    }
  }, 20_000);
});
