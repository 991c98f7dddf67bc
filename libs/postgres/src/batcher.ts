import { types } from 'node:util';
import { Unavailable } from '#kernel';

export interface BatcherOptions<Item, Result> {
  /** Does the work of a batch. Answers in order; an `Error` among the answers fails its item alone, a rejection fails them all. */
  readonly run: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;
  readonly maxItems: number;
  /** Items that share a key are never under way at the same time and keep their order. */
  readonly keysOf?: (item: Item) => readonly string[];
  readonly weightOf?: (item: Item) => number;
  readonly maxWeight?: number;
  /** How many batches may be under way at once; 1 unless told. */
  readonly maxUnderWay?: number;
  /** How many items must wait before another batch starts beside one that is under way. */
  readonly worthAnother?: number;
  /** How many items may wait before more are turned away. */
  readonly maxWaiting?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly keys: readonly string[];
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns many small pieces of work into few large ones, without a timer: what comes while nothing is under way goes at once,
 * what comes meanwhile waits and goes together. So one caller waits for nobody, and a thousand share one commit.
 *
 * `add` fails with `Unavailable` `store.busy` when too many are waiting.
 */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;
  private itemsUnderWay = 0;
  private another: NodeJS.Immediate | null = null;
  private readonly busyKeys = new Set<string>();
  private readonly idlers: (() => void)[] = [];

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  add(item: Item): Promise<Result> {
    const { maxWaiting = 10_000, weightOf, keysOf } = this.options;
    if (this.waiting.length >= maxWaiting) {
      return Promise.reject(new Unavailable('store.busy', `more than ${maxWaiting} requests are waiting for the store already`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, weight: weightOf?.(item) ?? 1, keys: keysOf?.(item) ?? [], resolve, reject });
      this.start();
    });
  }

  /** Resolves when nothing is waiting and nothing is under way. */
  idle(): Promise<void> {
    if (this.underWay === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => void this.idlers.push(resolve));
  }

  private start(): void {
    if (this.underWay === 0) this.startOne();
    else if (this.isWorthAnother() && !this.another) this.another = setImmediate(() => this.startAnother());
  }

  /** Beside one that is under way there is no hurry: those who ask in the same breath go together. */
  private startAnother(): void {
    this.another = null;
    while (this.underWay === 0 || this.isWorthAnother()) if (!this.startOne()) return;
  }

  private isWorthAnother(): boolean {
    const { maxUnderWay = 1, worthAnother = 1 } = this.options;
    return this.underWay < maxUnderWay && this.waiting.length >= worthAnother;
  }

  private startOne(): boolean {
    const batch = this.take();
    if (batch.length === 0) return false;
    void this.carryOut(batch);
    return true;
  }

  /**
   * How many items one batch takes at most: its share of all that is asked for at the moment. Whoever asks again when the batch is
   * answered comes in waves otherwise, and the store stands still while the answers are given.
   */
  private share(): number {
    const { maxItems, maxUnderWay = 1, worthAnother = 1 } = this.options;
    return Math.min(maxItems, Math.max(worthAnother, Math.ceil((this.waiting.length + this.itemsUnderWay) / maxUnderWay)));
  }

  /** The longest-waiting items that fit together; an item that must wait holds back later ones with its keys. */
  private take(): Waiting<Item, Result>[] {
    const { maxWeight = Infinity } = this.options;
    const maxItems = this.share();
    const batch: Waiting<Item, Result>[] = [];
    const heldBack: Waiting<Item, Result>[] = [];
    const heldKeys = new Set<string>();
    let weight = 0;
    let next = 0;
    // Looking past many held-back items for the few that could go is not worth it.
    for (; next < this.waiting.length && batch.length < maxItems && heldBack.length < 4 * maxItems; next += 1) {
      const candidate = this.waiting[next] as Waiting<Item, Result>;
      if (batch.length > 0 && weight + candidate.weight > maxWeight) break;
      if (candidate.keys.some((key) => this.busyKeys.has(key) || heldKeys.has(key))) {
        heldBack.push(candidate);
        for (const key of candidate.keys) heldKeys.add(key);
        continue;
      }
      batch.push(candidate);
      weight += candidate.weight;
      for (const key of candidate.keys) this.busyKeys.add(key);
    }
    this.waiting = heldBack.length === 0 && next === this.waiting.length ? [] : [...heldBack, ...this.waiting.slice(next)];
    return batch;
  }

  private async carryOut(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.underWay += 1;
    this.itemsUnderWay += batch.length;
    let results: readonly (Result | Error)[];
    try {
      results = await this.options.run(batch.map(({ item }) => item));
    } catch (error) {
      const failure = asError(error);
      results = batch.map(() => failure);
    }
    this.underWay -= 1;
    this.itemsUnderWay -= batch.length;
    for (const { keys } of batch) for (const key of keys) this.busyKeys.delete(key);
    // The next batch leaves before this one's callers go on, so that the store works while they do.
    this.start();
    batch.forEach(({ resolve, reject }, index) => {
      const result = results[index];
      if (types.isNativeError(result)) reject(result);
      else resolve(result as Result);
    });
    if (this.underWay === 0 && this.waiting.length === 0) for (const done of this.idlers.splice(0)) done();
  }
}

/** What was thrown, as an error; also one from another realm, which `instanceof` does not know. */
export const asError = (thrown: unknown): Error => (types.isNativeError(thrown) ? thrown : new Error(String(thrown)));
