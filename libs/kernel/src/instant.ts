/** 时刻 A moment as whole milliseconds since 1970-01-01T00:00:00Z. Arithmetic uses this; everything stored uses `Iso`. */
export type Instant = number;

/** 时刻(书面) The same moment as people and auditors read it: UTC, three decimals, `2026-11-23T03:30:00.000Z`. */
export type Iso = string;

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;

export const toIso = (instant: Instant): Iso => new Date(instant).toISOString();

/** Reads a moment that this engine wrote. Use `parseIso` for what comes from outside. */
export const fromIso = (iso: Iso): Instant => Date.parse(iso);

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
