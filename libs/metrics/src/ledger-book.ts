import type { Instant } from '#kernel';
import type { Ledger } from './ledger.js';
import type { Cohort } from './metric.js';
import type { FigureFilter } from './tally.js';

/** Which ledgers a figure may need. What is answered may be more than these: the figure itself looks again. */
export interface LedgerQuestion {
  /** Ledgers as they were when the log ended at this position. */
  readonly position: number;
  /** Cohorts of the figures that are asked for, and the period. */
  readonly cohorts: readonly Cohort[];
  readonly from: Instant | null;
  readonly before: Instant | null;
  /** 辖区 Only incidents inside one of these places; null for all. */
  readonly places: readonly string[] | null;
  readonly filter: FigureFilter;
  /** Only incidents whose first fact stands after this position: for turning pages. */
  readonly after?: number;
}

/**
 * 台账簿 The ledgers of all incidents as of any position that the log has had. Fails with `Unavailable` when the database is away.
 */
export interface LedgerBook {
  /** Log position up to which every ledger is kept. */
  position(): Promise<number>;
  /**
   * Pages of ledgers, in the order of the incidents' first facts. Exact for every position up to `position()`: an incident that went
   * on since is folded again from its facts. Whoever asks for a later position gets what is not yet kept left out.
   */
  ledgers(question: LedgerQuestion): AsyncIterable<readonly Ledger[]>;
}
