import type { ClockName } from '#events';
import type { Instant } from '#kernel';
import { loopOf } from '#reference';
import type { Loop, Rung } from '#reference';
import type { ClosingMark, DutyMark, Ledger } from './ledger.js';
import type { Entry } from './metric.js';

export const loopOfRung = (rung: Rung | null): Loop | null => (rung === null ? null : loopOf(rung));

/** The closing that holds: of the round that the incident is in. */
export const closingOf = ({ closings, round }: Ledger): ClosingMark | null => {
  const last = closings.at(-1);
  return last?.round === round ? last : null;
};

/** 自行处置 Closed at once by its finder, and still so: a family of its own, so that easy finds dilute no other figure. */
export const isSelfHandled = (ledger: Ledger): boolean => closingOf(ledger)?.kind === 'self-handled';

/** The end-to-end clock of the reporter, which never restarts. */
export const wholeDuty = ({ duties }: Ledger): DutyMark | null => duties.find(({ clock }) => clock === 'citizen') ?? null;

const presentOnly = (position: number | undefined): readonly number[] => (position === undefined ? [] : [position]);

export const positionsOf = (duty: DutyMark): readonly number[] => [
  duty.startPosition, ...presentOnly(duty.breachPosition), ...presentOnly(duty.endPosition), ...presentOnly(duty.exemptionPosition),
];

/** Clocks that stop when the incident climbs. */
const stoppedByClimb: readonly ClockName[] = ['dispatch', 'acknowledge', 'contact', 'arrive', 'handle', 'arbitrate'];

const isOverdue = ({ endedAt, pausedAt, breachedAt, dueAt }: DutyMark, at: Instant): boolean => endedAt === undefined && pausedAt === undefined && breachedAt === undefined && dueAt <= at;

/** A limit that passed earlier makes the incident climb, and so ends this duty before its own limit, however late the timer is that records it. */
const climbedBefore = (duty: DutyMark, duties: readonly DutyMark[], at: Instant): boolean =>
  stoppedByClimb.includes(duty.clock) &&
  duties.some((other, index) => other.climbs && isOverdue(other, at) && (other.dueAt < duty.dueAt || (other.dueAt === duty.dueAt && index < duties.indexOf(duty))));

/**
 * The moment at which a duty became late, as of a moment; null when it is not. Of a clock that has ended the log says it; of one that runs
 * it follows from its due time, whether or not a timer has run. A clock that stands still is not late.
 */
export const lateAt = (duty: DutyMark, at: Instant, { duties }: Pick<Ledger, 'duties'>): Instant | null => {
  if (duty.breachedAt !== undefined) return duty.breachedAt;
  return isOverdue(duty, at) && !climbedBefore(duty, duties, at) ? duty.dueAt : null;
};

export const isExempt = (duty: DutyMark | null): boolean => duty?.exemptionPosition !== undefined;

/** One entry of an incident that was filed, in the period of its filing. */
export const filedEntry = ({ filed, accountableUnit }: Ledger, hits: readonly { readonly position: number }[], more: Partial<Entry> = {}): readonly Entry[] =>
  filed === null
    ? []
    : [{
        at: filed.at, rung: filed.rung, loop: loopOf(filed.rung), unit: accountableUnit, value: hits.length > 0 ? 1 : 0, exempt: false,
        positions: [filed.position, ...hits.map(({ position }) => position)], ...more,
      }];
