import { describe, expect, it } from '@jest/globals';
import { clocksOf, momentsOf } from './fold.js';
import type { Told } from './fold.js';
import { placeOf, stretchesOf } from './scale.js';

const at = (minute: number): string => new Date(Date.parse('2026-11-23T01:00:00.000Z') + minute * 60_000).toISOString();
const told = (...facts: readonly (readonly [type: string, minute: number, data?: object])[]): readonly Told[] =>
  facts.map(([type, minute, data = {}], index) => ({ type, recordedAt: at(minute), round: 1, version: index + 1, data: data as Told['data'] }));

describe('the replay of an incident', () => {
  const start = (clockId: string, clock: string, unit: string, due: number) => ({ change: 'start', clockId, clock, unit, dueAt: at(due) });
  const facts = told(
    ['IncidentReported', 0, { clocks: [start('accept:1', 'accept', 'centre', 15)] }],
    ['Accepted', 5, { unit: 'centre', clocks: [{ change: 'stop', clockId: 'accept:1' }, start('dispatch:2', 'dispatch', 'centre', 20)] }],
    ['Filed', 8, { rung: 'street', accountableUnit: 'centre' }],
    ['Dispatched', 9, { accountableUnit: 'roads', clocks: [{ change: 'stop', clockId: 'dispatch:2' }, start('handle:3', 'handle', 'roads', 300)] }],
    ['Suspended', 60, { until: at(1_440), clocks: [{ change: 'pause', clockId: 'handle:3' }] }],
    ['Resumed', 120, { clocks: [{ change: 'resume', clockId: 'handle:3', dueAt: at(360) }] }],
    ['Escalated', 130, { toRung: 'district', accountableUnit: 'district-centre' }],
  );

  it('knows the state after every fact', () => {
    expect(momentsOf(facts).map(({ stage, rung, holder, suspendedUntil }) => [stage, rung, holder, suspendedUntil])).toEqual([
      ['reported', null, 'centre', null], ['accepted', null, 'centre', null], ['filed', 'street', 'centre', null], ['dispatched', 'street', 'roads', null],
      ['dispatched', 'street', 'roads', at(1_440)], ['dispatched', 'street', 'roads', null], ['filed', 'district', 'district-centre', null],
    ]);
  });

  it('follows every clock through its pauses', () => {
    expect(clocksOf(facts)).toEqual([
      { clockId: 'accept:1', clock: 'accept', unit: 'centre', startedAt: at(0), dueAt: at(15), stoppedAt: at(5), pauses: [] },
      { clockId: 'dispatch:2', clock: 'dispatch', unit: 'centre', startedAt: at(5), dueAt: at(20), stoppedAt: at(9), pauses: [] },
      { clockId: 'handle:3', clock: 'handle', unit: 'roads', startedAt: at(9), dueAt: at(360), stoppedAt: null, pauses: [{ from: at(60), to: at(120) }] },
    ]);
  });

  it('folds long stretches in which nothing happened, and unfolds each on its own', () => {
    const moments = [0, 1, 2, 100, 101].map((minute) => minute * 60_000);
    const folded = stretchesOf(moments, new Set(), 500);
    expect(folded.map((stretch) => stretch.folded)).toEqual([false, false, true, false]);
    expect(folded.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(500, 6);
    const unfolded = stretchesOf(moments, new Set([2]), 500);
    expect(unfolded.map((stretch) => [stretch.idle, stretch.folded])).toEqual([[false, false], [false, false], [true, false], [false, false]]);
    expect((unfolded[2]?.width ?? 0) > (folded[2]?.width ?? 0)).toBe(true);
  });

  it('places a moment between its neighbours', () => {
    const stretches = stretchesOf([0, 60_000, 120_000], new Set([0, 1]), 200);
    expect(placeOf(stretches, 30_000)).toBeCloseTo(50, 6);
    expect(placeOf(stretches, -5)).toBe(0);
    expect(placeOf(stretches, 999_999)).toBeCloseTo(200, 6);
    expect(placeOf([], 5)).toBe(0);
  });
});
