import type { Instant } from './instant.js';

export type DeadlineMoment = 'warn' | 'due' | 'serious';

/** One moment at which the clock of one incident has something to say. */
export interface PendingDeadline {
  readonly stream: string;
  readonly clockId: string;
  readonly moment: DeadlineMoment;
  readonly at: Instant;
}

/** What a fact changes about the pending moments of one clock: all earlier ones are replaced. */
export interface DeadlineChange {
  readonly stream: string;
  readonly clockId: string;
  readonly pending: readonly { readonly moment: DeadlineMoment; readonly at: Instant }[];
}

/**
 * 时限索引 Which incidents have something due and when: a projection of the log that can be lost and rebuilt.
 * Fails with `Unavailable` when the store is away.
 */
export interface DeadlineIndex<Tx> {
  /** Applies changes in order, inside the transaction that moves the checkpoint. */
  project(tx: Tx, changes: readonly DeadlineChange[]): Promise<void>;
  /**
   * Hands streams with moments at or before `now`, earliest first, to `fire`; no other worker gets them meanwhile. Moments of the
   * streams that `fire` returns are done; the others stay pending. Answers how many streams were handed over: fewer than `limit` only where
   * nothing else is due that no other worker has.
   */
  claim(now: Instant, limit: number, fire: (streams: readonly string[]) => Promise<readonly string[]>): Promise<number>;
  nextAt(): Promise<Instant | null>;
}
