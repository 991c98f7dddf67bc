import { Fenced } from '#kernel';
import type { EventStore, Lease, RecordedEvent, Subscriptions } from '#kernel';
import { Wakeup } from './wakeup.js';

/** 订阅处理 What one subscription does with the facts it gets, in log order. */
export interface Subscriber<Tx, Fact = RecordedEvent> {
  readonly name: string;
  /** Most facts at a time. */
  readonly batch: number;
  /** Nobody waits for it: it looks for itself every `pollMs` and takes many facts at once, which costs the writers of facts less. */
  readonly unhurried?: boolean;
  /** What it makes is for looking at and can wait a while when something pressing is under way. */
  readonly canWait?: boolean;
  /**
   * Does what must be safe to do twice (commands with ids that follow from the facts), and answers the effect that is written in
   * one transaction with the checkpoint.
   */
  handle(facts: readonly Fact[]): Promise<((tx: Tx) => Promise<void>) | null>;
  /** The lease was lost or an effect failed: forget what was kept in memory about uncommitted work. */
  reset?(): void;
}

/** Where a subscription reads: the log itself, or another look at the same facts. As `EventStore` promises. */
export interface FactSource<Fact> {
  readAll(after: number, limit: number): Promise<readonly Fact[]>;
  /** Where it is missing, the subscription looks for itself. */
  onAppended?: EventStore['onAppended'];
}

export interface SubscriptionStatus {
  readonly name: string;
  readonly running: boolean;
  readonly position: number;
  readonly error: string | null;
}

export interface LoopTimes {
  /** How long a lease is good without a renewal, in milliseconds. */
  readonly leaseMs: number;
  /** Longest time between two looks when nothing wakes it, in milliseconds. */
  readonly pollMs: number;
  readonly backoffMs: number;
  /** How long something pressing may hold up a batch that can wait. */
  readonly giveWayMs: number;
}

export const usualTimes: LoopTimes = { leaseMs: 8_000, pollMs: 500, backoffMs: 500, giveWayMs: 20_000 };

/** Whether something is under way that is more pressing than what can wait; `over` resolves when it ends. */
export interface Press {
  over(): Promise<void> | null;
}

/**
 * A durable reader of the log. Whoever holds the lease works; another worker takes over when it runs out. An error is reported and
 * tried again, for ever: facts are never skipped.
 */
export class SubscriptionLoop<Tx, Fact extends Pick<RecordedEvent, 'position'> = RecordedEvent> {
  private readonly wakeup = new Wakeup();
  private stopping = false;
  private ending: Promise<void> = Promise.resolve();
  private end: () => void = () => undefined;
  private done: Promise<void> = Promise.resolve();
  private lease: Lease | null = null;
  private error: string | null = null;

  constructor(
    private readonly subscriber: Subscriber<Tx, Fact>,
    private readonly source: FactSource<Fact>,
    private readonly subscriptions: Subscriptions<Tx>,
    private readonly owner: string,
    private readonly onError: (name: string, error: unknown) => void,
    private readonly times: LoopTimes = usualTimes,
    private readonly press: Press = { over: () => null },
  ) {}

  start(): void {
    this.stopping = false;
    this.ending = new Promise((resolve) => (this.end = resolve));
    const unlisten = (this.subscriber.unhurried ? undefined : this.source.onAppended?.(() => this.wakeup.ring())) ?? (() => undefined);
    this.done = this.run().finally(unlisten);
  }

  /** Finishes the batch under way and gives the lease up. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.end();
    this.wakeup.ring();
    await this.done;
  }

  status(): SubscriptionStatus {
    return { name: this.subscriber.name, running: this.lease !== null, position: this.lease?.position ?? 0, error: this.error };
  }

  private async run(): Promise<void> {
    let renewAt = 0;
    while (!this.stopping) {
      try {
        if (!this.lease) {
          this.lease = await this.subscriptions.acquire(this.subscriber.name, this.owner, this.times.leaseMs);
          renewAt = performance.now() + this.times.leaseMs / 3;
          if (!this.lease) {
            await this.wakeup.wait(this.times.pollMs);
            continue;
          }
        }
        if (performance.now() >= renewAt) {
          await this.subscriptions.renew(this.lease, this.times.leaseMs);
          renewAt = performance.now() + this.times.leaseMs / 3;
        }
        if (this.subscriber.canWait === true) await this.giveWay(this.lease);
        const worked = await this.step(this.lease);
        this.error = null;
        if (!worked && !this.stopping) await this.wakeup.wait(this.times.pollMs);
      } catch (error) {
        this.subscriber.reset?.();
        if (error instanceof Fenced) {
          this.lease = null;
          continue;
        }
        this.lease = null;
        this.error = error instanceof Error ? error.message : String(error);
        this.onError(this.subscriber.name, error);
        if (!this.stopping) await this.wakeup.wait(this.times.backoffMs);
      }
    }
    if (this.lease) await this.subscriptions.release(this.lease).catch(() => undefined);
    this.lease = null;
  }

  /**
   * Lets what is pressing go first. Whoever reads in the order of the log shows what a flood leaves behind it no sooner by working
   * through it meanwhile, only the flood lasts longer.
   */
  private async giveWay(lease: Lease): Promise<void> {
    const { giveWayMs, leaseMs } = this.times;
    const until = performance.now() + giveWayMs;
    for (let over = this.press.over(); over && !this.stopping; over = this.press.over()) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([over, this.ending, new Promise<void>((resolve) => void (timer = setTimeout(resolve, Math.min(leftMs, leaseMs / 3))))]);
      clearTimeout(timer);
      await this.subscriptions.renew(lease, leaseMs);
    }
  }

  private async step(lease: Lease): Promise<boolean> {
    const facts = await this.source.readAll(lease.position, this.subscriber.batch);
    const last = facts.at(-1);
    if (!last) return false;
    const effect = await this.subscriber.handle(facts);
    this.lease = await this.subscriptions.advance(lease, last.position, effect ?? undefined);
    return true;
  }
}
