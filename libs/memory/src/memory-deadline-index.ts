import type { DeadlineChange, DeadlineIndex, DeadlineMoment, Instant, PendingDeadline } from '#kernel';
import { Heap } from './heap.js';
import type { MemoryTransaction } from './memory-transaction.js';

type Clocks = Map<string, ReadonlyMap<DeadlineMoment, Instant>>;

/** 时限索引 In memory: a heap by moment; what was replaced stays in it until it comes up and is then passed over. */
export class MemoryDeadlineIndex implements DeadlineIndex<MemoryTransaction> {
  private readonly streams = new Map<string, Clocks>();
  private readonly heap = new Heap<PendingDeadline>(({ at }) => at);
  private readonly claimed = new Set<string>();

  async project(tx: MemoryTransaction, changes: readonly DeadlineChange[]): Promise<void> {
    tx.whenCommitted(() => {
      for (const change of changes) this.apply(change);
    });
  }

  async claim(now: Instant, limit: number, fire: (streams: readonly string[]) => Promise<readonly string[]>): Promise<number> {
    const streams = this.takeStreams(now, limit);
    if (streams.length === 0) return 0;
    const moments = streams.flatMap((stream) => this.dueOf(stream, now));
    let done: ReadonlySet<string> = new Set();
    try {
      done = new Set(await fire(streams));
    } finally {
      for (const stream of streams) this.claimed.delete(stream);
      for (const pending of moments) {
        if (done.has(pending.stream)) this.forget(pending);
        else this.heap.push(pending);
      }
    }
    return streams.length;
  }

  async nextAt(): Promise<Instant | null> {
    return this.top()?.at ?? null;
  }

  private apply({ stream, clockId, pending }: DeadlineChange): void {
    const clocks: Clocks = this.streams.get(stream) ?? new Map();
    if (pending.length === 0) clocks.delete(clockId);
    else clocks.set(clockId, new Map(pending.map(({ moment, at }) => [moment, at])));
    if (clocks.size === 0) this.streams.delete(stream);
    else this.streams.set(stream, clocks);
    for (const { moment, at } of pending) this.heap.push({ stream, clockId, moment, at });
  }

  /** Up to `limit` streams with something due, earliest first, that nobody else has. */
  private takeStreams(now: Instant, limit: number): readonly string[] {
    const taken = new Set<string>();
    const othersHave: PendingDeadline[] = [];
    for (let top = this.top(); top && top.at <= now && (taken.size < limit || taken.has(top.stream)); top = this.top()) {
      this.heap.pop();
      if (this.claimed.has(top.stream)) othersHave.push(top);
      else taken.add(top.stream);
    }
    for (const pending of othersHave) this.heap.push(pending);
    for (const stream of taken) this.claimed.add(stream);
    return [...taken];
  }

  /** All that is due in a stream, so that one firing settles it. */
  private dueOf(stream: string, now: Instant): readonly PendingDeadline[] {
    return [...(this.streams.get(stream) ?? [])].flatMap(([clockId, moments]) =>
      [...moments].filter(([, at]) => at <= now).map(([moment, at]) => ({ stream, clockId, moment, at })));
  }

  private forget(pending: PendingDeadline): void {
    // A clock that was set anew meanwhile keeps its new moments.
    if (!this.isCurrent(pending)) return;
    const { stream, clockId, moment } = pending;
    const left = [...(this.streams.get(stream)?.get(clockId) ?? [])].filter(([other]) => other !== moment);
    const clocks = this.streams.get(stream);
    if (left.length > 0) clocks?.set(clockId, new Map(left));
    else clocks?.delete(clockId);
    if (clocks?.size === 0) this.streams.delete(stream);
  }

  private isCurrent({ stream, clockId, moment, at }: PendingDeadline): boolean {
    return this.streams.get(stream)?.get(clockId)?.get(moment) === at;
  }

  /** The earliest moment that still counts. */
  private top(): PendingDeadline | undefined {
    for (;;) {
      const top = this.heap.top();
      if (!top || this.isCurrent(top)) return top;
      this.heap.pop();
    }
  }
}
