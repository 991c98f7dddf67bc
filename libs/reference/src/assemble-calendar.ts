import type { JsonField } from './assemble-json.js';
import type { DailyWindow, WorkCalendar } from './calendar.js';

const clockTime = /^([01]\d|2[0-4]):([0-5]\d)$/u;

/** Minutes after midnight of `08:00`; `24:00` is the end of the day. Null for what is no time of a day. */
const minutesOf = (text: string): number | null => {
  const found = clockTime.exec(text);
  const minutes = found ? Number(found[1]) * 60 + Number(found[2]) : 1_441;
  return minutes <= 1_440 ? minutes : null;
};

const readWindow = (field: JsonField): DailyWindow => {
  const { from, to } = field.object(['from', 'to']);
  const [fromMinute, toMinute] = [from, to].map((end) => {
    const text = end.text();
    const minutes = minutesOf(text);
    if (minutes === null && text !== '') end.problem('calendar.unreadable-time', `"${text}" is no time of a day such as 08:00`);
    return minutes;
  }) as [number | null, number | null];
  if (fromMinute === null || toMinute === null) return { fromMinute: 0, toMinute: 1_440 };
  if (fromMinute >= toMinute) field.problem('calendar.empty-window', `the window from ${from.text()} to ${to.text()} is empty`);
  return { fromMinute, toMinute };
};

const readWindows = (field: JsonField): readonly DailyWindow[] => {
  const windows = field.list().map(readWindow);
  if (field.given && windows.length === 0) field.problem('calendar.no-window', 'without a window nobody ever works, and no working hour ever passes');
  windows.forEach((window, index) => {
    const before = windows[index - 1];
    if (before && before.toMinute > window.fromMinute) field.problem('calendar.windows-overlap', `window ${index + 1} starts before window ${index} has ended`);
  });
  return windows;
};

/** Whether `YYYY-MM-DD` is a day that exists. */
const isRealDay = (text: string): boolean => {
  const instant = /^\d{4}-\d{2}-\d{2}$/u.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
};

const weekdayOf = (date: string): number => new Date(Date.parse(`${date}T00:00:00Z`)).getUTCDay();

const readDay = (field: JsonField): string => {
  const text = field.text();
  if (text !== '' && !isRealDay(text)) field.problem('reference.unknown-date', `"${text}" is not a day; write it as 2026-10-01`);
  return isRealDay(text) ? text : '';
};

interface KnownSpan {
  readonly knownFrom: string;
  readonly knownTo: string;
}

/** What is worked instead of another day is said by a notice alone; some holidays are certain before it (the law names them). */
const readDays = (field: JsonField, { knownFrom, knownTo }: KnownSpan, mayLieBehind: boolean): readonly string[] => {
  const days: string[] = [];
  for (const item of field.list()) {
    const day = readDay(item);
    if (day === '') continue;
    if (days.includes(day)) item.problem('reference.duplicate-code', `${day} already stands in this list`);
    if (knownFrom !== '' && knownTo !== '' && (day < knownFrom || (day > knownTo && !mayLieBehind))) {
      item.problem('calendar.outside-known', `${day} lies outside ${knownFrom} to ${knownTo}, for which the days are said to be known`);
    }
    days.push(day);
  }
  return days;
};

const readWeekdays = (field: JsonField): readonly number[] => {
  const weekdays = field.list().map((item) => item.number({ least: 0, most: 6, whole: true }));
  if (new Set(weekdays).size !== weekdays.length) field.problem('reference.duplicate-code', 'a day of the week stands there twice');
  if (field.given && weekdays.length === 0) field.problem('calendar.no-weekday', 'without a weekday that is worked no working day ever passes');
  return weekdays;
};

/** 工作日历 */
export const assembleCalendar = (root: JsonField): WorkCalendar => {
  const fields = root.object(['version', 'utcOffsetMinutes', 'windows', 'weekdays', 'holidays', 'makeUpWorkdays', 'knownFrom', 'knownTo']);
  const span = { knownFrom: readDay(fields.knownFrom), knownTo: readDay(fields.knownTo) };
  if (span.knownFrom !== '' && span.knownTo !== '' && span.knownFrom > span.knownTo) fields.knownTo.problem('calendar.empty-span', 'it lies before knownFrom');
  const weekdays = readWeekdays(fields.weekdays);
  const holidays = readDays(fields.holidays, span, true);
  const makeUpWorkdays = readDays(fields.makeUpWorkdays, span, false);
  for (const day of makeUpWorkdays) {
    if (holidays.includes(day)) fields.makeUpWorkdays.problem('calendar.both-kinds', `${day} is a holiday as well`);
    else if (weekdays.includes(weekdayOf(day))) fields.makeUpWorkdays.problem('calendar.already-worked', `${day} is worked anyway, so it makes up for nothing`);
  }
  return {
    version: fields.version.text(),
    utcOffsetMinutes: fields.utcOffsetMinutes.number({ least: -720, most: 840, whole: true }),
    windows: readWindows(fields.windows),
    weekdays,
    holidays,
    makeUpWorkdays,
    ...span,
  };
};
