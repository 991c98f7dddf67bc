import { describe, expect, it } from '@jest/globals';
import { minute, toIso } from '#kernel';
import { someMoment, withPostgres } from '#testing';
import { DeadlineRows0000000000005 } from './deadline-rows.js';

describe('the step from one row a moment to one row a clock', () => {
  const { openLog } = withPostgres();

  it('keeps every pending moment of a log that an older engine kept', async () => {
    const { pool, deadlines } = await openLog();
    await pool.query(`drop table engine.deadlines`);
    await pool.query(`
      create table engine.deadlines (stream text not null, clock_id text not null, moment text not null, at timestamptz(3) not null, primary key (stream, clock_id, moment))`);
    await pool.query(`insert into engine.deadlines select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])`, [
      ['a', 'a', 'a', 'b'], ['handle', 'handle', 'arrive', 'handle'], ['due', 'serious', 'warn', 'due'],
      [0, 20, 5, 10].map((minutes) => toIso(someMoment + minutes * minute)),
    ]);
    const step = new DeadlineRows0000000000005();
    await step.up({ query: (text: string) => pool.query(text) } as never);
    const fired: string[][] = [];
    for (const minutes of [0, 5, 10, 20]) {
      await deadlines.claim(someMoment + minutes * minute, 10, (streams) => {
        fired.push([...streams]);
        return Promise.resolve(streams);
      });
    }
    expect(fired).toEqual([['a'], ['a'], ['b'], ['a']]);
    expect(await deadlines.nextAt()).toBeNull();
  });
});
