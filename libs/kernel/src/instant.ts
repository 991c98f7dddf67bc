/** 时刻 A moment as whole milliseconds since 1970-01-01T00:00:00Z. Arithmetic uses this; everything stored uses `Iso`. */
export type Instant = number;

/** 时刻(书面) The same moment as people and auditors read it: UTC, three decimals, `2026-11-23T03:30:00.000Z`. */
export type Iso = string;

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;

export const toIso = (instant: Instant): Iso => new Date(instant).toISOString();

const digits = (text: string, from: number, count: number): number => {
  let number = 0;
  for (let at = from; at < from + count; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
};

/** Days from 1970-01-01 to a day of the proleptic Gregorian calendar, the year reckoned from March (Richards). */
const daysTo = (year: number, month: number, day: number): number => {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + day - 719_469;
};

/**
 * Reads a moment that this engine wrote. Use `parseIso` for what comes from outside. Ten times as fast as the general way for the form
 * that everything is written in: whoever folds facts reads a dozen of them for each.
 */
export const fromIso = (iso: Iso): Instant =>
  iso.length === 24 && iso.endsWith('Z')
    ? daysTo(digits(iso, 0, 4), digits(iso, 5, 2), digits(iso, 8, 2)) * 86_400_000 +
      digits(iso, 11, 2) * 3_600_000 + digits(iso, 14, 2) * 60_000 + digits(iso, 17, 2) * 1_000 + digits(iso, 20, 3)
    : Date.parse(iso);

/** Reads a moment from outside; null for anything that is not a real date with a zone (30 February is none). */
export const parseIso = (text: string): Instant | null => {
  if (!isoPattern.test(text)) return null;
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) return null;
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  const roundTrip = new Date(Date.UTC(year, month - 1, day));
  return roundTrip.getUTCMonth() === month - 1 && roundTrip.getUTCDate() === day ? instant : null;
};

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
