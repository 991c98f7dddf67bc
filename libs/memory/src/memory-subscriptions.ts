import { Fenced } from '#kernel';
import type { Lease, Subscriptions } from '#kernel';

interface Row {
  owner: string;
  epoch: number;
  position: number;
  goodUntil: number;
}

/** Checkpoints and leases in memory. There is no transaction: an effect that throws leaves the checkpoint where it was. */
export class MemorySubscriptions implements Subscriptions<null> {
  private readonly rows = new Map<string, Row>();

  /** `now` in milliseconds, of any steady clock. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  acquire(subscription: string, owner: string, leaseMs: number): Promise<Lease | null> {
    const row = this.rows.get(subscription) ?? { owner: '', epoch: 0, position: 0, goodUntil: Number.NEGATIVE_INFINITY };
    this.rows.set(subscription, row);
    const free = row.owner === '' || row.owner === owner || row.goodUntil <= this.now();
    if (!free) return Promise.resolve(null);
    row.owner = owner;
    row.epoch += 1;
    row.goodUntil = this.now() + leaseMs;
    return Promise.resolve({ subscription, owner, epoch: row.epoch, position: row.position });
  }

  async renew(lease: Lease, leaseMs: number): Promise<void> {
    this.held(lease).goodUntil = this.now() + leaseMs;
  }

  async advance(lease: Lease, position: number, effect?: (tx: null) => Promise<void>): Promise<Lease> {
    this.held(lease);
    await effect?.(null);
    const row = this.held(lease);
    row.position = position;
    return { ...lease, position };
  }

  async release(lease: Lease): Promise<void> {
    const row = this.rows.get(lease.subscription);
    if (row?.epoch !== lease.epoch) return;
    row.owner = '';
    row.goodUntil = Number.NEGATIVE_INFINITY;
  }

  positions(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map([...this.rows].map(([name, { position }]) => [name, position])));
  }

  private held(lease: Lease): Row {
    const row = this.rows.get(lease.subscription);
    if (!row || row.epoch !== lease.epoch || row.position !== lease.position) throw new Fenced(lease.subscription);
    return row;
  }
}
