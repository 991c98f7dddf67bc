import { Fenced, Refusal } from '#kernel';
import type { Lease, Part, Subscriptions } from '#kernel';
import { MemoryTransaction } from './memory-transaction.js';

interface Row {
  owner: string;
  epoch: number;
  position: number;
  goodUntil: number;
}

const nameOf = (subscription: string, { index, of }: Part): string => (of === 1 ? subscription : `${subscription}/${index}`);
const whole: Part = { index: 0, of: 1 };

/** 订阅 Checkpoints and leases in memory. */
export class MemorySubscriptions implements Subscriptions<MemoryTransaction> {
  private readonly rows = new Map<string, Row>();
  private readonly parts = new Map<string, number>();
  private readonly workers = new Map<string, Map<string, number>>();

  /** `now` in milliseconds, of any steady clock. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  async divide(subscription: string, parts: number): Promise<void> {
    const before = this.parts.get(subscription) ?? 1;
    if (before === parts) return;
    const old = this.rowsOf(subscription);
    const position = old.length === 0 ? 0 : Math.min(...old.map(([, row]) => row.position));
    const epoch = Math.max(0, ...old.map(([, row]) => row.epoch)) + 1;
    for (const [name] of old) this.rows.delete(name);
    this.parts.set(subscription, parts);
    for (let index = 0; index < parts; index += 1) this.rows.set(nameOf(subscription, { index, of: parts }), { owner: '', epoch, position, goodUntil: Number.NEGATIVE_INFINITY });
  }

  async acquire(subscription: string, owner: string, leaseMs: number, part: Part = whole): Promise<Lease | null> {
    const found = this.parts.get(subscription) ?? 1;
    if (found !== part.of) throw new Refusal('subscription.divided-otherwise', `The subscription "${subscription}" is divided into ${found} and not into ${part.of}.`, { subscription, found, asked: part.of });
    const name = nameOf(subscription, part);
    const row = this.rows.get(name) ?? { owner: '', epoch: 0, position: 0, goodUntil: Number.NEGATIVE_INFINITY };
    this.rows.set(name, row);
    const free = row.owner === '' || row.owner === owner || row.goodUntil <= this.now();
    if (!free) return null;
    row.owner = owner;
    row.epoch += 1;
    row.goodUntil = this.now() + leaseMs;
    return { subscription: name, owner, epoch: row.epoch, position: row.position };
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<void> {
    for (const { subscription, epoch } of leases) {
      const row = this.rows.get(subscription);
      if (row?.epoch !== epoch) throw new Fenced(subscription);
      row.goodUntil = this.now() + leaseMs;
    }
  }

  async advance(lease: Lease, position: number, effect?: (tx: MemoryTransaction) => Promise<void>): Promise<Lease> {
    const [moved] = await this.advanceTogether([lease], position, effect);
    return moved as Lease;
  }

  async advanceTogether(leases: readonly Lease[], position: number, effect?: (tx: MemoryTransaction) => Promise<void>): Promise<readonly Lease[]> {
    for (const lease of leases) {
      if (position < lease.position) throw new Error(`subscription "${lease.subscription}" cannot go back from ${lease.position} to ${position}`);
      this.heldBy(lease);
    }
    const tx = new MemoryTransaction();
    await effect?.(tx);
    // While the effect was under way a lease may have changed hands: then nothing of it counts.
    const rows = leases.map((lease) => this.heldBy(lease));
    tx.commit();
    for (const row of rows) row.position = position;
    return leases.map((lease) => ({ ...lease, position }));
  }

  async release(lease: Lease): Promise<void> {
    const row = this.rows.get(lease.subscription);
    if (row?.epoch !== lease.epoch) return;
    row.owner = '';
    row.epoch += 1;
    row.goodUntil = Number.NEGATIVE_INFINITY;
  }

  async positions(): Promise<ReadonlyMap<string, number>> {
    const positions = new Map<string, number>();
    for (const [name, { position }] of this.rows) {
      const [subscription = name] = name.split('/');
      positions.set(subscription, Math.min(position, positions.get(subscription) ?? position));
    }
    return positions;
  }

  async attend(subscription: string, worker: string, goodMs: number): Promise<readonly string[]> {
    const workers = this.workers.get(subscription) ?? new Map<string, number>();
    this.workers.set(subscription, workers);
    for (const [other, goodUntil] of workers) if (other !== worker && goodUntil < this.now()) workers.delete(other);
    workers.set(worker, this.now() + goodMs);
    return [...workers.keys()];
  }

  async leave(subscription: string, worker: string): Promise<void> {
    this.workers.get(subscription)?.delete(worker);
  }

  private rowsOf(subscription: string): readonly (readonly [string, Row])[] {
    return [...this.rows].filter(([name]) => name.split('/')[0] === subscription);
  }

  private heldBy(lease: Lease): Row {
    const row = this.rows.get(lease.subscription);
    if (!row || row.epoch !== lease.epoch || row.position !== lease.position) throw new Fenced(lease.subscription);
    return row;
  }
}
