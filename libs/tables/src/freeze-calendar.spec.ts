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

  it('ends with the last year whose holidays are known', () => {
    const calendar = freezeCalendar('k', 2024, 2099);
    expect(Number(calendar.knownTo.slice(0, 4))).toBeGreaterThanOrEqual(2026);
    expect(calendar.holidays.every((day) => day <= calendar.knownTo)).toBe(true);
    expect(calendar.knownTo < '2099').toBe(true);
  });

  it('refuses to make up a calendar of unknown years', () => {
    expect(() => freezeCalendar('k', 2099, 2099)).toThrow(RangeError);
  });
});
