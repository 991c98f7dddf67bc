import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 订阅、时限索引 How far each subscription has come, and what the clock has to say next: both can be lost and rebuilt from the log. */
export class SubscriptionTables0000000000002 implements MigrationInterface {
  readonly name = 'SubscriptionTables0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table engine.subscriptions (
        name text primary key,
        position bigint not null check (position >= 0),
        epoch bigint not null,
        owner text,
        lease_until timestamptz
      ) with (fillfactor = 50)`);
    await runner.query(`
      create table engine.deadlines (
        stream text not null,
        clock_id text not null,
        moment text not null check (moment in ('warn', 'due', 'serious')),
        at timestamptz(3) not null,
        primary key (stream, clock_id, moment)
      )`);
    await runner.query(`create index deadlines_by_time on engine.deadlines (at)`);
    await runner.query(claimStreams);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function engine.claim_streams');
    await runner.query(`drop table engine.deadlines, engine.subscriptions`);
  }
}

/**
 * Streams with something due, earliest first, each locked until the end of the transaction; those that another worker has are
 * passed by. The walk sees the table as it was at its beginning, so under the lock the stream is looked up once more: it is taken at
 * the first of its moments that are still due, and thereby once.
 */
const claimStreams = `
create function engine.claim_streams(now timestamptz, most integer) returns setof text language plpgsql volatile
-- The walk follows the index, also on a table that grew faster than its statistics: sorting a flood for each batch of it takes for ever.
set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  met engine.deadlines;
  is_first boolean;
  found_count integer := 0;
begin
  for met in select * from engine.deadlines where at <= now order by at loop
    exit when found_count = most;
    continue when not pg_try_advisory_xact_lock(310111, hashtext(met.stream));
    select bool_or((at, clock_id, moment) = (met.at, met.clock_id, met.moment)) and bool_and((at, clock_id, moment) >= (met.at, met.clock_id, met.moment))
      into is_first from engine.deadlines where stream = met.stream and at <= now;
    continue when is_first is not true;
    found_count := found_count + 1;
    return next met.stream;
  end loop;
end $$`;
