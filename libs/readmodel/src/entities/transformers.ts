import type { Iso } from '#kernel';
import type { ValueTransformer } from 'typeorm';

/** Moments leave the database as the text that everybody else writes them in. */
export const isoText: ValueTransformer = {
  from: (stored: Date | null): Iso | null => stored?.toISOString() ?? null,
  to: (iso: Iso | null): Iso | null => iso,
};

/** Positions stay far below 2^53. */
export const wholeNumber: ValueTransformer = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (value: number | null): number | null => value,
};

/** JSON that is kept as text. */
export const jsonText: ValueTransformer = {
  from: (stored: string): unknown => JSON.parse(stored),
  to: (value: unknown): string => JSON.stringify(value),
};
