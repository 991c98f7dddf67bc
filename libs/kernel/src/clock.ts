import type { Instant } from './instant.js';

/**
 * 时钟 The time that the log records. The database's clock in real use; a simulated one in demo, play and tests,
 * and those are the only two. Never goes back within a process.
 */
export interface Clock {
  now(): Instant;
  /** Null while time runs plausibly; otherwise why the firing of deadlines is being held. */
  anomaly(): ClockAnomaly | null;
}

/** 时钟异常 The clock jumped ahead by more than the policy allows; the engine goes on by its own monotonic time. */
export interface ClockAnomaly {
  readonly since: Instant;
  readonly aheadMs: number;
}
