import { Fenced } from '#kernel';
import type { Lease, Subscriptions } from '#kernel';
import { MemoryTransaction } from './memory-transaction.js';

interface Row {
  owner: string;
  epoch: number;
  position: number;
  goodUntil: number;
}

/** 订阅 Checkpoints and leases in memory. */
export class MemorySubscriptions implements Subscriptions<MemoryTransaction> {
  private readonly rows = new Map<string, Row>();

  /** `now` in milliseconds, of any steady clock. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  async acquire(subscription: string, owner: string, leaseMs: number): Promise<Lease | null> {
    const row = this.rows.get(subscription) ?? { owner: '', epoch: 0, position: 0, goodUntil: Number.NEGATIVE_INFINITY };
    this.rows.set(subscription, row);
    const free = row.owner === '' || row.owner === owner || row.goodUntil <= this.now();
    if (!free) return null;
    row.owner = owner;
    row.epoch += 1;
    row.goodUntil = this.now() + leaseMs;
    return { subscription, owner, epoch: row.epoch, position: row.position };
  }

  async renew(lease: Lease, leaseMs: number): Promise<void> {
    const row = this.rows.get(lease.subscription);
    if (row?.epoch !== lease.epoch) throw new Fenced(lease.subscription);
    row.goodUntil = this.now() + leaseMs;
  }

  async advance(lease: Lease, position: number, effect?: (tx: MemoryTransaction) => Promise<void>): Promise<Lease> {
    const { subscription } = lease;
    if (position < lease.position) throw new Error(`subscription "${subscription}" cannot go back from ${lease.position} to ${position}`);
    this.heldBy(lease);
    const tx = new MemoryTransaction();
    await effect?.(tx);
    // While the effect was under way the lease may have changed hands: then nothing of it counts.
    const row = this.heldBy(lease);
    tx.commit();
    row.position = position;
    return { ...lease, position };
  }

  async release(lease: Lease): Promise<void> {
    const row = this.rows.get(lease.subscription);
    if (row?.epoch !== lease.epoch) return;
    row.owner = '';
    row.epoch += 1;
    row.goodUntil = Number.NEGATIVE_INFINITY;
  }

  async positions(): Promise<ReadonlyMap<string, number>> {
    return new Map([...this.rows].map(([name, { position }]) => [name, position]));
  }

  private heldBy(lease: Lease): Row {
    const row = this.rows.get(lease.subscription);
    if (!row || row.epoch !== lease.epoch || row.position !== lease.position) throw new Fenced(lease.subscription);
    return row;
  }
}
