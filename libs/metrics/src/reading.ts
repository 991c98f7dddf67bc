import { minute } from '#kernel';
import type { Entry, MetricDefinition } from './metric.js';
import { meanText, nothingText, percentText, percentile } from './quotient.js';

/** 比率 A figure that divides. */
export interface QuotientReading {
  readonly numerator: number;
  readonly denominator: number;
  /** Null where there is nothing to divide by. */
  readonly value: number | null;
  readonly text: string;
  /** 得分 Out of 100, in the direction in which more is better; null where there is no better, or nothing to divide by. */
  readonly points: number | null;
}

/** 时长 A figure that ranks. */
export interface DurationReading {
  readonly count: number;
  readonly p50Minutes: number | null;
  readonly p90Minutes: number | null;
  readonly text: string;
}

export type Reading = QuotientReading | DurationReading;

/** 事实口径 and 考核口径: as it was, and with what was exempted left out. */
export interface BothReadings {
  readonly factual: Reading;
  readonly accountable: Reading;
}

/** Weights are summed in tenths, so that sums stay whole. */
const tenths = 10;

const pointsOf = ({ kind, better }: MetricDefinition, part: number, whole: number): number | null => {
  if (whole === 0 || better === 'neither' || kind === 'mean') return null;
  return Math.round(((better === 'lower' ? whole - part : part) * 10_000) / whole) / 100;
};

const quotient = (definition: MetricDefinition, sum: number, count: number): QuotientReading => {
  const whole = definition.kind === 'weighted' ? count * tenths : count;
  return {
    numerator: definition.kind === 'weighted' ? sum / tenths : sum, denominator: count, value: count === 0 ? null : sum / whole,
    text: definition.kind === 'mean' ? meanText(sum, count) : percentText(sum, whole), points: pointsOf(definition, sum, whole),
  };
};

const inMinutes = (ms: number | null): number | null => (ms === null ? null : Math.round((ms * 10) / minute) / 10);

const durations = (values: readonly number[]): DurationReading => {
  const sorted = [...values].sort((a, b) => a - b);
  const p50Minutes = inMinutes(percentile(sorted, 0.5));
  const p90Minutes = inMinutes(percentile(sorted, 0.9));
  return { count: values.length, p50Minutes, p90Minutes, text: p50Minutes === null ? nothingText : `${p50Minutes} / ${p90Minutes} min` };
};

/** One reading under way. */
class Gathered {
  private sum = 0;
  private count = 0;
  private readonly values: number[] = [];

  constructor(private readonly definition: MetricDefinition) {}

  add(value: number): void {
    this.count += 1;
    if (this.definition.kind === 'durations') this.values.push(value);
    else this.sum += value;
  }

  read(): Reading {
    return this.definition.kind === 'durations' ? durations(this.values) : quotient(this.definition, this.sum, this.count);
  }
}

/** Both readings of the same entries. */
export class Gathering {
  private readonly factual: Gathered;
  private readonly accountable: Gathered;

  constructor(definition: MetricDefinition) {
    this.factual = new Gathered(definition);
    this.accountable = new Gathered(definition);
  }

  add({ value, accountableValue = value, exempt }: Entry): void {
    this.factual.add(value);
    if (!exempt) this.accountable.add(accountableValue);
  }

  read(): BothReadings {
    return { factual: this.factual.read(), accountable: this.accountable.read() };
  }
}
