import { describe, expect, it } from '@jest/globals';
import { freezeCalendar } from './index.js';

describe('freezing the work calendar', () => {
  it('takes the holidays that fall on weekdays and the weekend days that are worked for them', () => {
    const calendar = freezeCalendar('k', 2025, 2025);
    expect(calendar.holidays).toEqual(expect.arrayContaining(['2025-01-01', '2025-01-28', '2025-10-08']));
    expect(calendar.holidays).not.toContain('2025-10-04');
    expect(calendar.makeUpWorkdays).toEqual(['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11']);
    expect([calendar.knownFrom, calendar.knownTo]).toEqual(['2025-01-01', '2025-12-31']);
  });

  it('ends with the last year whose notice is known, and has of the next what the law alone says', () => {
    const calendar = freezeCalendar('k', 2024, 2099);
    const last = Number(calendar.knownTo.slice(0, 4));
    expect(last).toBeGreaterThanOrEqual(2026);
    expect(last).toBeLessThan(2099);
    expect(calendar.makeUpWorkdays.every((day) => day <= calendar.knownTo)).toBe(true);
    const beyond = calendar.holidays.filter((day) => day > calendar.knownTo);
    expect(beyond.length).toBeGreaterThanOrEqual(5);
    expect(beyond.every((day) => day.startsWith(`${last + 1}-`))).toBe(true);
  });

  it.each([
    // The law as in force since 2025, on the days of the week in between; the notices of these years name all of them.
    [2025, ['2025-01-01', '2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31', '2025-04-04', '2025-05-01', '2025-05-02', '2025-10-01', '2025-10-02', '2025-10-03', '2025-10-06']],
    [2026, ['2026-01-01', '2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19', '2026-05-01', '2026-06-19', '2026-09-25', '2026-10-01', '2026-10-02']],
  ])('finds the days of the law in the notice of %i', (year, lawful) => {
    expect(freezeCalendar('k', year, year).holidays).toEqual(expect.arrayContaining(lawful));
  });

  it('knows the days of the law in 2027: New Year, the eve and the third day of the first moon, Qingming, the fifth day of the fifth moon, mid-autumn, the National Day', () => {
    const beyond2026 = freezeCalendar('k', 2024, 2027).holidays.filter((day) => day.startsWith('2027'));
    expect(beyond2026).toEqual(expect.arrayContaining(['2027-01-01', '2027-02-05', '2027-02-08', '2027-04-05', '2027-06-09', '2027-09-15', '2027-10-01']));
  });

  it('refuses to make up a calendar of unknown years', () => {
    expect(() => freezeCalendar('k', 2099, 2099)).toThrow(RangeError);
  });
});
