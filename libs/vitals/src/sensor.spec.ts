import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { second, toIso } from '#kernel';
import type { VitalSign } from '#reference';
import { judge } from './sensor.js';
import type { Sensor } from './sensor.js';

const depth: VitalSign = { sign: 'water-depth', name: '积水', unit: '厘米', alarmAt: 15, clearAt: 8, holdSeconds: 60, ruleId: 'E-05-06.1' };
const atOnce: VitalSign = { ...depth, holdSeconds: 0 };
const freeboard: VitalSign = { ...depth, sign: 'sewer-freeboard', alarmAt: 10, clearAt: 40, holdSeconds: 0 };

/** Values, thirty seconds apart: at which of them an alarm began, and what is known in the end. */
const told = (vital: VitalSign, values: readonly number[]): { readonly alarms: readonly number[]; readonly sensor: Sensor | null } => {
  let sensor: Sensor | null = null;
  const alarms: number[] = [];
  for (const [index, value] of values.entries()) {
    const judged = judge(vital, sensor, { sensor: 's-1', sign: vital.sign, value, at: toIso(index * 30 * second) });
    if (judged?.alarm === true) alarms.push(index);
    sensor = judged?.sensor ?? sensor;
  }
  return { alarms, sensor };
};

describe('what sensors measure', () => {
  it('alarms when every reading of the holding time is beyond, and not before', () => {
    expect(told(depth, [3, 15, 16, 15]).alarms).toEqual([3]);
    expect(told(depth, [3, 15, 14, 15, 16]).alarms).toEqual([]);
    expect(told(atOnce, [15]).alarms).toEqual([0]);
  });

  it('does not alarm again while the value trembles between the thresholds', () => {
    expect(told(atOnce, [15, 14, 16, 9, 30, 14.9, 15]).alarms).toEqual([0]);
  });

  it('alarms anew after it was clear', () => {
    expect(told(atOnce, [15, 8, 14, 15]).alarms).toEqual([0, 3]);
  });

  it('alarms downward where less is worse', () => {
    expect(told(freeboard, [50, 11, 10, 39, 9, 40, 10]).alarms).toEqual([2, 6]);
  });

  it('says nothing new when a reading is not younger than the last one', () => {
    const { sensor } = told(atOnce, [15, 16]);
    for (const seconds of [0, 30]) expect(judge(atOnce, sensor, { sensor: 's-1', sign: 'water-depth', value: 0, at: toIso(seconds * second) })).toBeNull();
  });

  it('never alarms twice without having been clear in between, whatever is measured and however often it is delivered', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }), fc.integer({ min: 0, max: 5 }), (values, repeats) => {
      const { alarms, sensor } = told(atOnce, values);
      for (const [before, after] of alarms.slice(1).map((each, index) => [alarms[index] ?? 0, each] as const)) expect(values.slice(before, after).some((value) => value <= 8)).toBe(true);
      for (let index = values.length - 1; index >= Math.max(0, values.length - repeats); index -= 1) {
        expect(judge(atOnce, sensor, { sensor: 's-1', sign: 'water-depth', value: values[index] ?? 0, at: toIso(index * 30 * second) })).toBeNull();
      }
    }));
  });
});
