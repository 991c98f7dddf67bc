import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { day, fromIso, hour, minute, parseIso, second, toIso } from './instant.js';

describe('a moment from outside', () => {
  it('is a real date with a zone', () => {
    expect(parseIso('2026-03-02T09:00:00+08:00')).toBe(fromIso('2026-03-02T01:00:00.000Z'));
    expect(parseIso('2024-02-29T00:00:00Z')).toBe(fromIso('2024-02-29T00:00:00.000Z'));
    expect(parseIso('2026-03-02T09:00:00.5Z')).toBe(fromIso('2026-03-02T09:00:00.500Z'));
  });

  it('is refused when the day does not exist, the zone is missing or anything else is said', () => {
    const wrong = [
      '2026-02-30T00:00:00Z', '2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-10T00:00:00Z', '2026-04-31T12:00:00+08:00', '2026-03-02T25:00:00Z', '2026-03-02T09:60:00Z',
      '2026-03-02T09:00:00', '2026-03-02', '09:00', 'yesterday', '', '2026-03-02T09:00:00+0800', '2026-03-02T09:00:00.1234Z', ' 2026-03-02T09:00:00Z', '2026-03-02T09:00:00+99:00',
    ];
    expect(wrong.filter((text) => parseIso(text) !== null)).toEqual([]);
  });

  it('reads back what the engine writes, to the millisecond', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: fromIso('2100-01-01T00:00:00.000Z') }), (instant) => expect([parseIso(toIso(instant)), fromIso(toIso(instant))]).toEqual([instant, instant])));
  });

  it('is written by the short way as by the long one, whenever it is', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => expect(toIso(date.getTime())).toBe(date.toISOString())),
      { numRuns: 3_000 },
    );
    const edges = [0, 1, 59_999, 86_399_999, 86_400_000, fromIso('9999-12-31T23:59:59.999Z'), fromIso('9999-12-31T23:59:59.999Z') + 1, -1, 1.5];
    expect(edges.map(toIso)).toEqual(edges.map((instant) => new Date(instant).toISOString()));
    expect(() => toIso(Number.NaN)).toThrow(RangeError);
  });

  it('is read by the short way as by the long one, whenever it is', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1900-01-01T00:00:00.000Z'), max: new Date('2199-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) => {
        expect(fromIso(date.toISOString())).toBe(date.getTime());
      }),
      { numRuns: 2_000 },
    );
    expect(fromIso('2024-02-29T23:59:59.999Z')).toBe(Date.UTC(2024, 1, 29, 23, 59, 59, 999));
    expect(fromIso('2026-11-23T11:30:00+08:00')).toBe(Date.UTC(2026, 10, 23, 3, 30));
  });

  it('sorts as text as it sorts as time', () => {
    const instant = fc.integer({ min: 0, max: fromIso('2100-01-01T00:00:00.000Z') });
    fc.assert(fc.property(instant, instant, (a, b) => expect(Math.sign(a - b)).toBe(toIso(a) < toIso(b) ? -1 : toIso(a) > toIso(b) ? 1 : 0)));
  });

  it('counts in milliseconds', () => expect([second, minute, hour, day]).toEqual([1_000, 60_000, 3_600_000, 86_400_000]));
});
