import type { Place } from './stored-event.js';
import type { KurrentServer, Subscription } from './server.js';

export interface TailParts {
  readonly server: KurrentServer;
  /** Where the order ends by now; called when the server has told of something behind that. */
  readonly orderEnd: () => Promise<Place | null>;
  /** Brings the order up to the end of the server's log. */
  readonly catchUp: () => Promise<void>;
  /** Something new stands in the order. */
  readonly ring: () => void;
  readonly times?: TailTimes;
}

export interface TailTimes {
  readonly coalesceMs: number;
  /** How long somebody else may take to write down what was recorded before we do. */
  readonly graceMs: number;
  readonly retryMostMs: number;
}

const usualTimes: TailTimes = { coalesceMs: 20, graceMs: 500, retryMostMs: 5_000 };
const firstRetryMs = 100;

/**
 * Listens to the end of the server's log, so that readers wake up at once when another process appends, and so that what somebody recorded
 * and could not write down any more finds its place in the order. Nothing depends on it: it is begun again when it breaks, behind the last
 * event that it told of, and until then readers look by themselves.
 */
export class Tail {
  private subscription: Subscription | null = null;
  private seen: Place | null = null;
  private retry: NodeJS.Timeout | null = null;
  private heeding: NodeJS.Timeout | null = null;
  private losses = 0;
  private closed = false;
  private readonly times: TailTimes;

  constructor(private readonly parts: TailParts) {
    this.times = parts.times ?? usualTimes;
  }

  /** @param after what is known of already */
  open(after: Place | null): void {
    this.seen = after;
    this.subscribe();
  }

  /** Whether it listens at this moment. */
  get listening(): boolean {
    return this.subscription !== null;
  }

  close(): void {
    this.closed = true;
    if (this.retry) clearTimeout(this.retry);
    if (this.heeding) clearTimeout(this.heeding);
    this.subscription?.stop();
    this.subscription = null;
  }

  private subscribe(): void {
    this.subscription = this.parts.server.subscribe(this.seen, (place) => this.hear(place), () => this.lost());
  }

  private hear(place: Place): void {
    this.losses = 0;
    this.seen = place;
    this.heedIn(this.times.coalesceMs, this.times.graceMs);
  }

  private heedIn(ms: number, graceMs: number): void {
    if (this.heeding || this.closed) return;
    this.heeding = setTimeout(() => {
      this.heeding = null;
      void this.heed(graceMs).catch(() => this.heedIn(this.times.graceMs, 0));
    }, ms);
    this.heeding.unref();
  }

  private async heed(graceMs: number): Promise<void> {
    const { seen } = this;
    const end = await this.parts.orderEnd();
    if (seen === null || this.closed) return;
    if (end !== null && end.commit >= seen.commit) return this.parts.ring();
    if (graceMs > 0) return this.heedIn(Math.max(this.times.coalesceMs, graceMs / 4), graceMs - Math.max(this.times.coalesceMs, graceMs / 4));
    await this.parts.catchUp();
    this.parts.ring();
  }

  private lost(): void {
    this.subscription = null;
    if (this.closed || this.retry) return;
    this.losses += 1;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.subscribe();
    }, Math.min(firstRetryMs * 2 ** this.losses, this.times.retryMostMs));
    this.retry.unref();
  }
}
