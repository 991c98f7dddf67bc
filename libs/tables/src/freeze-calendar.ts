import chineseDays from 'chinese-days';
import type { WorkCalendar } from '#reference';

const dayMs = 86_400_000;

interface YearDays {
  readonly holidays: readonly string[];
  readonly makeUpWorkdays: readonly string[];
}

const dayAt = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
const isWeekday = (day: string): boolean => ![0, 6].includes(new Date(day).getUTCDay());

/** The days of a year on which the State Council's notice departs from the weekly pattern. */
const departuresOf = (year: number): YearDays => {
  const holidays: string[] = [];
  const makeUpWorkdays: string[] = [];
  for (let instant = Date.UTC(year, 0, 1); instant < Date.UTC(year + 1, 0, 1); instant += dayMs) {
    const date = dayAt(instant);
    if (isWeekday(date) && !chineseDays.isWorkday(date)) holidays.push(date);
    if (!isWeekday(date) && chineseDays.isWorkday(date)) makeUpWorkdays.push(date);
  }
  return { holidays, makeUpWorkdays };
};

const monthDay = (year: number, month: number, day: number): string => dayAt(Date.UTC(year, month - 1, day));

/**
 * The days of a year that the law itself makes holidays for everybody, whatever a notice will add: 全国年节及纪念日放假办法, article 2, as in force since
 * 2025-01-01 (国务院令第795号). Days of the moon and the solar term are reckoned by the library.
 */
const lawfulDaysOf = (year: number): readonly string[] => {
  const moonDay = (month: number, day: number): string => chineseDays.getSolarDateFromLunar(`${year}-${month}-${day}`).date;
  const newYear = Date.parse(moonDay(1, 1));
  const springFestival = [-1, 0, 1, 2].map((days) => dayAt(newYear + days * dayMs));
  const tombSweeping = chineseDays.getSolarTerms(monthDay(year, 4, 3), monthDay(year, 4, 6)).filter(({ term }) => term === 'pure_brightness').map(({ date }) => date);
  return [
    monthDay(year, 1, 1), ...springFestival, ...tombSweeping, monthDay(year, 5, 1), monthDay(year, 5, 2), moonDay(5, 5), moonDay(8, 15),
    monthDay(year, 10, 1), monthDay(year, 10, 2), monthDay(year, 10, 3),
  ];
};

/**
 * 工作日历 Freezes what the `chinese-days` library knows about the statutory holidays 法定节假日 and make-up workdays 调休 of some years, on
 * Shanghai's usual windows. The notice for a year comes out in the autumn before it, so the last years asked for may be unknown yet: `knownTo` says
 * with which year both lists end. Of the year after it the holidays that the law names are there already, so that nobody is late by New
 * Year's Day; which days are given in place of a weekend, and which are worked for them, only the notice says.
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
  const after = fromYear + years.length;
  return {
    version,
    utcOffsetMinutes: 480,
    windows: [{ fromMinute: 480, toMinute: 720 }, { fromMinute: 840, toMinute: 1_080 }],
    weekdays: [1, 2, 3, 4, 5],
    holidays: [...years.flatMap((year) => year.holidays), ...(after <= toYear ? lawfulDaysOf(after).filter(isWeekday).toSorted() : [])],
    makeUpWorkdays: years.flatMap((year) => year.makeUpWorkdays),
    knownFrom: `${fromYear}-01-01`,
    knownTo: `${after - 1}-12-31`,
  };
};
