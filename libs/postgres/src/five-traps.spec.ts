import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import type { EventStore, Lease } from '#kernel';
import { day, Fenced, hour, minute } from '#kernel';
import { appendOf, cuttingProxy, eventOf, someMoment, withPostgres } from '#testing';
import { DatabaseClock, inTransaction, openPostgres } from './index.js';

const postgres = withPostgres();

/** Five traps of event stores, each beside the naive version that falls into it. */

describe('trap 1: the order of positions is not the order of commits', () => {
  it('a sequence and `position > checkpoint` lose an event when a later number commits first', async () => {
    const { pool } = await postgres.openLog();
    await pool.query('create table naive (position bigserial primary key, data text)');
    const seen: number[] = [];
    const poll = async (): Promise<void> => {
      const { rows } = await pool.query<{ position: string }>('select position from naive where position > $1 order by position', [seen.at(-1) ?? 0]);
      seen.push(...rows.map(({ position }) => Number(position)));
    };
    await inTransaction(pool, async (slow) => {
      await slow.query(`insert into naive (data) values ('slow')`);
      await pool.query(`insert into naive (data) values ('fast')`);
      await poll();
    });
    await poll();
    expect(seen).toEqual([2]);
    expect((await pool.query('select from naive')).rowCount).toBe(2);
  });

  it('our positions are given out under a lock that outlives the commit: the later one waits, the reader misses nothing', async () => {
    const { pool, store } = await postgres.openLog();
    const seen: number[] = [];
    const poll = async (): Promise<void> => void seen.push(...(await store.readAll(seen.at(-1) ?? 0, 100)).map(({ position }) => position));
    let fast: Promise<unknown> = Promise.resolve();
    await inTransaction(pool, async (slow) => {
      await appendRaw(slow, 'slow', 1);
      fast = store.append(appendOf({ stream: 'fast' }));
      await waitingForLock(pool);
      await poll();
      expect(seen).toEqual([]);
    });
    await fast;
    await poll();
    expect(seen).toEqual([1, 2]);
    expect((await store.readAll(0, 2)).map(({ stream }) => stream)).toEqual(['slow', 'fast']);
  });

  it('a transaction that is taken back leaves no hole', async () => {
    const { pool, store } = await postgres.openLog();
    await inTransaction(pool, async (tx) => {
      await appendRaw(tx, 'taken-back', 1);
      throw new Error('taken back');
    }).catch(() => undefined);
    expect(await store.append(appendOf())).toMatchObject({ status: 'recorded', position: 1 });
  });
});

describe('trap 2: a conflict or a lost commit looks like success', () => {
  it('`on conflict do nothing` tells two writers of the same version that both succeeded, and one event is gone', async () => {
    const { pool } = await postgres.openLog();
    await pool.query('create table naive (stream text, version int, data text, unique (stream, version))');
    const naiveAppend = async (client: Pool | PoolClient, data: string): Promise<'success'> => {
      await client.query(`insert into naive select 's', coalesce(max(version), 0) + 1, $1 from naive where stream = 's' on conflict do nothing`, [data]);
      return 'success';
    };
    let second: Promise<'success'> = Promise.resolve('success');
    const first = await inTransaction(pool, async (tx) => {
      const answer = await naiveAppend(tx, 'one');
      second = naiveAppend(pool, 'two');
      await waitingForLock(pool);
      return answer;
    });
    expect([first, await second]).toEqual(['success', 'success']);
    expect((await pool.query('select data from naive')).rows).toEqual([{ data: 'one' }]);
  });

  it('our append answers the second writer with a conflict, even when both looked before either had recorded', async () => {
    const { pool, store } = await postgres.openLog();
    let second: ReturnType<EventStore['append']> = Promise.resolve({ status: 'conflict', actualVersion: -1 });
    await inTransaction(pool, async (tx) => {
      await appendRaw(tx, 's', 1);
      // Two events go the way of batches, which look before they lock: what they saw is out of date when they record.
      second = store.append(appendOf({ stream: 's', events: [eventOf(), eventOf()] }));
      await waitingForLock(pool);
    });
    expect(await second).toEqual({ status: 'conflict', actualVersion: 1 });
    expect(await store.readStream('s')).toHaveLength(1);
  });

  it('who takes a lost reply for a failure and tries anew records twice', async () => {
    const connection = await postgres.freshDatabase();
    const { pool } = await postgres.openLog({ connection });
    await pool.query('create table naive (id uuid primary key, data text)');
    const proxy = await cuttingProxy(connection);
    const through = await openPostgres({ connection: proxy.connection, kind: 'live' });
    const naiveAppend = (): Promise<unknown> => through.pool.query(`insert into naive values ($1, 'paid')`, [randomUUID()]);
    proxy.loseReplyTo('paid');
    await naiveAppend().catch(naiveAppend);
    expect(proxy.lost()).toBe(1);
    expect((await pool.query('select from naive')).rowCount).toBe(2);
    await through.close();
    await proxy.close();
  });

  it('our append asks again under the same command id, and answers what had happened', async () => {
    const connection = await postgres.freshDatabase();
    const proxy = await cuttingProxy(connection);
    const { store, close } = await openPostgres({ connection: proxy.connection, kind: 'live' });
    for (const events of [[eventOf('lost')], [eventOf('lost'), eventOf('lost')]]) {
      await store.append(appendOf());
      const before = (await store.head()).position;
      proxy.loseReplyTo('lost');
      const result = await store.append(appendOf({ events }));
      expect(result).toMatchObject({ status: 'recorded', version: events.length, position: before + events.length });
      expect((await store.head()).position).toBe(before + events.length);
    }
    expect(proxy.lost()).toBe(2);
    await close();
    await proxy.close();
  });

  it('our append never takes the same command of somebody else for its own: that is a duplicate', async () => {
    const { pool, store } = await postgres.openLog();
    const append = appendOf({ stream: 's', events: [eventOf(), eventOf()] });
    let second: ReturnType<EventStore['append']> = Promise.resolve({ status: 'conflict', actualVersion: -1 });
    await inTransaction(pool, async (tx) => {
      await appendRaw(tx, 's', 1, append.provenance.commandId);
      second = store.append(append);
      await waitingForLock(pool);
    });
    expect(await second).toEqual({ status: 'duplicate', stream: 's', version: 1, position: 1, fingerprint: null });
  });
});

describe('trap 3: effect and checkpoint in two transactions', () => {
  const counting = async () => {
    const log = await postgres.openLog();
    await log.pool.query('create table counted (position bigint); create table naive_checkpoint as select 0 as position');
    for (let n = 0; n < 3; n += 1) await log.store.append(appendOf());
    const counted = async (): Promise<number[]> => (await log.pool.query<{ position: string }>('select position from counted order by position')).rows.map(({ position }) => Number(position));
    const count = (client: Pool | PoolClient, position: number): Promise<unknown> => client.query('insert into counted values ($1)', [position]);
    return { ...log, counted, count };
  };

  /** Reads on from a checkpoint, writes the effect and then the checkpoint, or the other way round; dies where it is told to. */
  const naiveRun = async (log: Awaited<ReturnType<typeof counting>>, order: 'effect first' | 'checkpoint first', diesAt: number | null, asleep: () => Promise<void> = async () => undefined): Promise<void> => {
    const { rows } = await log.pool.query<{ position: number }>('select position from naive_checkpoint');
    const page = await log.store.readAll(Number(rows[0]?.position), 10);
    await asleep();
    for (const { position } of page) {
      const steps = [() => log.count(log.pool, position), () => log.pool.query('update naive_checkpoint set position = $1', [position])];
      if (order === 'checkpoint first') steps.reverse();
      await steps[0]?.();
      if (position === diesAt) throw new Error('killed');
      await steps[1]?.();
    }
  };

  it('with the effect first it is doubled by a crash in between, with the checkpoint first it is lost', async () => {
    for (const [order, outcome] of [['effect first', [1, 2, 2, 3]], ['checkpoint first', [1, 3]]] as const) {
      const log = await counting();
      await naiveRun(log, order, 2).catch(() => undefined);
      await naiveRun(log, order, null);
      expect(await log.counted()).toEqual(outcome);
    }
  });

  const ourRun = async (log: Awaited<ReturnType<typeof counting>>, acquired: Lease | null, diesAt: number | null): Promise<void> => {
    if (!acquired) throw new Error('no lease');
    let lease = acquired;
    for (const { position } of await log.store.readAll(lease.position, 10)) {
      lease = await log.subscriptions.advance(lease, position, async (tx) => {
        await log.count(tx, position);
        if (position === diesAt) throw new Error('killed');
      });
    }
  };

  it('ours are one transaction: a crash in between leaves neither, and the next run does it once', async () => {
    const log = await counting();
    await ourRun(log, await log.subscriptions.acquire('counting', 'a', minute), 2).catch(() => undefined);
    await ourRun(log, await log.subscriptions.acquire('counting', 'a', minute), null);
    expect(await log.counted()).toEqual([1, 2, 3]);
  });

  it('a worker that slept through its lease writes nothing more, while a naive one doubles everything', async () => {
    const log = await counting();
    const asleep = await log.subscriptions.acquire('counting', 'a', minute);
    await log.pool.query(`update engine.subscriptions set lease_until = clock_timestamp() - interval '1 s'`);
    await ourRun(log, await log.subscriptions.acquire('counting', 'b', minute), null);
    await expect(ourRun(log, asleep, null)).rejects.toThrow(Fenced);
    expect(await log.counted()).toEqual([1, 2, 3]);

    const naive = await counting();
    await naiveRun(naive, 'effect first', null, () => naiveRun(naive, 'effect first', null));
    expect(await naive.counted()).toEqual([1, 1, 2, 2, 3, 3]);
  });
});

describe('trap 4: time', () => {
  it('a timer beyond 2^31-1 milliseconds fires at once; ours asks the index, which is not limited', async () => {
    const silenced = process.listeners('warning');
    process.removeAllListeners('warning');
    process.once('warning', () => undefined);
    const firedAfterMs = await new Promise<number>((resolve) => {
      const start = performance.now();
      setTimeout(() => resolve(performance.now() - start), 30 * day);
    });
    for (const listener of silenced) process.on('warning', listener);
    expect(firedAfterMs).toBeLessThan(minute);

    const { pool, deadlines } = await postgres.openLog();
    const at = someMoment + 30 * day;
    await inTransaction(pool, (tx) => deadlines.project(tx, [{ stream: 's', clockId: 'c', pending: [{ moment: 'due', at }] }]));
    expect(await deadlines.nextAt()).toBe(at);
    expect(await deadlines.claim(at - 1, 10, async (streams) => streams)).toBe(0);
    expect(await deadlines.claim(at, 10, async (streams) => streams)).toBe(1);
  });

  /** A stream with one clock; its facts are the truth, the index only says whom to ask. */
  const withClock = async () => {
    const log = await postgres.openLog();
    await log.store.append(appendOf({ stream: 's', events: [eventOf({}, { type: 'ClockStarted' })] }));
    await inTransaction(log.pool, (tx) => log.deadlines.project(tx, [{ stream: 's', clockId: 'c', pending: [{ moment: 'due', at: someMoment }] }]));
    const breaches = async (): Promise<number> => (await log.store.readStream('s')).filter(({ type }) => type === 'Breached').length;
    const record = async (type: string, commandId: string): Promise<string> => {
      const { length } = await log.store.readStream('s');
      return (await log.store.append(appendOf({ stream: 's', expectedVersion: length, commandId, events: [eventOf({}, { type })] }))).status;
    };
    /** Decides by the facts, under an id that follows from the clock: the same answer however often it is asked. */
    const breachId = randomUUID();
    const fire = async (streams: readonly string[]): Promise<readonly string[]> => {
      const running = (await log.store.readStream('s')).every(({ type }) => type === 'ClockStarted');
      if (running) await record('Breached', breachId);
      return streams;
    };
    const naiveFire = async (streams: readonly string[]): Promise<readonly string[]> => {
      await record('Breached', randomUUID());
      return streams;
    };
    return { ...log, breaches, record, fire, naiveFire };
  };

  it('a deadline can fire twice, when a worker dies after it has fired: a naive one breaches twice, ours once', async () => {
    for (const [kind, expected] of [['naiveFire', 2], ['fire', 1]] as const) {
      const clock = await withClock();
      const firing = clock[kind];
      await clock.deadlines.claim(someMoment, 10, async (streams) => {
        await firing(streams);
        throw new Error('killed before it was done');
      }).catch(() => undefined);
      await clock.deadlines.claim(someMoment, 10, firing);
      expect(await clock.breaches()).toBe(expected);
      expect(await clock.deadlines.nextAt()).toBeNull();
    }
  });

  it('a deadline that was cancelled while it was on its way still fires: a naive one breaches, ours ignores it', async () => {
    for (const [kind, expected] of [['naiveFire', 1], ['fire', 0]] as const) {
      const clock = await withClock();
      await clock.deadlines.claim(someMoment, 10, async (streams) => {
        await clock.record('ClockStopped', randomUUID());
        return clock[kind](streams);
      });
      expect(await clock.breaches()).toBe(expected);
    }
  });

  it('a clock that jumps ahead by a day lets a naive worker fire everything; ours holds and says so', async () => {
    const { pool, deadlines } = await postgres.openLog();
    await inTransaction(pool, (tx) =>
      deadlines.project(tx, Array.from({ length: 50 }, (_, n) => ({ stream: `s${n}`, clockId: 'c', pending: [{ moment: 'due' as const, at: someMoment + hour }] }))));
    let wall = someMoment;
    const clock = await DatabaseClock.start(pool, { jumpLimitMs: minute, sources: { steady: () => 0, readDatabase: async () => wall } });
    wall += day;
    await clock.calibrate();
    expect(clock.anomaly()).toMatchObject({ aheadMs: day });
    const none = async (): Promise<readonly string[]> => [];
    expect(await deadlines.claim(clock.now(), 100, none)).toBe(0);
    expect(await deadlines.claim(wall, 100, none)).toBe(50);
    clock.stop();
  });
});

describe('trap 5: read, modify and write across an await', () => {
  const writers = 20;

  it('loses nearly every update of a counter that is kept in memory', async () => {
    let counter = 0;
    const read = async (): Promise<number> => counter;
    const increment = async (): Promise<void> => {
      const seen = await read();
      counter = seen + 1;
    };
    await Promise.all(Array.from({ length: writers }, increment));
    expect(counter).toBeLessThan(writers);
  });

  it('loses none when the version that was read is the version that must still be there', async () => {
    const { store } = await postgres.openLog();
    let conflicts = 0;
    const increment = async (): Promise<void> => {
      for (;;) {
        const { length } = await store.readStream('counter');
        const result = await store.append(appendOf({ stream: 'counter', expectedVersion: length, events: [eventOf(length + 1)] }));
        if (result.status === 'recorded') return;
        conflicts += 1;
      }
    };
    await Promise.all(Array.from({ length: writers }, increment));
    expect((await store.readStream('counter')).map(({ data }) => data)).toEqual(Array.from({ length: writers }, (_, n) => n + 1));
    expect(conflicts).toBeGreaterThan(0);
  });
});

/** One event in the caller's transaction, by the function that the store itself calls. */
const appendRaw = async (tx: PoolClient, stream: string, version: number, commandId: string = randomUUID()): Promise<void> => {
  await tx.query(`select engine.append_one($1, $2, $3, 'Raw', 1::smallint, $4, null, $5, '', '{}', '{}')`, [stream, version, randomUUID(), new Date(someMoment).toISOString(), commandId]);
};

/** Until some session of this database waits for another one: the interleaving that the rule is about has happened. */
const waitingForLock = async (pool: Pool): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    if (rows.length > 0) return;
    await new Promise(setImmediate);
  }
};
