import { fromIso, second } from '#kernel';
import type { Iso } from '#kernel';
import type { VitalSign } from '#reference';

/** 读数 One value that a sensor measured, at a moment of its own clock. */
export interface Reading {
  readonly sensor: string;
  readonly sign: string;
  readonly value: number;
  readonly at: Iso;
}

/** 感知终端 What is remembered of one sensor and one sign: enough to judge the next reading, and which incident it opened last. */
export interface Sensor {
  readonly sensor: string;
  readonly sign: string;
  readonly lastAt: Iso;
  readonly lastValue: number;
  /** Since when every reading has been beyond the alarm; null while the last one was not. */
  readonly beyondSince: Iso | null;
  readonly alarmed: boolean;
  readonly incidentId: string | null;
}

export interface Judgement {
  readonly sensor: Sensor;
  /** The city wants to know: with this reading, and not before, an alarm began. */
  readonly alarm: boolean;
}

const reached = (value: number, threshold: number, upward: boolean): boolean => (upward ? value >= threshold : value <= threshold);

/**
 * 研判 What one more reading means. Null when it says nothing new: it is not younger than the last one, so that what is delivered twice or late
 * changes nothing. An alarm begins when all readings of `holdSeconds` are beyond `alarmAt`, and ends at `clearAt`; in between nothing
 * happens, whichever way the value moves.
 */
export const judge = (vital: VitalSign, before: Sensor | null, { sensor, sign, value, at }: Reading): Judgement | null => {
  if (before !== null && fromIso(at) <= fromIso(before.lastAt)) return null;
  const upward = vital.alarmAt > vital.clearAt;
  const known = { sensor, sign, lastAt: at, lastValue: value, incidentId: before?.incidentId ?? null };
  const beyond = reached(value, vital.alarmAt, upward);
  const beyondSince = beyond ? (before?.beyondSince ?? at) : null;
  if (before?.alarmed === true) return { sensor: { ...known, beyondSince, alarmed: !reached(value, vital.clearAt, !upward) }, alarm: false };
  const alarm = beyondSince !== null && fromIso(at) - fromIso(beyondSince) >= vital.holdSeconds * second;
  return { sensor: { ...known, beyondSince, alarmed: alarm }, alarm };
};
