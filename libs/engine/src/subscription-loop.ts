import { Fenced } from '#kernel';
import type { EventStore, RecordedEvent, Span, Subscriptions } from '#kernel';
import { HeldParts } from './held-parts.js';
import { Wakeup } from './wakeup.js';

/** 订阅处理 What one subscription does with the facts it gets, in log order. */
export interface Subscriber<Tx, Fact = RecordedEvent> {
  readonly name: string;
  /** Most facts at a time. */
  readonly batch: number;
  /** Types of the facts that it looks into. Others may come without provenance and data, which spares reading a flood that it has nothing to do with. */
  readonly heard?: ReadonlySet<string>;
  /** Nobody waits for it: it looks for itself every `pollMs` and goes on at once only where there is a whole batch, so that it takes many facts at once, which costs the writers of facts less. */
  readonly unhurried?: boolean;
  /**
   * Into how many parts its work may be divided among workers, by stream; 1 when it needs the whole log in order. It then gets the facts
   * of the parts that this worker has, each stream in order.
   */
  readonly parts?: number;
  /** What it makes is for looking at and can wait a while when something pressing is under way. */
  readonly canWait?: boolean;
  /**
   * Does what must be safe to do twice (commands with ids that follow from the facts), and answers the effect that is written in
   * one transaction with the checkpoint. The span says which stretch of the log the facts are from, whether or not all of it is there.
   */
  handle(facts: readonly Fact[], span: Span): Promise<((tx: Tx) => Promise<void>) | null>;
  /** A lease was lost or came from another worker, or an effect failed: forget what was kept in memory about uncommitted work. */
  reset?(): void;
}

/** Where a subscription reads: the log itself, or another look at the same facts. As `EventStore` promises. */
export interface FactSource<Fact> {
  readAll(after: number, limit: number, heard?: ReadonlySet<string>): Promise<readonly Fact[]>;
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

export const usualTimes: LoopTimes = { leaseMs: 6_000, pollMs: 500, backoffMs: 500, giveWayMs: 20_000 };

/** Whether something is under way that is more pressing than what can wait; `over` resolves when it ends. */
export interface Press {
  over(): Promise<void> | null;
}

/** Parts of a subscription that keeps the state of each stream by itself: what it can be divided into among workers. */
export const streamParts = 4;

/**
 * A durable reader of the log. Whoever holds the lease works; another worker takes over when it runs out. A subscription in parts is shared
 * among all that run it. An error is reported and tried again, for ever: facts are never skipped.
 */
export class SubscriptionLoop<Tx, Fact extends Pick<RecordedEvent, 'position' | 'stream'> = RecordedEvent> {
  private readonly wakeup = new Wakeup();
  private stopping = false;
  private ending: Promise<void> = Promise.resolve();
  private end: () => void = () => undefined;
  private done: Promise<void> = Promise.resolve();
  private readonly held: HeldParts<Tx>;
  private error: string | null = null;

  constructor(
    private readonly subscriber: Subscriber<Tx, Fact>,
    private readonly source: FactSource<Fact>,
    subscriptions: Subscriptions<Tx>,
    owner: string,
    private readonly onError: (name: string, error: unknown) => void,
    private readonly times: LoopTimes = usualTimes,
    private readonly press: Press = { over: () => null },
  ) {
    this.held = new HeldParts(subscriber.name, subscriber.parts ?? 1, owner, subscriptions, times.leaseMs, times.pollMs, () => subscriber.reset?.());
  }

  start(): void {
    this.stopping = false;
    this.ending = new Promise((resolve) => (this.end = resolve));
    const unlisten = (this.subscriber.unhurried ? undefined : this.source.onAppended?.(() => this.wakeup.ring())) ?? (() => undefined);
    this.done = this.run().finally(unlisten);
  }

  /** Finishes the batch under way and gives the leases up. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.end();
    this.wakeup.ring();
    await this.done;
  }

  status(): SubscriptionStatus {
    return { name: this.subscriber.name, running: this.held.some, position: this.held.position, error: this.error };
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.held.look();
        if (this.held.some && this.subscriber.canWait === true) await this.giveWay();
        const worked = this.held.some && (await this.step());
        this.error = null;
        if (!worked && !this.stopping) await this.wakeup.wait(this.times.pollMs);
      } catch (error) {
        this.subscriber.reset?.();
        this.held.forget();
        if (error instanceof Fenced) continue;
        this.error = error instanceof Error ? error.message : String(error);
        this.onError(this.subscriber.name, error);
        if (!this.stopping) await this.wakeup.wait(this.times.backoffMs);
      }
    }
    await this.held.giveUp();
  }

  /**
   * Lets what is pressing go first. Whoever reads in the order of the log shows what a flood leaves behind it no sooner by working
   * through it meanwhile, only the flood lasts longer.
   */
  private async giveWay(): Promise<void> {
    const { giveWayMs, leaseMs } = this.times;
    const until = performance.now() + giveWayMs;
    for (let over = this.press.over(); over && !this.stopping; over = this.press.over()) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([over, this.ending, new Promise<void>((resolve) => void (timer = setTimeout(resolve, Math.min(leftMs, leaseMs / 6))))]);
      clearTimeout(timer);
      await this.held.look();
    }
  }

  /** One batch. Whether to look for another one at once. */
  private async step(): Promise<boolean> {
    const { after, upTo, parts } = this.held.slowest();
    const read = await this.source.readAll(after, this.subscriber.batch, this.subscriber.heard);
    const facts = upTo - after < read.length ? read.slice(0, upTo - after) : read;
    const last = facts.at(-1);
    if (!last) return false;
    const effect = await this.subscriber.handle(this.held.factsOf(parts, facts), { after, to: last.position });
    await this.held.advance(parts, last.position, effect ?? undefined);
    return this.subscriber.unhurried !== true || last.position - after >= this.subscriber.batch;
  }
}
