import { describe, expect, it } from '@jest/globals';
import { smallReference } from '#scenario';
import { inForceAt, lineOf, stateOf } from './reference-line.js';
import type { Laid } from './reference-line.js';

const laid = (version: string, position: number, effectiveFrom: number | null, withdrawnAt: number | null = null): Laid => ({
  reference: { ...smallReference, version }, sha256: '', revision: position, position, effectiveFrom, withdrawnAt,
});
const [first, noon, evening] = [laid('first', 1, null), laid('noon', 2, 1_200), laid('evening', 3, 1_800)];
const all = [first, noon, evening];
const names = (line: readonly Laid[]): readonly string[] => line.map(({ reference }) => reference.version);
const at = (line: readonly Laid[], moment: number): string | undefined => inForceAt(line, moment)?.reference.version;

describe('the line of versions 启用序列', () => {
  it('has each of them in force from its own moment on, to the millisecond', () => {
    expect([0, 1_199, 1_200, 1_799, 1_800, 9_000].map((moment) => at(lineOf(all), moment))).toEqual(['first', 'first', 'noon', 'noon', 'evening', 'evening']);
    expect(inForceAt([], 0)).toBeNull();
  });

  it('leaves out what was taken back, and begins with the last one that came into force at once', () => {
    const back = { ...evening, withdrawnAt: 4 };
    expect(names(lineOf([first, noon, back]))).toEqual(['first', 'noon']);
    expect(at(lineOf([first, noon, back]), 9_000)).toBe('noon');
    expect(names(lineOf([...all, laid('at once', 5, null), laid('later', 6, 2_400)]))).toEqual(['at once', 'later']);
  });

  it('is for the past what the log knew then', () => {
    const back = [first, { ...noon, withdrawnAt: 3 }];
    expect([0, 1, 2, 3].map((position) => names(lineOf(back, position)))).toEqual([[], ['first'], ['first', 'noon'], ['first']]);
  });

  it('says how each of them stands', () => {
    const back = { ...evening, withdrawnAt: 4 };
    const list = [first, noon, back];
    expect(list.map((each) => stateOf(each, lineOf(list), 1_000))).toEqual(['in-force', 'waiting', 'withdrawn']);
    expect(list.map((each) => stateOf(each, lineOf(list), 1_200))).toEqual(['replaced', 'in-force', 'withdrawn']);
  });
});
