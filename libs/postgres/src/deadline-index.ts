import type { Pool, PoolClient } from 'pg';
import type { DeadlineChange, DeadlineIndex, DeadlineMoment, Instant } from '#kernel';
import { toIso } from '#kernel';
import { orUnavailable } from './connection.js';
import { inTransaction } from './transaction.js';

interface Claimed {
  readonly stream: string;
  readonly clock_id: string;
  readonly moment: DeadlineMoment;
}

/** Namespace of the locks that keep one stream with one worker. */
const streamLockClass = 310_111;

/**
 * 时限索引(PostgreSQL) A claim holds its rows in a transaction of its own while the deadlines are fired: a worker that dies lets go
 * of them, and another one's claim passes them by. `fire` must therefore not wait for a projection of the same streams.
 */
export class PostgresDeadlineIndex implements DeadlineIndex<PoolClient> {
  constructor(private readonly pool: Pool) {}

  async project(tx: PoolClient, changes: readonly DeadlineChange[]): Promise<void> {
    if (changes.length === 0) return;
    // Within one clock only the last change counts.
    const last = new Map(changes.map((change) => [JSON.stringify([change.stream, change.clockId]), change]));
    const clocks = [...last.values()];
    const pending = clocks.flatMap(({ stream, clockId, pending: moments }) => moments.map(({ moment, at }) => ({ stream, clockId, moment, at: toIso(at) })));
    await tx.query({
      name: 'deadlines-clear',
      text: `delete from engine.deadlines using unnest($1::text[], $2::text[]) as changed (stream, clock_id)
             where deadlines.stream = changed.stream and deadlines.clock_id = changed.clock_id`,
      values: [clocks.map(({ stream }) => stream), clocks.map(({ clockId }) => clockId)],
    });
    if (pending.length === 0) return;
    await tx.query({
      name: 'deadlines-set',
      text: `insert into engine.deadlines (stream, clock_id, moment, at) select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])`,
      values: [pending.map(({ stream }) => stream), pending.map(({ clockId }) => clockId), pending.map(({ moment }) => moment), pending.map(({ at }) => at)],
    });
  }

  async claim(now: Instant, limit: number, fire: (streams: readonly string[]) => Promise<readonly string[]>): Promise<number> {
    return orUnavailable(() =>
      inTransaction(this.pool, async (tx) => {
        const streams = await takeStreams(tx, now, limit);
        if (streams.length === 0) return 0;
        const claimed = await momentsOf(tx, now, streams);
        const done = new Set(await fire(streams));
        await remove(tx, claimed.filter(({ stream }) => done.has(stream)));
        return streams.length;
      }),
    );
  }

  async nextAt(): Promise<Instant | null> {
    const { rows } = await orUnavailable(() => this.pool.query<{ at: Date | null }>({ name: 'deadlines-next', text: 'select min(at) as at from engine.deadlines' }));
    return rows[0]?.at?.getTime() ?? null;
  }
}

/** Up to `limit` streams with something due, earliest first, that nobody else has. */
const takeStreams = async (tx: PoolClient, now: Instant, limit: number): Promise<readonly string[]> => {
  const taken: string[] = [];
  const seen = new Set<string>();
  while (taken.length < limit) {
    const { rows } = await tx.query<{ stream: string }>({
      name: 'deadlines-take',
      text: `select stream from engine.deadlines where at <= $1 and stream <> all ($3::text[]) order by at limit $2 for update skip locked`,
      values: [toIso(now), limit - taken.length, [...seen]],
    });
    if (rows.length === 0) break;
    const found = [...new Set(rows.map(({ stream }) => stream))];
    // Two workers can each hold a row of the same stream; the stream goes to one of them.
    const { rows: mine } = await tx.query<{ stream: string }>({
      name: 'deadlines-own',
      text: 'select stream from unnest($1::text[]) with ordinality as found (stream, nth) where pg_try_advisory_xact_lock($2, hashtext(stream)) order by nth',
      values: [found, streamLockClass],
    });
    for (const stream of found) seen.add(stream);
    for (const { stream } of mine) taken.push(stream);
  }
  return taken;
};

/** All that is due in the streams, so that one firing settles it; what another worker has a hold of is left. */
const momentsOf = async (tx: PoolClient, now: Instant, streams: readonly string[]): Promise<readonly Claimed[]> => {
  const { rows } = await tx.query<Claimed>({
    name: 'deadlines-moments',
    text: 'select stream, clock_id, moment from engine.deadlines where stream = any ($2::text[]) and at <= $1 for update skip locked',
    values: [toIso(now), streams],
  });
  return rows;
};

const remove = async (tx: PoolClient, claimed: readonly Claimed[]): Promise<void> => {
  if (claimed.length === 0) return;
  await tx.query({
    name: 'deadlines-done',
    text: `delete from engine.deadlines using unnest($1::text[], $2::text[], $3::text[]) as done (stream, clock_id, moment)
           where deadlines.stream = done.stream and deadlines.clock_id = done.clock_id and deadlines.moment = done.moment`,
    values: [claimed.map(({ stream }) => stream), claimed.map(({ clock_id }) => clock_id), claimed.map(({ moment }) => moment)],
  });
};
