import type { ClockMoved, ClockPaused, ClockStarted } from '#events';
import { toIso } from '#kernel';
import type { Instant } from '#kernel';
import type { ClockName, Policy, Rung, TimeLimit, WorkCalendar } from '#reference';
import { addTime, spanOf, timeBetween } from './work-time.js';
import type { TimeKind } from './work-time.js';

/** What deadlines are reckoned by: both are pinned by the incident once it is filed. */
export interface Reckoning {
  readonly policy: Policy;
  readonly calendar: WorkCalendar;
}

/** A clock to be started. */
export interface NewClock {
  readonly clockId: string;
  readonly clock: ClockName;
  readonly unit: string;
  readonly rung: Rung;
  readonly limit: TimeLimit;
  readonly climbs: boolean;
  readonly subject?: string;
}

/** The moments of a clock that has used `consumedMs` of `durationMs` at `from`. Moments already behind it fall on `from`. */
const momentsOf = (calendar: WorkCalendar, kind: TimeKind, from: Instant, durationMs: number, consumedMs: number, policy: Policy) => {
  const at = (part: number): string => toIso(addTime(calendar, kind, from, Math.round(durationMs * part) - consumedMs));
  return { startedAt: toIso(from), warnAt: at(policy.warnAt), dueAt: at(1), seriousAt: at(policy.seriousAt), durationMs, consumedMs };
};

/** 起算 Starts a clock at a moment. */
export const startClock = (clock: NewClock, from: Instant, { policy, calendar }: Reckoning): ClockStarted => {
  const span = spanOf(clock.limit, policy.hoursPerWorkingDay);
  return {
    change: 'start',
    clockId: clock.clockId,
    clock: clock.clock,
    unit: clock.unit,
    rung: clock.rung,
    limit: clock.limit,
    calendarVersion: calendar.version,
    ...momentsOf(calendar, span.kind, from, span.ms, 0, policy),
    climbs: clock.climbs,
    ...(clock.subject === undefined ? {} : { subject: clock.subject }),
  };
};

/** A clock as the fold of its changes. */
export interface RunningClock {
  readonly clockId: string;
  readonly clock: ClockName;
  readonly unit: string;
  readonly rung: Rung;
  readonly limit: TimeLimit;
  readonly calendarVersion: string;
  readonly climbs: boolean;
  readonly subject: string | null;
  readonly status: 'running' | 'paused' | 'stopped';
  readonly startedAt: Instant;
  readonly warnAt: Instant;
  readonly dueAt: Instant;
  readonly seriousAt: Instant;
  readonly durationMs: number;
  /** Used before `startedAt`. */
  readonly consumedMs: number;
  /** Moments that are already recorded as passed. */
  readonly warned: boolean;
  readonly breached: boolean;
  readonly seriouslyBreached: boolean;
}

const kindOf = (limit: TimeLimit): TimeKind => (limit.unit === 'working-hour' || limit.unit === 'working-day' ? 'working' : 'continuous');

/** What a clock has used up at a moment, in milliseconds of its own kind of time. */
export const consumedAt = (clock: RunningClock, now: Instant, calendar: WorkCalendar): number =>
  clock.status === 'running' ? clock.consumedMs + timeBetween(calendar, kindOf(clock.limit), clock.startedAt, now) : clock.consumedMs;

/** 暂停 Time stands still from `now` on. */
export const pauseClock = (clock: RunningClock, now: Instant, calendar: WorkCalendar): ClockPaused => ({
  change: 'pause',
  clockId: clock.clockId,
  consumedMs: consumedAt(clock, now, calendar),
});

/** 续 A paused clock goes on from a moment with what remained of it. */
export const resumeClock = (clock: RunningClock, from: Instant, { policy, calendar }: Reckoning): ClockMoved => ({
  change: 'resume',
  clockId: clock.clockId,
  ...momentsOf(calendar, kindOf(clock.limit), from, clock.durationMs, clock.consumedMs, policy),
});

/** 延期 The limit of a running clock grows by `addedMs` of its own kind of time. */
export const extendClock = (clock: RunningClock, addedMs: number, { policy, calendar }: Reckoning): ClockMoved => ({
  change: 'extend',
  clockId: clock.clockId,
  ...momentsOf(calendar, kindOf(clock.limit), clock.startedAt, clock.durationMs + addedMs, clock.consumedMs, policy),
});
