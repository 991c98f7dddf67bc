import type { Shapes } from '../../shared/api.js';
import { rungs } from '../actions/candidates.js';
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

const longMinutes = 120;
const tenths = (value: number): number => Math.round(value * 10) / 10;
/** Hours and not days beyond that: a working day and a day are not the same, and neither is said here. */
const minutes = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : value < longMinutes ? f('minutes', { n: tenths(value) }) : f('hours', { n: tenths(value / 60) });

/** The figure in a word: of many lengths of time the median, anything else as it was reckoned. */
export const shownOf = (reading: Reading): string => (reading.p50Minutes === undefined ? reading.text : minutes(reading.p50Minutes));

type Group = Figure['groups'][number];

/** Loops and rungs from the smallest up, as a matter climbs; everything else by how much of it there is. */
export const sortedGroups = ({ by, groups }: Pick<Figure, 'by' | 'groups'>): readonly Group[] => {
  const inOrder: readonly (string | null)[] = [...rungs, null];
  const place = ({ key }: Group): number => inOrder.indexOf(key);
  return [...groups].sort(by === 'loop' || by === 'rung' ? (a, b) => place(a) - place(b) : (a, b) => sampleOf(b.factual) - sampleOf(a.factual));
};

/** What stands behind the figure, in small print. */
export const detailOf = (reading: Reading): string => {
  if (reading.p50Minutes !== undefined) return f('durations', { n: reading.count ?? 0, p50: minutes(reading.p50Minutes), p90: minutes(reading.p90Minutes) });
  return reading.denominator === undefined ? f('n', { n: sampleOf(reading) }) : f('fraction', { numerator: reading.numerator ?? 0, denominator: reading.denominator });
};

/** A day of the form as the moment at which it begins, in the city's own zone. */
export const dayStart = (day: string): string | undefined => (/^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00+08:00` : undefined);
