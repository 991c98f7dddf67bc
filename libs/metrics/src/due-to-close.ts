import type { Instant } from '#kernel';
import type { ClosingMark, DutyMark, Ledger } from './ledger.js';
import { closingOf, isExempt, isSelfHandled, lateAt, loopOfRung, positionsOf, wholeDuty } from './life.js';
import type { Entry } from './metric.js';

/** 应结案 An incident that is closed, or that is not and should be. */
export interface DueToClose {
  readonly duty: DutyMark;
  readonly closing: ClosingMark | null;
  readonly late: boolean;
  /** The entry of it, in no numerator yet. */
  readonly entry: Entry;
}

/**
 * 应结案 = 结案 + 超期未结案 + 作废. Whoever is not yet due is not here. A forced closing 强制结案 is due and not closed; a voided incident 作废
 * stays, since voiding would be the easiest way out; one that was declined or merged stays if its limit had passed before. Self-handled ones are
 * a family of their own.
 */
export const dueToClose = (ledger: Ledger, at: Instant): DueToClose | null => {
  const duty = wholeDuty(ledger);
  if (!duty || isSelfHandled(ledger)) return null;
  const closing = closingOf(ledger);
  const late = lateAt(duty, at, ledger);
  const over = closing ?? (ledger.ended?.kind === 'voided' ? ledger.ended : null);
  if (late === null && over === null) return null;
  const rung = closing?.rung ?? ledger.rung;
  const entry: Entry = {
    at: Math.min(late ?? Number.POSITIVE_INFINITY, over?.at ?? Number.POSITIVE_INFINITY), rung, loop: loopOfRung(rung), unit: closing?.unit ?? ledger.accountableUnit, value: 0, exempt: false,
    positions: positionsOf(duty),
  };
  return { duty, closing, late: late !== null, entry };
};

/** The same as an entry of a rate; an incident whose lateness was exempted is left out of the accountable figure where lateness keeps it out of the numerator. */
export const dueEntry = (due: DueToClose, hit: boolean, positions: readonly number[] = []): readonly Entry[] => [
  { ...due.entry, value: hit ? 1 : 0, exempt: !hit && due.late && isExempt(due.duty), positions: [...new Set([...due.entry.positions, ...positions])] },
];
