import { describe, expect, it } from '@jest/globals';
import { withPostgres } from '#testing';
import { isAway } from './connection.js';
import { eachRow } from './each-row.js';

const postgres = withPostgres();

let statements = 0;
const statement = (text: string, values: readonly unknown[] = []) => ({ name: `spec-${(statements += 1)}`, text, values });

describe('rows as they arrive', () => {
  it('come in order, as the texts that the server sent', async () => {
    const { pool } = await postgres.openLog();
    const rows: (readonly (string | null)[])[] = [];
    await eachRow<readonly (string | null)[]>(pool, statement('select n, null, true from generate_series(1, $1::integer) as n', [3]), (row) => void rows.push(row));
    expect(rows).toEqual([['1', null, 't'], ['2', null, 't'], ['3', null, 't']]);
  });

  it('end with the failure of whoever takes them, who gets no more; the connection is as good as before', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    let taken = 0;
    const all = statement('select n from generate_series(1, 5000) as n');
    await expect(eachRow(pool, all, () => { if ((taken += 1) === 7) throw new Error('seven is enough'); })).rejects.toThrow('seven is enough');
    expect(taken).toBe(7);
    await eachRow(pool, all, () => void (taken += 1));
    expect(taken).toBe(5_007);
  });

  it('end as a store that is away when the server lets go in the middle, and the next question gets another connection', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    const dying = statement('select n, case when n = 4000 then pg_terminate_backend(pg_backend_pid()) end, repeat(\'x\', 100) from generate_series(1, 5000) as n');
    let taken = 0;
    const failure = await eachRow(pool, dying, () => void (taken += 1)).catch((error: unknown) => error);
    expect(isAway(failure)).toBe(true);
    expect(taken).toBeLessThan(5_000);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('refuse a statement that is wrong as any other way of asking does', async () => {
    const { pool } = await postgres.openLog({ poolSize: 1 });
    await expect(eachRow(pool, statement('select nothing from nowhere'), () => undefined)).rejects.toMatchObject({ code: '42P01' });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
