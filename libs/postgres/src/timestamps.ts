import type { Instant, Iso } from '#kernel';
import { fromIso, toIso } from '#kernel';

/** PostgreSQL's `2026-11-23 03:30:00.5+00` (a session in UTC) as `2026-11-23T03:30:00.500Z`. */
export const isoOf = (text: string): Iso => {
  const milliseconds = text.charAt(19) === '.' ? text.slice(20, text.length - 3) : '';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds.padEnd(3, '0')}Z`;
};

export const recordedMs = (text: string): Instant => fromIso(isoOf(text));

let lastMs = Number.NaN;
let lastText = '';

/** `toIso` for many equal moments in a row, as those of a batch are. */
export const toIsoText = (ms: Instant): Iso => {
  if (ms !== lastMs) {
    lastText = toIso(ms);
    lastMs = ms;
  }
  return lastText;
};
