import type { ClockName, IncidentEventType } from '#events';
import type { Instant } from '#kernel';
import { loopOf } from '#reference';
import type { DutyMark, Ledger } from './ledger.js';
import { isExempt, lateAt, positionsOf } from './life.js';
import type { Entry } from './metric.js';

interface DutyRule {
  readonly clock: ClockName;
  /** Facts that fulfil the duty. */
  readonly doneBy: readonly IncidentEventType[];
  /** Facts that end it unfulfilled: then it counts as due and not met, also before its limit. */
  readonly skippedBy?: readonly IncidentEventType[];
}

const entryOf = (duty: DutyMark, at: Instant, value: 0 | 1): Entry => ({
  at, rung: duty.rung, loop: loopOf(duty.rung), unit: duty.unit, value, exempt: value === 0 && isExempt(duty), positions: positionsOf(duty),
});

/**
 * 按时 Every clock of a kind as a duty of the unit whose time it was, so that the late unit stays in the figure after the incident has gone
 * to another. Met: ended by what fulfils it, before its limit. Due: met, or the limit passed. A duty that ended otherwise before its limit
 * (returned, climbed, voided, merged) was never due.
 */
export const dutyEntries = (rule: DutyRule) => (ledger: Ledger, at: Instant): readonly Entry[] =>
  ledger.duties.flatMap((duty): readonly Entry[] => {
    if (duty.clock !== rule.clock) return [];
    const late = lateAt(duty, at, ledger);
    if (late !== null) return [entryOf(duty, late, 0)];
    const { endedAt, endedBy } = duty;
    if (endedAt === undefined || endedBy === undefined) return [];
    if (rule.doneBy.includes(endedBy)) return [entryOf(duty, endedAt, 1)];
    return rule.skippedBy?.includes(endedBy) ? [entryOf(duty, endedAt, 0)] : [];
  });

/** How long such duties took, those that were fulfilled: on the wall clock, and without the time that stood still. */
export const dutyDurations = (clock: ClockName, doneBy: readonly IncidentEventType[]) => ({ duties }: Ledger, _at: Instant): readonly Entry[] =>
  duties.flatMap((duty): readonly Entry[] => {
    const { endedAt, endedBy } = duty;
    if (duty.clock !== clock || endedAt === undefined || endedBy === undefined || !doneBy.includes(endedBy)) return [];
    const value = Math.max(0, endedAt - duty.startedAt);
    return [{ ...entryOf(duty, endedAt, 1), value, accountableValue: Math.max(0, value - duty.stoodStillMs), exempt: isExempt(duty) }];
  });
