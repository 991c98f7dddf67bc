import { Refusal, hour, toIso } from '#kernel';
import type { Instant, Iso } from '#kernel';

/** A reading of a wall clock, without zone. */
interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Tokens of a time format and the digits that each stands for. */
const tokenPatterns: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})', MM: '(?<month>\\d{2})', DD: '(?<day>\\d{2})', HH: '(?<hour24>\\d{2})', hh: '(?<hour12>\\d{2})',
  mm: '(?<minute>\\d{2})', ss: '(?<second>\\d{2})', A: '(?<half>[AaPp][Mm])',
};

export type WallTimeReader = (text: string) => WallTime | null;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');

/** Reads a clock's hour from either way of writing it; null when it is none. */
const hourOf = ({ hour24, hour12, half }: Readonly<Record<string, string | undefined>>): number | null => {
  if (hour24 !== undefined) return Number(hour24) < 24 ? Number(hour24) : null;
  if (hour12 === undefined) return 0;
  const number = Number(hour12);
  if (number < 1 || number > 12) return null;
  return (number % 12) + (half?.toUpperCase() === 'PM' ? 12 : 0);
};

/**
 * Makes a reader for a format of YYYY, MM, DD, HH (00 to 23) or hh with A (AM or PM), mm, ss; everything else stands for itself. The
 * reader gives null for a text in another shape or a day that does not exist.
 * @throws Refusal `mapping.unreadable-format` when the format names no complete date, or hh without A
 */
export const wallTimeReader = (format: string): WallTimeReader => {
  const tokens: readonly string[] = format.match(/YYYY|MM|DD|HH|hh|mm|ss|A|[^YMDHhmsA]+/gu) ?? [];
  const complete = ['YYYY', 'MM', 'DD'].every((token) => tokens.filter((other) => other === token).length === 1);
  const twice = tokens.some((token, index) => token in tokenPatterns && tokens.indexOf(token) !== index);
  if (tokens.join('') !== format || !complete || twice || tokens.includes('hh') !== tokens.includes('A') || (tokens.includes('hh') && tokens.includes('HH'))) {
    throw new Refusal('mapping.unreadable-format', `"${format}" is no time format; write it like "MM/DD/YYYY hh:mm:ss A"`, { format });
  }
  const pattern = new RegExp(`^${tokens.map((token) => tokenPatterns[token] ?? escaped(token)).join('')}$`, 'u');
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    if (!groups) return null;
    const hours = hourOf(groups);
    const [year, month, day, minute, second] = [groups['year'], groups['month'], groups['day'], groups['minute'] ?? '0', groups['second'] ?? '0'].map(Number) as [
      number, number, number, number, number,
    ];
    if (hours === null || minute > 59 || second > 59) return null;
    const date = new Date(Date.UTC(year, month - 1, day));
    const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return real ? { year, month, day, hour: hours, minute, second } : null;
  };
};

const wallInstant = (wall: WallTime): Instant => Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);

/** Milliseconds that a zone's clocks are ahead of UTC at a moment. */
type OffsetAt = (instant: Instant) => number;

const offsetReader = (zone: string): OffsetAt => {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
  const known = new Map<number, number>();
  const read = (instant: Instant): number => {
    const parts = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const shown = Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'] ?? 1, parts['hour'] ?? 0, parts['minute'] ?? 0, parts['second'] ?? 0);
    return shown - instant;
  };
  // Zones change their offset at whole quarters of an hour, so one reading serves a quarter.
  return (instant) => {
    const quarter = Math.floor(instant / (hour / 4));
    const seen = known.get(quarter);
    if (seen !== undefined) return seen;
    const offset = read(quarter * (hour / 4));
    known.set(quarter, offset);
    return offset;
  };
};

export interface ZonedInstant {
  readonly at: Iso;
  /** `ambiguous`: the clocks showed it twice and the first time is taken. `skipped`: they never showed it; it is taken as if they had not been put forward yet. */
  readonly certainty: 'certain' | 'ambiguous' | 'skipped';
}

export type ZoneClock = (wall: WallTime) => ZonedInstant;

/**
 * Converts wall-clock readings of an IANA zone to UTC, summer time included.
 * @throws Refusal `mapping.unknown-zone`
 */
export const zoneClock = (zone: string): ZoneClock => {
  let offsetAt: OffsetAt;
  try {
    offsetAt = offsetReader(zone);
  } catch {
    throw new Refusal('mapping.unknown-zone', `"${zone}" is no time zone; write it like "America/New_York"`, { zone });
  }
  return (wall) => {
    const shown = wallInstant(wall);
    const before = offsetAt(shown - 24 * hour);
    const after = offsetAt(shown + 24 * hour);
    const matching = [...new Set([shown - before, shown - after])].filter((instant) => instant + offsetAt(instant) === shown).sort((a, b) => a - b);
    const [first] = matching;
    if (first === undefined) return { at: toIso(shown - before), certainty: 'skipped' };
    return { at: toIso(first), certainty: matching.length > 1 ? 'ambiguous' : 'certain' };
  };
};
