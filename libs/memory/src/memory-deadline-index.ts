import type { DeadlineChange, DeadlineIndex, DeadlineMoment, Instant } from '#kernel';

interface Pending {
  readonly stream: string;
  readonly clockId: string;
  readonly moment: DeadlineMoment;
  readonly at: Instant;
}

const keyOf = (stream: string, clockId: string): string => `${stream}\n${clockId}`;

/** 时限索引 In memory: a heap by moment; what was replaced stays in it until it comes up and is then passed over. */
export class MemoryDeadlineIndex implements DeadlineIndex<null> {
  private readonly pending = new Map<string, Map<DeadlineMoment, Instant>>();
  private readonly heap: Pending[] = [];
  private readonly claimed = new Set<string>();

  project(_tx: null, changes: readonly DeadlineChange[]): Promise<void> {
    for (const { stream, clockId, pending } of changes) {
      const key = keyOf(stream, clockId);
      if (pending.length === 0) this.pending.delete(key);
      else this.pending.set(key, new Map(pending.map(({ moment, at }) => [moment, at])));
      for (const { moment, at } of pending) this.push({ stream, clockId, moment, at });
    }
    return Promise.resolve();
  }

  async claim(now: Instant, limit: number, fire: (streams: readonly string[]) => Promise<readonly string[]>): Promise<number> {
    const moments: Pending[] = [];
    const streams = new Set<string>();
    const passedOver: Pending[] = [];
    for (let top = this.top(); top && top.at <= now; top = this.top()) {
      if (!streams.has(top.stream) && streams.size >= limit) break;
      this.pop();
      if (this.claimed.has(top.stream)) passedOver.push(top);
      else {
        streams.add(top.stream);
        moments.push(top);
      }
    }
    for (const moment of passedOver) this.push(moment);
    for (const stream of streams) this.claimed.add(stream);
    let done: ReadonlySet<string> = new Set();
    try {
      if (streams.size > 0) done = new Set(await fire([...streams]));
    } finally {
      for (const stream of streams) this.claimed.delete(stream);
      for (const pending of moments) {
        if (done.has(pending.stream)) this.forget(pending);
        else this.push(pending);
      }
    }
    return streams.size;
  }

  nextAt(): Promise<Instant | null> {
    return Promise.resolve(this.top()?.at ?? null);
  }

  private forget({ stream, clockId, moment, at }: Pending): void {
    const key = keyOf(stream, clockId);
    const moments = this.pending.get(key);
    if (moments?.get(moment) === at) moments.delete(moment);
    if (moments?.size === 0) this.pending.delete(key);
  }

  private isCurrent({ stream, clockId, moment, at }: Pending): boolean {
    return this.pending.get(keyOf(stream, clockId))?.get(moment) === at;
  }

  /** The earliest moment that still counts. */
  private top(): Pending | undefined {
    for (;;) {
      const top = this.heap[0];
      if (!top || this.isCurrent(top)) return top;
      this.pop();
    }
  }

  private push(pending: Pending): void {
    this.heap.push(pending);
    let child = this.heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.at(parent) <= this.at(child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private pop(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      let least = parent;
      if (left < this.heap.length && this.at(left) < this.at(least)) least = left;
      if (left + 1 < this.heap.length && this.at(left + 1) < this.at(least)) least = left + 1;
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }

  private at(index: number): Instant {
    return this.heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const one = this.heap[a];
    const other = this.heap[b];
    if (!one || !other) return;
    this.heap[a] = other;
    this.heap[b] = one;
  }
}
