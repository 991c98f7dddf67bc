const cityOffsetMs = 8 * 3_600_000;
const secondMs = 1_000;

/** A moment as the clocks of the city show it, for a field of date and time: `2026-11-18T14:05:00`. */
export const localText = (at: number): string => new Date(at + cityOffsetMs).toISOString().slice(0, 19);

/** The moment that such a field means; null where it means none. */
export const momentIn = (text: string): number | null => {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d{1,3})?$/.test(text) ? Date.parse(`${text.length === 16 ? `${text}:00` : text}+08:00`) : Number.NaN;
  return Number.isNaN(at) ? null : at;
};

/** How a moment stands in the address. */
export const asOfText = (at: number): string => new Date(at).toISOString();

/** Within what the log knows: not before its first fact, and a little before now, since clocks are never quite equal. */
export const within = (at: number, first: number, now: number): number => Math.max(first, Math.min(at, now - 2 * secondMs));
