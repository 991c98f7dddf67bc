import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, DeadlineIndex } from '#kernel';
import type { Press } from './subscription-loop.js';
import { Wakeup } from './wakeup.js';

export interface DeadlineRunnerParts<Tx> {
  readonly index: DeadlineIndex<Tx>;
  readonly clock: Clock;
  /** Records what is due; answers the streams that are done. */
  readonly passTime: (streams: readonly string[]) => Promise<readonly string[]>;
  readonly onError: (name: string, error: unknown) => void;
  readonly onHold?: (aheadMs: number) => void;
  /** Streams claimed at a time: small enough that a request in between is answered soon. */
  readonly batch?: number;
  readonly pollMs?: number;
}

const usualBatch = 200;
const lanes = 2;

/**
 * 时限进程 Fires what is due, earliest first, in batches that no two workers share. Dying at any point loses nothing: what was not
 * recorded is still pending, what was recorded is ignored the second time. While the clock is implausible nothing is fired.
 */
export class DeadlineRunner<Tx> implements Press {
  private readonly wakeup = new Wakeup();
  private stopping = false;
  private done: Promise<void> = Promise.resolve();
  private held = false;
  private flood: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  fired = 0;
  error: string | null = null;

  constructor(private readonly parts: DeadlineRunnerParts<Tx>) {}

  start(): void {
    this.stopping = false;
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wakeup.ring();
    await this.done;
  }

  /** Fires everything that is due now; answers how many incidents had something due. */
  async fireDue(): Promise<number> {
    const { batch = usualBatch } = this.parts;
    const first = await this.fireBatch();
    if (first < batch) return first;
    this.floodBegins();
    // Where there is more than one batch, the next is decided while one waits for the store.
    const rest = await Promise.allSettled(Array.from({ length: lanes }, () => this.fireRest()));
    this.floodEnds();
    const failed = rest.find((lane) => lane.status === 'rejected');
    if (failed) throw failed.reason;
    return rest.reduce((all, lane) => all + (lane.status === 'fulfilled' ? lane.value : 0), first);
  }

  /** While more is due than one batch: the end of it, for those who can wait; what is due is recorded before it is shown. */
  over(): Promise<void> | null {
    return this.flood?.over ?? null;
  }

  private floodBegins(): void {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.flood = { over, end };
  }

  private floodEnds(): void {
    this.flood?.end();
    this.flood = null;
  }

  private async fireRest(): Promise<number> {
    const { batch = usualBatch } = this.parts;
    for (let all = 0; ; await nextTurn()) {
      const fired = this.stopping ? 0 : await this.fireBatch();
      all += fired;
      if (fired < batch) return all;
    }
  }

  private async fireBatch(): Promise<number> {
    const { index, clock, passTime, batch = usualBatch } = this.parts;
    const fired = await index.claim(clock.now(), batch, passTime);
    this.fired += fired;
    return fired;
  }

  private async run(): Promise<void> {
    const { clock, onError, onHold, pollMs = 250 } = this.parts;
    while (!this.stopping) {
      try {
        const anomaly = clock.anomaly();
        if (anomaly && !this.held) onHold?.(anomaly.aheadMs);
        this.held = anomaly !== null;
        if (!anomaly) await this.fireDue();
        this.error = null;
      } catch (error) {
        this.error = error instanceof Error ? error.message : String(error);
        onError('deadlines', error);
      }
      if (!this.stopping) await this.wakeup.wait(pollMs);
    }
  }
}
