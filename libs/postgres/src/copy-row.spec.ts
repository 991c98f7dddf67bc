import { describe, expect, it } from '@jest/globals';
import { withPostgres } from '#testing';
import { isAway } from './connection.js';
import { copyRow } from './copy-row.js';

const postgres = withPostgres();

describe('a row as bytes', () => {
  it('is just as the server has it, whatever bytes there are, also where there are many or none', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    const every = Buffer.from(Array.from({ length: 256 }, (_none, byte) => byte));
    expect(await copyRow(pool, `select '\\x${every.toString('hex')}'::bytea, null, 7::bigint, ''::bytea`)).toEqual([every, null, Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]), Buffer.alloc(0)]);
    const [many] = await copyRow(pool, `select string_agg('\\x${every.toString('hex')}'::bytea, '') from generate_series(1, 20000)`);
    expect(many?.equals(Buffer.alloc(256 * 20_000, every))).toBe(true);
  });

  it('comes over a connection within its transaction too', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('create temporary table kept on commit drop as select 5::smallint as number');
      expect(await copyRow(client, 'select number from kept')).toEqual([Buffer.from([0, 5])]);
      await client.query('commit');
    } finally {
      client.release();
    }
  });

  it('says what the server objects to, before the first byte and in the middle, and leaves the connection usable', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    for (const wrong of ['select nothing', 'select 1 / (20000 - n) from generate_series(1, 30000) n']) await expect(copyRow(pool, wrong)).rejects.toMatchObject({ code: expect.stringMatching(/^42703|22012$/) });
    expect(await copyRow(pool, 'select true')).toEqual([Buffer.from([1])]);
  });

  it('ends as a store that is away when the server lets go in the middle, and the next question gets another connection', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    const dying = `select string_agg(repeat('x', 1000), '') from generate_series(1, 5000) union all select case when pg_terminate_backend(pg_backend_pid()) then '' end from pg_sleep(0.01)`;
    expect(isAway(await copyRow(pool, dying).catch((error: unknown) => error))).toBe(true);
    expect(await copyRow(pool, 'select true')).toEqual([Buffer.from([1])]);
  });
});
