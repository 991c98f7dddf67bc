import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 时限认领 One question answers what is due in the streams that were got; `claim_streams` stays for workers that have not been replaced yet. */
export class DeadlineClaims0000000000007 implements MigrationInterface {
  readonly name = 'DeadlineClaims0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(claimDue);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function engine.claim_due');
  }
}

/**
 * What is due in streams that nobody else is at, those first that are due first, each stream locked until the end of the transaction. The
 * walk sees the table as it was at its beginning; another worker may have settled a stream of it meanwhile, so only what is found under
 * the locks counts.
 */
const claimDue = `
create function engine.claim_due(now timestamptz, most integer) returns table (stream text, clock_id text, at timestamptz) language plpgsql volatile
-- The walk follows the index, also on a table that grew faster than its statistics: sorting a flood for each batch of it takes for ever.
set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  met text;
  got text[] := '{}';
begin
  for met in select stream from engine.deadlines where at <= now order by at loop
    continue when met = any (got);
    exit when cardinality(got) = most;
    continue when not pg_try_advisory_xact_lock(310111, hashtext(met));
    got := got || met;
  end loop;
  return query
    select due.stream, due.clock_id, due.at
    from unnest(got) with ordinality as claimed (stream, turn)
    cross join lateral (select * from engine.deadlines where deadlines.stream = claimed.stream and deadlines.at <= now offset 0) due;
end $$`;
