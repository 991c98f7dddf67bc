import { describe, expect, it } from '@jest/globals';
import { detailOf, shownOf, sortedGroups } from './figure.js';
import type { Figure, Reading } from './figure.js';

const rate = (numerator: number, denominator: number): Reading => ({ numerator, denominator, value: numerator / denominator, text: `${(100 * numerator) / denominator} %` });
const lengths = (count: number, p50Minutes: number | null, p90Minutes: number | null): Reading => ({ count, p50Minutes, p90Minutes, text: 'as the server says it' });
const group = (key: string | null, of: number): Figure['groups'][number] => ({ key, label: key ?? '—', factual: rate(1, of), accountable: rate(1, of) });
const keys = (by: Figure['by'], ...groups: readonly Figure['groups'][number][]) => sortedGroups({ by, groups: [...groups] }).map(({ key }) => key);

describe('figures on the desk', () => {
  it('says a rate as it was reckoned and lengths of time by their median, in hours when they are long', () => {
    expect(shownOf(rate(1, 4))).toBe('25 %');
    expect(shownOf(lengths(5, 6.34, 9))).toBe('6.3 分钟');
    expect(shownOf(lengths(5, 119.9, 130))).toBe('119.9 分钟');
    expect(shownOf(lengths(5, 2_691.3, 4_421.9))).toBe('44.9 小时');
    expect(shownOf(lengths(0, null, null))).toBe('—');
    expect(detailOf(lengths(5, 90, 2_691.3))).toBe('5 件 · 中位 90 分钟 · P90 44.9 小时');
  });

  it('lists loops and rungs from the smallest up, what has none last, and everything else by its size', () => {
    expect(keys('loop', group('city', 9), group('grid', 1), group('street', 3))).toEqual(['grid', 'street', 'city']);
    expect(keys('rung', group(null, 9), group('city', 1), group('district', 2), group('street', 3), group('grid', 1))).toEqual(['grid', 'street', 'district', 'city', null]);
    expect(keys('street', group('a', 1), group('b', 3), group('c', 2))).toEqual(['b', 'c', 'a']);
  });
});
