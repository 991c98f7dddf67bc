import type { Instant } from '#kernel';
import type { Loop, Rung } from '#reference';
import type { Ledger } from './ledger.js';

/** rate: so many of so many. weighted: a sum of weights by a count. mean: a sum by a count. durations: how long, in the middle and for nine of ten. */
export type MetricKind = 'rate' | 'weighted' | 'mean' | 'durations';

/**
 * 归期口径 By which moment a counted thing belongs to a period: its report, its filing, its closing, or when it became due: the moment at
 * which it was done or its limit passed, whichever came first. So nothing that is not yet due is counted, and no timer decides.
 */
export type Cohort = 'report' | 'filing' | 'due' | 'close';
export const cohorts: Readonly<Record<Cohort, string>> = { report: '按上报时间', filing: '按立案时间', due: '按应办时间(办成或到期, 以先到者为准)', close: '按结案时间' };

export const groupings = ['loop', 'rung', 'district', 'street', 'community', 'grid', 'unit', 'channel', 'scenario', 'subclass'] as const;
export type Grouping = (typeof groupings)[number];

/** 计件 One thing that a figure counts. What is in the numerator is in the denominator by construction. */
export interface Entry {
  /** The moment of the cohort. */
  readonly at: Instant;
  readonly rung: Rung | null;
  readonly loop: Loop | null;
  /** Whose figure it is. */
  readonly unit: string | null;
  /** rate: 1 in the numerator, 0 in the denominator only. weighted: tenths. mean: the number. durations: milliseconds on the wall clock. */
  readonly value: number;
  /** durations: milliseconds without the time that stood still; the same as `value` where absent. */
  readonly accountableValue?: number;
  /** 申诉成立 Left out of the accountable figure; the factual one keeps it for ever. */
  readonly exempt: boolean;
  /** Log positions of the facts behind it. */
  readonly positions: readonly number[];
}

/** 指标定义 Everything about a figure that people argue about. A change of any of it is a new version. */
export interface MetricDefinition {
  readonly name: string;
  readonly chinese: string;
  /** 公式 */
  readonly formula: string;
  /** What is counted and what is not, in a sentence or two. */
  readonly meaning: string;
  readonly version: number;
  readonly kind: MetricKind;
  readonly cohort: Cohort;
  /** 计数单位 What one entry is. */
  readonly counts: 'incident' | 'duty' | 'loop' | 'department' | 'rating';
  readonly unit: 'percent' | 'times' | 'minutes';
  readonly better: 'higher' | 'lower' | 'neither';
  readonly groupings: readonly Grouping[];
}

export interface Metric extends MetricDefinition {
  /** What one incident contributes as of a moment; entries in the future of `at` are never among them. */
  readonly entriesOf: (ledger: Ledger, at: Instant) => readonly Entry[];
}

type Usual = 'version' | 'kind' | 'unit' | 'groupings' | 'counts' | 'better';

/** A metric with what most of them have in common. */
export const metric = (own: Omit<Metric, Usual> & Partial<Pick<Metric, Usual>>): Metric => ({
  version: 1, kind: 'rate', unit: 'percent', groupings, counts: 'incident', better: 'higher', ...own,
});
