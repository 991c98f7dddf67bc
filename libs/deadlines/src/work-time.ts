import { day, hour, minute } from '#kernel';
import type { Instant } from '#kernel';
import type { TimeLimit, WorkCalendar } from '#reference';

/** Two kinds of time: every hour counts, or only the hours of the work calendar. */
export type TimeKind = 'continuous' | 'working';

/** A length of one kind of time, in milliseconds of that kind. */
export interface Span {
  readonly kind: TimeKind;
  readonly ms: number;
}

/**
 * 时限换算 紧急工作时 and 自然日 count every hour, 工作时 and 工作日 only working ones; a 工作日 has `hoursPerWorkingDay` 工作时
 * (domain page, section 5). Milliseconds stay exact far beyond 25 工作日: they are whole numbers below 2^53.
 */
export const spanOf = (limit: TimeLimit, hoursPerWorkingDay: number): Span => {
  switch (limit.unit) {
    case 'continuous-hour':
      return { kind: 'continuous', ms: Math.round(limit.amount * hour) };
    case 'calendar-day':
      return { kind: 'continuous', ms: Math.round(limit.amount * day) };
    case 'working-hour':
      return { kind: 'working', ms: Math.round(limit.amount * hour) };
    case 'working-day':
      return { kind: 'working', ms: Math.round(limit.amount * hoursPerWorkingDay * hour) };
  }
};

/** Working windows of one day in milliseconds after its local midnight. */
interface DayPlan {
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  readonly total: number;
}

const restDay: DayPlan = { windows: [], total: 0 };

/** Looks days up by their number since 1970-01-01, local time. */
class DayBook {
  private readonly workday: DayPlan;
  private readonly holidays: ReadonlySet<number>;
  private readonly makeUpWorkdays: ReadonlySet<number>;
  private readonly weekdays: ReadonlySet<number>;
  readonly offset: number;

  constructor(calendar: WorkCalendar) {
    const windows = [...calendar.windows]
      .sort((a, b) => a.fromMinute - b.fromMinute)
      .map(({ fromMinute, toMinute }) => ({ from: fromMinute * minute, to: toMinute * minute }));
    this.workday = { windows, total: windows.reduce((sum, { from, to }) => sum + to - from, 0) };
    const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / day;
    this.holidays = new Set(calendar.holidays.map(dayNumber));
    this.makeUpWorkdays = new Set(calendar.makeUpWorkdays.map(dayNumber));
    this.weekdays = new Set(calendar.weekdays);
    this.offset = calendar.utcOffsetMinutes * minute;
    if (this.workday.total <= 0 || this.weekdays.size === 0) throw new Error(`calendar "${calendar.version}" has no working time`);
  }

  plan(dayNumber: number): DayPlan {
    // 1970-01-01 was a Thursday.
    const weekday = (((dayNumber + 4) % 7) + 7) % 7;
    const worked = this.makeUpWorkdays.has(dayNumber) || (this.weekdays.has(weekday) && !this.holidays.has(dayNumber));
    return worked ? this.workday : restDay;
  }
}

const books = new WeakMap<WorkCalendar, DayBook>();
const bookOf = (calendar: WorkCalendar): DayBook => {
  const known = books.get(calendar);
  if (known) return known;
  const book = new DayBook(calendar);
  books.set(calendar, book);
  return book;
};

/** A calendar year of rest days would mean a broken calendar, not a long limit. */
const restDaysMax = 366;

/**
 * The moment at which `ms` milliseconds of a kind of time are used up after `from`. Working time that ends exactly at a closing
 * bell is due then, not at the next morning's opening.
 */
export const addTime = (calendar: WorkCalendar, kind: TimeKind, from: Instant, ms: number): Instant => {
  if (kind === 'continuous' || ms <= 0) return from + Math.max(0, ms);
  const book = bookOf(calendar);
  const local = from + book.offset;
  let dayNumber = Math.floor(local / day);
  let since = local - dayNumber * day;
  let left = ms;
  for (let rest = 0; rest <= restDaysMax; dayNumber += 1, since = 0) {
    const plan = book.plan(dayNumber);
    if (plan.total === 0) {
      rest += 1;
      continue;
    }
    rest = 0;
    if (since === 0 && left > plan.total) {
      left -= plan.total;
      continue;
    }
    for (const { from: opens, to: closes } of plan.windows) {
      const start = Math.max(opens, since);
      if (start >= closes) continue;
      if (left <= closes - start) return dayNumber * day + start + left - book.offset;
      left -= closes - start;
    }
  }
  throw new Error(`calendar "${calendar.version}" has more than ${restDaysMax} days of rest in a row`);
};

/** How much of a kind of time lies between two moments, in milliseconds; 0 when `to` is not after `from`. */
export const timeBetween = (calendar: WorkCalendar, kind: TimeKind, from: Instant, to: Instant): number => {
  if (to <= from) return 0;
  if (kind === 'continuous') return to - from;
  const book = bookOf(calendar);
  const first = from + book.offset;
  const last = to + book.offset;
  let sum = 0;
  for (let dayNumber = Math.floor(first / day); dayNumber * day < last; dayNumber += 1) {
    const midnight = dayNumber * day;
    const plan = book.plan(dayNumber);
    if (first <= midnight && last >= midnight + day) {
      sum += plan.total;
      continue;
    }
    for (const { from: opens, to: closes } of plan.windows) {
      sum += Math.max(0, Math.min(midnight + closes, last) - Math.max(midnight + opens, first));
    }
  }
  return sum;
};
