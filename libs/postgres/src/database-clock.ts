import type { Pool } from 'pg';
import type { Clock, ClockAnomaly, Instant } from '#kernel';

/** Where the clock gets its time from; injected, so that a year passes in a millisecond of a spec. */
export interface TimeSources {
  /** The database's wall clock, in milliseconds (fractions allowed). */
  readonly readDatabase: () => Promise<number>;
  /** A clock that only ever runs forward at its own pace, in milliseconds. */
  readonly steady: () => number;
}

export interface DatabaseClockOptions {
  /** Furthest that the database's clock may be ahead of steady time before the firing of deadlines is held, in milliseconds. */
  readonly jumpLimitMs: number;
  /** The clock never says an earlier moment than this: the last one in the log. */
  readonly notBefore?: Instant;
  /** Time between two calibrations, in milliseconds. */
  readonly everyMs?: number;
  readonly sources?: TimeSources;
}

/** While it is ahead of the database, the clock runs at this share of real time until it is caught up with. */
const slowPace = 0.5;
/** A reading that took longer than this tells too little about when it was taken. */
const slowestReadingMs = 2_000;

const sourcesOf = (pool: Pool): TimeSources => ({
  readDatabase: async () => {
    const { rows } = await pool.query<{ ms: string }>({ name: 'clock', text: 'select extract(epoch from clock_timestamp()) * 1000 as ms' });
    return Number(rows[0]?.ms);
  },
  steady: () => performance.now(),
});

/**
 * 数据库时钟 The database's time, read every few seconds and carried on in between by a steady clock, so that asking costs nothing
 * and all workers agree. It never goes back: when the database's clock does, this one slows down until they meet.
 *
 * When the database's clock jumps ahead by more than the limit, the clock keeps to steady time and reports an anomaly, so that
 * nobody's deadlines pass at once; it ends by itself when the jump is taken back, or by `confirm` when it was right.
 */
export class DatabaseClock implements Clock {
  private timer: NodeJS.Timeout | null = null;
  private held: ClockAnomaly | null = null;
  /** Database time minus steady time, by the reading that is believed. */
  private offsetMs: number;
  /** The same by the latest reading, believed or not. */
  private latestOffsetMs: number;
  /** What was said last, with fractions, and when. */
  private said: number;
  private saidAt: number;

  private constructor(
    private readonly options: DatabaseClockOptions,
    private readonly sources: TimeSources,
    offsetMs: number,
  ) {
    this.offsetMs = offsetMs;
    this.latestOffsetMs = offsetMs;
    this.saidAt = sources.steady();
    this.said = Math.max(options.notBefore ?? Number.NEGATIVE_INFINITY, this.saidAt + offsetMs);
  }

  /** Reads the database once, then keeps reading until `stop`. Fails as the reading does. */
  static async start(pool: Pool, options: DatabaseClockOptions): Promise<DatabaseClock> {
    const sources = options.sources ?? sourcesOf(pool);
    const clock = new DatabaseClock(options, sources, (await readOffset(sources)).offsetMs);
    const { everyMs = 3_000 } = options;
    clock.timer = setInterval(() => void clock.calibrate(), everyMs);
    clock.timer.unref();
    return clock;
  }

  now(): Instant {
    const steady = this.sources.steady();
    const target = steady + this.offsetMs;
    const slow = this.said + Math.max(0, steady - this.saidAt) * slowPace;
    this.said = Math.max(target, slow);
    this.saidAt = steady;
    return Math.floor(this.said);
  }

  anomaly(): ClockAnomaly | null {
    return this.held;
  }

  /** An operator says that the time the database has now is right. */
  confirm(): void {
    this.offsetMs = this.latestOffsetMs;
    this.held = null;
  }

  /** One reading; what it says is believed unless it is implausibly far ahead. A database that is away changes nothing. */
  async calibrate(): Promise<void> {
    const reading = await readOffset(this.sources).catch(() => null);
    if (!reading || reading.tookMs > slowestReadingMs) return;
    this.latestOffsetMs = reading.offsetMs;
    const aheadMs = Math.round(reading.offsetMs - this.offsetMs);
    if (aheadMs > this.options.jumpLimitMs) {
      this.held = { since: this.held?.since ?? this.now(), aheadMs };
      return;
    }
    this.offsetMs = reading.offsetMs;
    this.held = null;
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }
}

/** The reading belongs to the middle of the time that it took. */
const readOffset = async ({ readDatabase, steady }: TimeSources): Promise<{ readonly offsetMs: number; readonly tookMs: number }> => {
  const before = steady();
  const database = await readDatabase();
  const after = steady();
  return { offsetMs: database - (before + after) / 2, tookMs: after - before };
};
