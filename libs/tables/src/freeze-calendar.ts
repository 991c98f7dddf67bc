import chineseDays from 'chinese-days';
import type { WorkCalendar } from '#reference';

const dayMs = 86_400_000;

interface YearDays {
  readonly holidays: readonly string[];
  readonly makeUpWorkdays: readonly string[];
}

/** The days of a year on which the State Council's notice departs from the weekly pattern. */
const departuresOf = (year: number): YearDays => {
  const holidays: string[] = [];
  const makeUpWorkdays: string[] = [];
  for (let instant = Date.UTC(year, 0, 1); instant < Date.UTC(year + 1, 0, 1); instant += dayMs) {
    const date = new Date(instant).toISOString().slice(0, 10);
    const weekday = new Date(instant).getUTCDay();
    const usuallyWorked = weekday >= 1 && weekday <= 5;
    if (usuallyWorked && !chineseDays.isWorkday(date)) holidays.push(date);
    if (!usuallyWorked && chineseDays.isWorkday(date)) makeUpWorkdays.push(date);
  }
  return { holidays, makeUpWorkdays };
};

/**
 * 工作日历 Freezes what the `chinese-days` library knows about the statutory holidays 法定节假日 and make-up workdays 调休 of some years, on
 * Shanghai's usual windows. The notice for a year comes out in the autumn before it, so the last years asked for may be unknown yet:
 * the calendar ends with the last year that is known, and `knownTo` says so.
 */
export const freezeCalendar = (version: string, fromYear: number, toYear: number): WorkCalendar => {
  const years: YearDays[] = [];
  for (let year = fromYear; year <= toYear; year += 1) {
    const departures = departuresOf(year);
    // No year goes without a weekday off; a year that seems to is one whose notice the library has not got.
    if (departures.holidays.length === 0) break;
    years.push(departures);
  }
  if (years.length === 0) throw new RangeError(`the chinese-days library does not know the holidays of ${fromYear}`);
  return {
    version,
    utcOffsetMinutes: 480,
    windows: [{ fromMinute: 480, toMinute: 720 }, { fromMinute: 840, toMinute: 1_080 }],
    weekdays: [1, 2, 3, 4, 5],
    holidays: years.flatMap((year) => year.holidays),
    makeUpWorkdays: years.flatMap((year) => year.makeUpWorkdays),
    knownFrom: `${fromYear}-01-01`,
    knownTo: `${fromYear + years.length - 1}-12-31`,
  };
};
