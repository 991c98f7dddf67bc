import type { ClockChange, IncidentEvent } from '#events';
import { fromIso } from '#kernel';
import type { DeadlineMoment, Instant } from '#kernel';
import type { RunningClock } from './clock.js';

/** The clocks of one incident by id, in the order of their start. Never changed in place. */
export type Clocks = ReadonlyMap<string, RunningClock>;

export const noClocks: Clocks = new Map();

const applied = (clock: RunningClock | undefined, change: ClockChange): RunningClock => {
  if (change.change === 'start') {
    return {
      clockId: change.clockId, clock: change.clock, unit: change.unit, rung: change.rung, limit: change.limit,
      calendarVersion: change.calendarVersion, climbs: change.climbs, subject: change.subject ?? null, status: 'running',
      startedAt: fromIso(change.startedAt), warnAt: fromIso(change.warnAt), dueAt: fromIso(change.dueAt), seriousAt: fromIso(change.seriousAt),
      durationMs: change.durationMs, consumedMs: change.consumedMs, warned: false, breached: false, seriouslyBreached: false,
    };
  }
  if (!clock) throw new Error(`clock ${change.clockId} changes before it was started`);
  switch (change.change) {
    case 'stop':
      return { ...clock, status: 'stopped' };
    case 'pause':
      return { ...clock, status: 'paused', consumedMs: change.consumedMs };
    case 'resume':
    case 'extend':
      return {
        ...clock, status: 'running', startedAt: fromIso(change.startedAt), warnAt: fromIso(change.warnAt), dueAt: fromIso(change.dueAt),
        seriousAt: fromIso(change.seriousAt), durationMs: change.durationMs, consumedMs: change.consumedMs,
      };
  }
};

const passedField = { DeadlineWarned: 'warned', DeadlineBreached: 'breached', DeadlineSeriouslyBreached: 'seriouslyBreached' } as const;

/** Folds one fact into the clocks of its incident. */
export const evolveClocks = (clocks: Clocks, event: IncidentEvent): Clocks => {
  if ('clocks' in event.data) {
    if (event.data.clocks.length === 0) return clocks;
    const next = new Map(clocks);
    for (const change of event.data.clocks) next.set(change.clockId, applied(next.get(change.clockId), change));
    return next;
  }
  if (event.type === 'DeadlineWarned' || event.type === 'DeadlineBreached' || event.type === 'DeadlineSeriouslyBreached') {
    const clock = clocks.get(event.data.clockId);
    if (!clock) throw new Error(`clock ${event.data.clockId} passes a moment before it was started`);
    return new Map(clocks).set(clock.clockId, { ...clock, [passedField[event.type]]: true });
  }
  return clocks;
};

export interface ClockMoment {
  readonly clock: RunningClock;
  readonly moment: DeadlineMoment;
  readonly at: Instant;
}

/** Moments of one clock that are not recorded as passed yet, in the order in which they pass. */
export const pendingMoments = (clock: RunningClock): readonly ClockMoment[] => {
  if (clock.status !== 'running') return [];
  const moments: ClockMoment[] = [];
  // The end of a suspension is one moment: there is nobody to warn and nobody who is late.
  if (clock.clock === 'suspension') return [{ clock, moment: 'due', at: clock.dueAt }];
  if (!clock.warned && !clock.breached) moments.push({ clock, moment: 'warn', at: clock.warnAt });
  if (!clock.breached) moments.push({ clock, moment: 'due', at: clock.dueAt });
  if (!clock.seriouslyBreached) moments.push({ clock, moment: 'serious', at: clock.seriousAt });
  return moments;
};

const order: Readonly<Record<DeadlineMoment, number>> = { warn: 0, due: 1, serious: 2 };

/** 下一时限 The earliest moment that has not been recorded, over all clocks; null when nothing runs. Ties go by clock, then by moment. */
export const nextMoment = (clocks: Clocks): ClockMoment | null => {
  let next: ClockMoment | null = null;
  for (const clock of clocks.values()) {
    for (const candidate of pendingMoments(clock)) {
      if (!next || candidate.at < next.at || (candidate.at === next.at && candidate.clock === next.clock && order[candidate.moment] < order[next.moment])) {
        next = candidate;
      }
    }
  }
  return next;
};
