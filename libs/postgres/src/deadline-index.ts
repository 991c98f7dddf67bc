import type { Pool, PoolClient } from 'pg';
import type { DeadlineChange, DeadlineIndex, DeadlineMoment, Instant } from '#kernel';
import { toIso } from '#kernel';
import { orUnavailable } from './connection.js';
import { textArray } from './text-array.js';
import { inRepeatableWork } from './transaction.js';

interface Claimed {
  readonly stream: string;
  readonly clock_id: string;
  readonly at: string;
}

/** Every claimed stream takes a place in the server's lock table, which all workers share. */
const mostStreamsPerClaim = 1_000;

/**
 * 时限索引(PostgreSQL) A claim holds a lock per stream, in a transaction of its own, while its deadlines are fired: a worker that dies
 * lets go of them, and another worker's claim passes them by. The rows themselves stay unlocked, so that the projection of
 * what firing records never waits for a claim.
 */
export class PostgresDeadlineIndex implements DeadlineIndex<PoolClient> {
  constructor(private readonly pool: Pool) {}

  async project(tx: PoolClient, changes: readonly DeadlineChange[]): Promise<void> {
    if (changes.length === 0) return;
    // Within one clock only the last change counts.
    const last = new Map(changes.map((change) => [JSON.stringify([change.stream, change.clockId]), change]));
    const clocks = [...last.values()];
    const silent = clocks.filter(({ pending }) => pending.length === 0);
    const pending = clocks.filter(({ pending }) => pending.length > 0);
    if (silent.length > 0) {
      await tx.query({
        name: 'deadlines-clear',
        text: `delete from engine.deadlines using unnest($1::text[], $2::text[]) as changed (stream, clock_id)
               where deadlines.stream = changed.stream and deadlines.clock_id = changed.clock_id`,
        values: [textArray(silent.map(({ stream }) => stream)), textArray(silent.map(({ clockId }) => clockId))],
      });
    }
    if (pending.length === 0) return;
    await tx.query({
      name: 'deadlines-set',
      text: `insert into engine.deadlines (stream, clock_id, at, warn_at, due_at, serious_at)
             select stream, clock_id, least(warn_at, due_at, serious_at), warn_at, due_at, serious_at
             from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) as changed (stream, clock_id, warn_at, due_at, serious_at)
             on conflict (stream, clock_id) do update
               set at = excluded.at, warn_at = excluded.warn_at, due_at = excluded.due_at, serious_at = excluded.serious_at`,
      values: [textArray(pending.map(({ stream }) => stream)), textArray(pending.map(({ clockId }) => clockId)), ...(['warn', 'due', 'serious'] as const).map((moment) => pending.map((change) => momentIn(change, moment)))],
    });
  }

  async claim(now: Instant, limit: number, fire: (streams: readonly string[]) => Promise<readonly string[]>): Promise<number> {
    return orUnavailable(() =>
      inRepeatableWork(this.pool, async (tx) => {
        const claimed = await claimDue(tx, now, Math.min(limit, mostStreamsPerClaim));
        const streams = [...new Set(claimed.map(({ stream }) => stream))];
        if (streams.length === 0) return 0;
        const done = new Set(await fire(streams));
        await settle(tx, now, claimed.filter(({ stream }) => done.has(stream)));
        return streams.length;
      }),
    );
  }

  async nextAt(): Promise<Instant | null> {
    const { rows } = await orUnavailable(() => this.pool.query<{ at: Date | null }>({ name: 'deadlines-next', text: 'select min(at) as at from engine.deadlines' }));
    return rows[0]?.at?.getTime() ?? null;
  }
}

/** All that is due in streams that now are this transaction's, so that one firing settles it; the stream first that is due first. */
const claimDue = async (tx: PoolClient, now: Instant, limit: number): Promise<readonly Claimed[]> => {
  const { rows } = await tx.query<Claimed>({
    name: 'deadlines-claim',
    text: 'select stream, clock_id, at::text from engine.claim_due($1, $2)',
    values: [toIso(now), limit],
  });
  return rows;
};

/**
 * What is due is over: the clock stands under its next moment, or goes when it has none. A clock that was set anew meanwhile keeps its
 * new moments. Rows that a projection is replacing at this moment are skipped: they are going anyhow, and waiting for each other in
 * different orders would be a deadlock.
 */
const settle = async (tx: PoolClient, now: Instant, claimed: readonly Claimed[]): Promise<void> => {
  if (claimed.length === 0) return;
  await tx.query({
    name: 'deadlines-done',
    text: `
      with done as materialized (
        select deadlines.ctid as place,
               least(case when warn_at > $4 then warn_at end, case when due_at > $4 then due_at end, case when serious_at > $4 then serious_at end) as next_at
        from engine.deadlines
        join unnest($1::text[], $2::text[], $3::timestamptz[]) as claimed (stream, clock_id, at) using (stream, clock_id, at)
        for update of deadlines skip locked),
      over as (
        delete from engine.deadlines using done
        where done.next_at is null and deadlines.ctid = done.place)
      update engine.deadlines set at = done.next_at from done
      where done.next_at is not null and deadlines.ctid = done.place`,
    values: [textArray(claimed.map(({ stream }) => stream)), textArray(claimed.map(({ clock_id }) => clock_id)), claimed.map(({ at }) => at), toIso(now)],
  });
};

const momentIn = ({ pending }: DeadlineChange, moment: DeadlineMoment): string | null => {
  const at = pending.find((each) => each.moment === moment)?.at;
  return at === undefined ? null : toIso(at);
};
