import type { MigrationInterface, QueryRunner } from 'typeorm';
import { WholeClaims0000000000008 } from './whole-claims.js';

/** 时限认领 A claim asks for all its streams at once and not for one after the other: a third of the time. */
export class ClaimsAtOnce0000000000009 implements MigrationInterface {
  readonly name = 'ClaimsAtOnce0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop function engine.claim_due');
    await runner.query(claimDue);
  }

  async down(runner: QueryRunner): Promise<void> {
    await new WholeClaims0000000000008().up(runner);
  }
}

/**
 * What is due in streams that nobody else is at, earliest first, each stream locked until the end of the transaction; of so many streams as
 * were asked for while that many are due. The walk sees the table as it was at its beginning; another worker may have settled a stream of it
 * meanwhile, so only what is found under the locks counts, where every statement looks anew. What is missing then, and what a stream with
 * several clocks took of the number, the next round looks for.
 */
const claimDue = `
create function engine.claim_due(now timestamptz, most integer) returns table (stream text, clock_id text, at timestamptz) language plpgsql volatile
-- The walk follows the index, also on a table that grew faster than its statistics: sorting a flood for each batch of it takes for ever.
set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  missing integer := most;
  met text[] := '{}';
  got text[];
  due engine.deadlines[];
begin
  while missing > 0 loop
    got := array(
      select stream from (select stream from engine.deadlines where at <= now order by at offset 0) walk
      where stream <> all (met) and pg_try_advisory_xact_lock(310111, hashtext(stream)) limit missing);
    exit when cardinality(got) = 0;
    due := array(select deadlines from engine.deadlines where stream = any (got) and at <= now);
    return query select stream, clock_id, at from unnest(due) order by at;
    exit when cardinality(got) < missing;
    met := met || got;
    missing := missing - (select count(distinct stream) from unnest(due));
  end loop;
end $$`;
