import type { Rung } from './ladder.js';

/** 权责 Which line of duty answers for what, on which rung. The most specific subject wins: rule, subclass, class. */
export interface DutyRule {
  readonly dutyId: string;
  readonly rung: Rung;
  /** A rule id, a subclass code or a class code. */
  readonly subject: string;
  readonly line: string;
  /** 依据 Where the duty is laid down. */
  readonly basis: string;
}

/** 权责清单 */
export interface DutyCatalogue {
  readonly version: string;
  readonly rules: readonly DutyRule[];
}
