import { partitionOf } from '#kernel';
import type { Lease, RecordedEvent, Subscriptions } from '#kernel';
import { fairShare } from './fair-share.js';

/** Share of a lease's time after which it is renewed and the list of workers looked at. */
const looksPerLease = 4;

/**
 * 所持分区 The parts of one subscription that this worker holds, and its fair share of them: what it holds beyond that it gives up, what is
 * missing it takes as soon as it is free. Those furthest behind are brought up to the others, then all go on together, so that whoever
 * holds every part reads and writes once and not once for each.
 */
export class HeldParts<Tx> {
  private readonly leases = new Map<number, Lease>();
  private divided = false;
  private lookAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly subscription: string,
    private readonly parts: number,
    private readonly owner: string,
    private readonly subscriptions: Subscriptions<Tx>,
    private readonly leaseMs: number,
    /** Longest time between two looks while something of the own share is missing. */
    private readonly missingMs: number,
    /** Something was taken that another worker may have gone on with: what is remembered of it may be old. */
    private readonly onTaken: () => void,
  ) {}

  get some(): boolean {
    return this.leases.size > 0;
  }

  /** Position that all parts held here have reached; 0 when there is none. */
  get position(): number {
    return this.leases.size === 0 ? 0 : Math.min(...[...this.leases.values()].map(({ position }) => position));
  }

  /** Renews, takes and gives up, when it is time for that. Fails as the port does, `Fenced` among it. */
  async look(): Promise<void> {
    if (performance.now() < this.lookAt) return;
    if (!this.divided) await this.subscriptions.divide(this.subscription, this.parts);
    this.divided = true;
    const share = this.parts === 1 ? [0] : fairShare(this.owner, await this.subscriptions.attend(this.subscription, this.owner, this.leaseMs), this.parts);
    for (const [part, lease] of this.leases) {
      if (share.includes(part)) continue;
      this.leases.delete(part);
      await this.subscriptions.release(lease);
    }
    if (this.some) await this.subscriptions.renew([...this.leases.values()], this.leaseMs);
    let taken = false;
    for (const part of share) {
      if (this.leases.has(part)) continue;
      const lease = await this.subscriptions.acquire(this.subscription, this.owner, this.leaseMs, { index: part, of: this.parts });
      if (!lease) continue;
      this.leases.set(part, lease);
      taken = true;
    }
    if (taken) this.onTaken();
    this.lookAt = performance.now() + (this.leases.size < share.length ? Math.min(this.missingMs, this.leaseMs / looksPerLease) : this.leaseMs / looksPerLease);
  }

  /** Where the parts furthest behind stand, and how far they may go: to where the next ones wait for them. */
  slowest(): { readonly after: number; readonly upTo: number; readonly parts: readonly number[] } {
    const after = this.position;
    const positions = [...this.leases.values()].map(({ position }) => position);
    const upTo = Math.min(Number.MAX_SAFE_INTEGER, ...positions.filter((position) => position > after));
    return { after, upTo, parts: [...this.leases].filter(([, { position }]) => position === after).map(([part]) => part) };
  }

  /** Of these facts those that belong to the parts. */
  factsOf<Fact extends Pick<RecordedEvent, 'stream'>>(parts: readonly number[], facts: readonly Fact[]): readonly Fact[] {
    return parts.length === this.parts ? facts : facts.filter(({ stream }) => parts.includes(partitionOf(stream, this.parts)));
  }

  async advance(parts: readonly number[], position: number, effect?: (tx: Tx) => Promise<void>): Promise<void> {
    const leases = parts.map((part) => this.leases.get(part) as Lease);
    const moved = await this.subscriptions.advanceTogether(leases, position, effect);
    parts.forEach((part, index) => this.leases.set(part, moved[index] as Lease));
  }

  /** Something went wrong: nothing that is held is believed any more; the next look asks for everything again. */
  forget(): void {
    this.leases.clear();
    this.lookAt = Number.NEGATIVE_INFINITY;
  }

  /** Gives everything up. A store that is away is left to find out by itself. */
  async giveUp(): Promise<void> {
    for (const lease of this.leases.values()) await this.subscriptions.release(lease).catch(() => undefined);
    if (this.parts > 1) await this.subscriptions.leave(this.subscription, this.owner).catch(() => undefined);
    this.forget();
  }
}

