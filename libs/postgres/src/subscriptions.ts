import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { Lease, Part, Subscriptions } from '#kernel';
import { Fenced, Refusal } from '#kernel';
import { orUnavailable } from './connection.js';
import { divideSubscription } from './checkpoints.js';
import { inLeasedWork, inTransaction } from './transaction.js';

const whole: Part = { index: 0, of: 1 };

/** 订阅(PostgreSQL) Leases run by the database's clock, so that workers on machines with different clocks agree. */
export class PostgresSubscriptions implements Subscriptions<PoolClient> {
  constructor(private readonly pool: Pool) {}

  async divide(subscription: string, parts: number): Promise<void> {
    if ((await this.partsOf(subscription)) === parts) return;
    await orUnavailable(() => inTransaction(this.pool, (tx) => divideSubscription(tx, subscription, parts)));
  }

  async acquire(subscription: string, owner: string, leaseMs: number, part: Part = whole): Promise<Lease | null> {
    const { rows } = await orUnavailable(() => (part.of === 1 ? this.acquireWhole(subscription, owner, leaseMs) : this.acquirePart(`${subscription}/${part.index}`, owner, leaseMs, part.of)));
    const [row] = rows;
    if (row) return { subscription: row.name, owner, epoch: Number(row.epoch), position: Number(row.position) };
    const found = await this.partsOf(subscription);
    if (found === part.of) return null;
    throw new Refusal('subscription.divided-otherwise', `The subscription "${subscription}" is divided into ${found} and not into ${part.of}; all workers have to be of one version.`, { subscription, found, asked: part.of });
  }

  private acquireWhole(subscription: string, owner: string, leaseMs: number) {
    return this.pool.query<Acquired>({
      name: 'lease-acquire',
      text: `
        insert into engine.subscriptions as held (name, position, epoch, owner, lease_until)
        select $1, 0, 1, $2, clock_timestamp() + $3 * interval '1 ms'
        where not exists (select from engine.subscriptions where subscription = $1 and parts > 1)
        on conflict (name) do update
          set epoch = held.epoch + 1, owner = excluded.owner, lease_until = excluded.lease_until
          where held.owner is null or held.owner = excluded.owner or held.lease_until < clock_timestamp()
        returning name, position, epoch`,
      values: [subscription, owner, leaseMs],
    });
  }

  /**
   * The rows of parts are made when the subscription is divided, so that a part which belongs to another division is never made. A row on which
   * somebody is at work is not waited for: whoever asks has parts of their own to look after.
   */
  private acquirePart(name: string, owner: string, leaseMs: number, parts: number) {
    return this.pool.query<Acquired>({
      name: 'lease-acquire-part',
      text: `
        update engine.subscriptions set epoch = epoch + 1, owner = $2, lease_until = clock_timestamp() + $3 * interval '1 ms'
        where name = (
          select name from engine.subscriptions
          where name = $1 and parts = $4 and (owner is null or owner = $2 or lease_until < clock_timestamp()) for update skip locked)
        returning name, position, epoch`,
      values: [name, owner, leaseMs, parts],
    });
  }

  private async partsOf(subscription: string): Promise<number> {
    const { rows } = await orUnavailable(() => this.pool.query<{ parts: number }>({ name: 'lease-parts', text: 'select parts from engine.subscriptions where subscription = $1 limit 1', values: [subscription] }));
    return rows[0]?.parts ?? 1;
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<void> {
    const [first] = leases;
    if (!first) return;
    const { rowCount } = await orUnavailable(() =>
      this.pool.query({
        name: 'lease-renew',
        text: `${held} update engine.subscriptions set lease_until = clock_timestamp() + $3 * interval '1 ms' from held where subscriptions.name = held.name`,
        values: [leases.map(({ subscription }) => subscription), leases.map(({ epoch }) => epoch), leaseMs],
      }),
    );
    if (rowCount !== leases.length) throw new Fenced(first.subscription);
  }

  async advance(lease: Lease, position: number, effect?: (tx: PoolClient) => Promise<void>): Promise<Lease> {
    const [moved] = await this.advanceTogether([lease], position, effect);
    return moved as Lease;
  }

  /**
   * The checkpoint moves first: its row lock keeps a worker that wants to take over waiting until the effect is committed,
   * and a worker that was fenced out finds no row before it has done anything.
   */
  async advanceTogether(leases: readonly Lease[], position: number, effect?: (tx: PoolClient) => Promise<void>): Promise<readonly Lease[]> {
    const [first] = leases;
    if (!first) return [];
    for (const lease of leases) {
      if (position < lease.position) throw new Error(`subscription "${lease.subscription}" cannot go back from ${lease.position} to ${position}`);
      if (lease.position !== first.position) throw new Error(`"${lease.subscription}" and "${first.subscription}" do not stand at one position`);
    }
    const move = leases.length === 1 ? moveOne(first, position) : moveMany(leases, first.position, position);
    const moveOn = async (database: Pool | PoolClient): Promise<void> => {
      const { rowCount } = await database.query(move);
      if (rowCount !== leases.length) throw new Fenced(first.subscription);
    };
    await orUnavailable(() =>
      // A checkpoint alone is one statement, and that is a transaction by itself: a third of the way to the server and back.
      effect ? inLeasedWork(this.pool, async (tx) => { await moveOn(tx); await effect(tx); }) : moveOn(this.pool),
    );
    return leases.map((lease) => ({ ...lease, position }));
  }

  async release({ subscription, epoch }: Lease): Promise<void> {
    await orUnavailable(() =>
      this.pool.query({
        name: 'lease-release',
        text: 'update engine.subscriptions set owner = null, lease_until = null, epoch = epoch + 1 where name = $1 and epoch = $2',
        values: [subscription, epoch],
      }),
    );
  }

  async positions(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ subscription: string; position: string }>('select subscription, min(position) as position from engine.subscriptions group by subscription order by subscription'),
    );
    return new Map(rows.map(({ subscription, position }) => [subscription, Number(position)]));
  }

  /** Whoever is missed is struck off the list by the next who looks, one at a time. */
  async attend(subscription: string, worker: string, goodMs: number): Promise<readonly string[]> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ worker: string }>({
        name: 'workers-attend',
        text: `
          with gone as (
            delete from engine.workers where ctid in (
              select ctid from engine.workers where subscription = $1 and worker <> $2 and good_until < clock_timestamp() for update skip locked)),
          mine as (
            insert into engine.workers as known (subscription, worker, since, good_until) values ($1, $2, clock_timestamp(), clock_timestamp() + $3 * interval '1 ms')
            on conflict (subscription, worker) do update set good_until = excluded.good_until returning worker, since)
          select worker from (
            select worker, since from mine
            union all select worker, since from engine.workers where subscription = $1 and worker <> $2 and good_until >= clock_timestamp()) as attending
          order by since, worker`,
        values: [subscription, worker, goodMs],
      }),
    );
    return rows.map((row) => row.worker);
  }

  async leave(subscription: string, worker: string): Promise<void> {
    await orUnavailable(() => this.pool.query({ name: 'workers-leave', text: 'delete from engine.workers where subscription = $1 and worker = $2', values: [subscription, worker] }));
  }
}

interface Acquired {
  readonly name: string;
  readonly position: string;
  readonly epoch: string;
}

/**
 * A condition that always holds, and a commit that does not wait for the disk, as in `inLeasedWork`. It has to be said where the leases are
 * found: there it is done before anything is changed.
 */
const unhurriedly = `set_config('synchronous_commit', 'off', true) = 'off'`;

const moveOne = ({ subscription, epoch, position }: Lease, to: number): QueryConfig => ({
  name: 'lease-advance',
  text: `update engine.subscriptions set position = $4 where name = $1 and epoch = $2 and position = $3 and ${unhurriedly}`,
  values: [subscription, epoch, position, to],
});

/** Locked in one order, so that two who believe that they hold the same parts wait for each other and not in a ring. */
const held = `
  with held as materialized (
    select name, position from engine.subscriptions join unnest($1::text[], $2::bigint[]) as lease (name, epoch) using (name, epoch)
    order by name for update of subscriptions)`;

const moveMany = (leases: readonly Lease[], from: number, to: number): QueryConfig => ({
  name: 'lease-advance-together',
  text: `${held} update engine.subscriptions set position = $4 from held
         where subscriptions.name = held.name and (select count(*) from held where position = $3) = cardinality($1::text[]) and ${unhurriedly}`,
  values: [leases.map(({ subscription }) => subscription), leases.map(({ epoch }) => epoch), from, to],
});
