import { roughSpan, shownSpan } from '../shared/moments.js';
import { p } from './words.js';

export interface Due {
  readonly kind: 'late' | 'soon' | 'left' | 'paused' | 'none';
  readonly text: string;
}

const soonMs = 30 * 60_000;
const tickingMs = 3_600_000;

/** How much time is left, as of a moment of the engine's clock. Near the end it ticks; before, minutes would only be noise. */
export const dueOf = ({ dueAt, suspendedUntil }: { readonly dueAt: string | null; readonly suspendedUntil: string | null }, now: number): Due => {
  if (suspendedUntil !== null) return { kind: 'paused', text: p('due.paused') };
  if (dueAt === null) return { kind: 'none', text: p('due.none') };
  const leftMs = Date.parse(dueAt) - now;
  const span = Math.abs(leftMs) < tickingMs ? shownSpan(leftMs) : roughSpan(Math.abs(leftMs));
  if (leftMs <= 0) return { kind: 'late', text: p('due.late', { span }) };
  return { kind: leftMs <= soonMs ? 'soon' : 'left', text: p('due.left', { span }) };
};
