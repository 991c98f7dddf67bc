import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClockChange, IncidentEvent } from '#events';
import { fromIso, hour, minute } from '#kernel';
import { monday9, plainCalendar, smallPolicy } from '#scenario';
import { consumedAt, extendClock, pauseClock, resumeClock, startClock } from './clock.js';
import type { RunningClock } from './clock.js';
import { evolveClocks, nextMoment, noClocks } from './clock-fold.js';
import { deadlineChangesOf } from './deadline-changes.js';
import { timeBetween } from './work-time.js';

const reckoning = { policy: smallPolicy, calendar: plainCalendar };
const started = startClock(
  { clockId: 'handle:1', clock: 'handle', unit: 'u', rung: 'street', limit: { amount: 10, unit: 'working-hour' }, climbs: true },
  monday9,
  reckoning,
);
const fact = (...clocks: ClockChange[]): IncidentEvent => ({ type: 'Accepted', data: { incidentId: 'i', round: 1, unit: 'u', clocks } });
const clockAfter = (...changes: ClockChange[]): RunningClock => {
  const clock = changes.reduce((clocks, change) => evolveClocks(clocks, fact(change)), noClocks).get('handle:1');
  if (!clock) throw new Error('no clock');
  return clock;
};

describe('a clock', () => {
  it('warns at 80 %, is due at 100 % and seriously late at 150 % of its limit', () => {
    // Monday 09:00 + 8, 10 and 15 working hours, in Shanghai time.
    expect([started.warnAt, started.dueAt, started.seriousAt].map((iso) => fromIso(iso))).toEqual(
      ['2026-03-03T09:00', '2026-03-03T11:00', '2026-03-03T18:00'].map((text) => fromIso(`${text}:00.000+08:00`)),
    );
  });

  it('stands still while paused and goes on with exactly what remained', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 20_000 }), (usedMinutes, pausedMinutes) => {
        const pausedAt = monday9 + usedMinutes * minute;
        const resumedAt = pausedAt + pausedMinutes * minute;
        const running = clockAfter(started);
        const paused = clockAfter(started, pauseClock(running, pausedAt, plainCalendar));
        const resumed = clockAfter(started, pauseClock(running, pausedAt, plainCalendar), resumeClock(paused, resumedAt, reckoning));
        const consumed = timeBetween(plainCalendar, 'working', monday9, pausedAt);
        expect(paused.consumedMs).toBe(consumed);
        expect(consumedAt(resumed, Math.max(resumed.dueAt, resumedAt), plainCalendar)).toBe(Math.max(10 * hour, consumed));
        // Invariant 18: suspending and resuming moves the due time by exactly the working time that was paused.
        if (consumed < 10 * hour) expect(timeBetween(plainCalendar, 'working', running.dueAt, resumed.dueAt)).toBe(timeBetween(plainCalendar, 'working', pausedAt, resumedAt));
      }),
    );
  });

  it('moves its due time by what an extension adds', () => {
    const extended = clockAfter(started, extendClock(clockAfter(started), 5 * hour, reckoning));
    expect(timeBetween(plainCalendar, 'working', clockAfter(started).dueAt, extended.dueAt)).toBe(5 * hour);
  });

  it('has its earliest unrecorded moment next', () => {
    const clocks = evolveClocks(noClocks, fact(started));
    expect(nextMoment(clocks)?.moment).toBe('warn');
    const warned = evolveClocks(clocks, { type: 'DeadlineWarned', data: { incidentId: 'i', round: 1, clockId: 'handle:1', clock: 'handle', unit: 'u', rung: 'street', passedAt: started.warnAt } });
    expect(nextMoment(warned)?.moment).toBe('due');
    expect(nextMoment(evolveClocks(warned, fact({ change: 'stop', clockId: 'handle:1' })))).toBeNull();
  });

  it('tells the index its three moments when it starts and none when it stops', () => {
    expect(deadlineChangesOf('s', fact(started))).toEqual([
      { stream: 's', clockId: 'handle:1', pending: [
        { moment: 'warn', at: fromIso(started.warnAt) }, { moment: 'due', at: fromIso(started.dueAt) }, { moment: 'serious', at: fromIso(started.seriousAt) },
      ] },
    ]);
    expect(deadlineChangesOf('s', fact({ change: 'stop', clockId: 'handle:1' }))).toEqual([{ stream: 's', clockId: 'handle:1', pending: [] }]);
  });
});
