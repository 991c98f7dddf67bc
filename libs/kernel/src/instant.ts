/** 时刻 A moment as whole milliseconds since 1970-01-01T00:00:00Z. Arithmetic uses this; everything stored uses `Iso`. */
export type Instant = number;

/** 时刻(书面) The same moment as people and auditors read it: UTC, three decimals, `2026-11-23T03:30:00.000Z`. */
export type Iso = string;

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;

const dayMs = 86_400_000;
const yearTenThousand = 253_402_300_800_000;
const padded = (count: number, width: number): readonly string[] => Array.from({ length: count }, (_none, number) => String(number).padStart(width, '0'));
const [two, three] = [padded(60, 2), padded(1_000, 3)];
/** Beginnings of texts by day, as far as they were wanted: nearly every moment lies on a day that was written just before. */
const dates = new Map<number, string>();
const datesMost = 1_000;

const dateOf = (daysSince: number): string => {
  const known = dates.get(daysSince);
  if (known !== undefined) return known;
  const date = new Date(daysSince * dayMs).toISOString().slice(0, 11);
  if (dates.size >= datesMost) dates.clear();
  dates.set(daysSince, date);
  return date;
};

/** Writes a moment. Several times as fast as the general way, which is a tenth of what a command costs: every decision writes a handful. Throws for what is no moment. */
export const toIso = (instant: Instant): Iso => {
  if (!Number.isInteger(instant) || instant < 0 || instant >= yearTenThousand) return new Date(instant).toISOString();
  const daysSince = Math.floor(instant / dayMs);
  const ms = instant - daysSince * dayMs;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return `${dateOf(daysSince)}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds % 60]}.${three[ms % 1_000]}Z`;
};

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
