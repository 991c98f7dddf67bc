import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DeadlineClaims0000000000007 } from './deadline-claims.js';

/** 时限认领 A claim is as large as it was asked to be while that much is due: whoever gets less knows that a flood is over. */
export class WholeClaims0000000000008 implements MigrationInterface {
  readonly name = 'WholeClaims0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop function engine.claim_due');
    await runner.query(claimDue);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function engine.claim_due');
    await new DeadlineClaims0000000000007().up(runner);
  }
}

/**
 * What is due in streams that nobody else is at, those first that are due first, each stream locked until the end of the transaction. The
 * walk sees the table as it was at its beginning; another worker may have settled a stream of it meanwhile, so a stream counts only when
 * something is found under its lock, where every statement looks anew.
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
    exit when cardinality(got) = most;
    continue when met = any (got);
    continue when not pg_try_advisory_xact_lock(310111, hashtext(met));
    return query select stream, clock_id, at from engine.deadlines where stream = met and at <= now;
    continue when not found;
    got := got || met;
  end loop;
end $$`;
