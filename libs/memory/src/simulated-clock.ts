import type { Clock, Instant } from '#kernel';

/** 模拟时钟 The only clock beside the database's: for demo, play and specs. It moves when it is told to, and runs on at a rate if one is set. */
export class SimulatedClock implements Clock {
  private base: Instant;
  private since = 0;
  private rate = 0;

  /** `steady` in milliseconds: where the time of a running simulation comes from. */
  constructor(
    start: Instant,
    private readonly steady: () => number = () => performance.now(),
  ) {
    this.base = start;
  }

  now(): Instant {
    return this.rate === 0 ? this.base : Math.floor(this.base + (this.steady() - this.since) * this.rate);
  }

  anomaly(): null {
    return null;
  }

  /** Never back: an earlier moment than now leaves the clock where it is. */
  set(instant: Instant): void {
    this.base = Math.max(instant, this.now());
    this.since = this.steady();
  }

  advance(ms: number): void {
    this.set(this.now() + ms);
  }

  /** Runs on by itself: 1 as fast as real time, 0 stands still. */
  run(rate: number): void {
    this.set(this.now());
    this.rate = rate;
  }
}
