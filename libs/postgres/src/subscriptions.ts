import type { Pool, PoolClient } from 'pg';
import type { Lease, Subscriptions } from '#kernel';
import { Fenced } from '#kernel';
import { orUnavailable } from './connection.js';
import { inRepeatableWork } from './transaction.js';

/** 订阅(PostgreSQL) Leases run by the database's clock, so that workers on machines with different clocks agree. */
export class PostgresSubscriptions implements Subscriptions<PoolClient> {
  constructor(private readonly pool: Pool) {}

  async acquire(subscription: string, owner: string, leaseMs: number): Promise<Lease | null> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ position: string; epoch: string }>({
        name: 'lease-acquire',
        text: `
          insert into engine.subscriptions as held (name, position, epoch, owner, lease_until)
          values ($1, 0, 1, $2, clock_timestamp() + $3 * interval '1 ms')
          on conflict (name) do update
            set epoch = held.epoch + 1, owner = excluded.owner, lease_until = excluded.lease_until
            where held.owner is null or held.owner = excluded.owner or held.lease_until < clock_timestamp()
          returning position, epoch`,
        values: [subscription, owner, leaseMs],
      }),
    );
    const [row] = rows;
    return row ? { subscription, owner, epoch: Number(row.epoch), position: Number(row.position) } : null;
  }

  async renew({ subscription, epoch }: Lease, leaseMs: number): Promise<void> {
    const { rowCount } = await orUnavailable(() =>
      this.pool.query({
        name: 'lease-renew',
        text: `update engine.subscriptions set lease_until = clock_timestamp() + $3 * interval '1 ms' where name = $1 and epoch = $2`,
        values: [subscription, epoch, leaseMs],
      }),
    );
    if (rowCount !== 1) throw new Fenced(subscription);
  }

  /**
   * The checkpoint moves first: its row lock keeps a worker that wants to take over waiting until the effect is committed,
   * and a worker that was fenced out finds no row before it has done anything.
   */
  async advance(lease: Lease, position: number, effect?: (tx: PoolClient) => Promise<void>): Promise<Lease> {
    const { subscription, epoch } = lease;
    if (position < lease.position) throw new Error(`subscription "${subscription}" cannot go back from ${lease.position} to ${position}`);
    const move = {
      name: 'lease-advance',
      text: 'update engine.subscriptions set position = $4 where name = $1 and epoch = $2 and position = $3',
      values: [subscription, epoch, lease.position, position],
    };
    await orUnavailable(() =>
      inRepeatableWork(this.pool, async (tx) => {
        const { rowCount } = await tx.query(move);
        if (rowCount !== 1) throw new Fenced(subscription);
        await effect?.(tx);
      }),
    );
    return { ...lease, position };
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
    const { rows } = await orUnavailable(() => this.pool.query<{ name: string; position: string }>('select name, position from engine.subscriptions order by name'));
    return new Map(rows.map(({ name, position }) => [name, Number(position)]));
  }
}
