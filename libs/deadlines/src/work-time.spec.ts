import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromIso, hour, minute, toIso } from '#kernel';
import type { TimeLimit, WorkCalendar } from '#reference';
import { plainCalendar } from '#scenario';
import { addTime, spanOf, timeBetween } from './work-time.js';

const shanghai = (text: string): number => fromIso(`${text}:00.000+08:00`);
const due = (calendar: WorkCalendar, from: string, limit: TimeLimit): string => {
  const { kind, ms } = spanOf(limit, 8);
  return toIso(addTime(calendar, kind, shanghai(from), ms) + 8 * hour).slice(0, 16);
};
const makeUpSaturday: WorkCalendar = { ...plainCalendar, version: 'make-up', makeUpWorkdays: ['2026-03-07'] };

describe('golden vectors of the work calendar 工作日历', () => {
  // 2026-03-06 is a Friday.
  const vectors: readonly (readonly [string, WorkCalendar, string, TimeLimit, string])[] = [
    ['Friday 17:30 + 4 工作时 is Monday 11:30', plainCalendar, '2026-03-06T17:30', { amount: 4, unit: 'working-hour' }, '2026-03-09T11:30'],
    ['… or Saturday 11:30 when that Saturday is 调休', makeUpSaturday, '2026-03-06T17:30', { amount: 4, unit: 'working-hour' }, '2026-03-07T11:30'],
    ['Friday 23:00 + 2 紧急工作时 is Saturday 01:00', plainCalendar, '2026-03-06T23:00', { amount: 2, unit: 'continuous-hour' }, '2026-03-07T01:00'],
    ['1 工作日 is 8 工作时', plainCalendar, '2026-03-02T09:00', { amount: 1, unit: 'working-day' }, '2026-03-03T09:00'],
    ['25 工作日 overflow nothing', plainCalendar, '2026-03-02T09:00', { amount: 25, unit: 'working-day' }, '2026-04-06T09:00'],
    ['3 自然日 count weekends', plainCalendar, '2026-03-06T17:30', { amount: 3, unit: 'calendar-day' }, '2026-03-09T17:30'],
    ['a limit that ends with the working day is due at its closing bell', plainCalendar, '2026-03-02T14:00', { amount: 4, unit: 'working-hour' }, '2026-03-02T18:00'],
    ['a start in the lunch break counts from 14:00', plainCalendar, '2026-03-02T13:00', { amount: 1, unit: 'working-hour' }, '2026-03-02T15:00'],
    ['a start at night counts from the next morning', plainCalendar, '2026-03-02T20:00', { amount: 1, unit: 'working-hour' }, '2026-03-03T09:00'],
    ['a holiday is skipped', { ...plainCalendar, version: 'holiday', holidays: ['2026-03-03'] }, '2026-03-02T17:00', { amount: 2, unit: 'working-hour' }, '2026-03-04T09:00'],
  ];

  for (const [name, calendar, from, limit, expected] of vectors) it(name, () => expect(due(calendar, from, limit)).toBe(expected));

  it('a unit of 6 工作时 to the 工作日 is a constant of the policy, not of the code', () => {
    expect(spanOf({ amount: 2, unit: 'working-day' }, 6)).toEqual({ kind: 'working', ms: 12 * hour });
  });
});

describe('adding and measuring time', () => {
  const moment = fc.integer({ min: shanghai('2026-01-01T00:00'), max: shanghai('2026-12-01T00:00') });
  const length = fc.integer({ min: 0, max: 400 * 60 }).map((minutes) => minutes * minute);

  it('measures exactly what was added, for both kinds of time', () => {
    fc.assert(
      fc.property(moment, length, fc.constantFrom('working' as const, 'continuous' as const), (from, ms, kind) => {
        expect(timeBetween(makeUpSaturday, kind, from, addTime(makeUpSaturday, kind, from, ms))).toBe(ms);
      }),
    );
  });

  it('adds in parts what it adds at once', () => {
    fc.assert(
      fc.property(moment, length, length, (from, a, b) => {
        expect(addTime(plainCalendar, 'working', addTime(plainCalendar, 'working', from, a), b)).toBe(addTime(plainCalendar, 'working', from, a + b));
      }),
      { examples: [[shanghai('2026-03-02T14:00'), 4 * hour, minute]] },
    );
  });

  it('another holiday only ever moves a due time later', () => {
    fc.assert(
      fc.property(moment, length, fc.integer({ min: 0, max: 364 }), (from, ms, dayOfYear) => {
        const holiday = new Date(Date.UTC(2026, 0, 1 + dayOfYear)).toISOString().slice(0, 10);
        const calendar = { ...plainCalendar, version: 'more', holidays: [holiday] };
        expect(addTime(calendar, 'working', from, ms)).toBeGreaterThanOrEqual(addTime(plainCalendar, 'working', from, ms));
      }),
    );
  });

  it('refuses a calendar without working time', () => {
    expect(() => addTime({ ...plainCalendar, version: 'none', weekdays: [] }, 'working', 0, 1)).toThrow('no working time');
  });
});
