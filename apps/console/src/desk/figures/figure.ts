import type { Shapes } from '../../shared/api.js';
import { f } from './words.js';

export type Definition = Shapes['MetricDefinition'];
export type Figure = Shapes['Figure'];
export type Reading = Shapes['Reading'];
export type Grouping = Definition['groupings'][number];

/** Below so many a rate says little, and is shown so. */
export const smallSample = 20;

export const sampleOf = ({ denominator, count }: Reading): number => denominator ?? count ?? 0;

/** How far a bar goes: a rate out of one, anything else out of the largest of its column. */
export const sizeOf = ({ value, p50Minutes }: Reading): number => value ?? p50Minutes ?? 0;

const minutes = (value: number | null | undefined): string => (value === null || value === undefined ? '—' : f('minutes', { n: Math.round(value * 10) / 10 }));

/** What stands behind the figure, in small print. */
export const detailOf = (reading: Reading): string => {
  if (reading.p50Minutes !== undefined) return f('durations', { n: reading.count ?? 0, p50: minutes(reading.p50Minutes), p90: minutes(reading.p90Minutes) });
  return reading.denominator === undefined ? f('n', { n: sampleOf(reading) }) : f('fraction', { numerator: reading.numerator ?? 0, denominator: reading.denominator });
};

/** A day of the form as the moment at which it begins, in the city's own zone. */
export const dayStart = (day: string): string | undefined => (/^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00+08:00` : undefined);
