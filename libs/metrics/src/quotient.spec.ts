import { describe, expect, it } from '@jest/globals';
import { meanText, percentText, percentile } from './quotient.js';

describe('the text of a percentage', () => {
  it.each([
    [34, 50, '68 %'], [1, 3, '33.33 %'], [2, 3, '66.67 %'], [1, 8, '12.5 %'], [0, 7, '0 %'], [7, 7, '100 %'], [0, 0, '—'],
    [99_999, 100_000, '99.99 %'], [1, 1_000_000, '0.01 %'], [1, 20_000, '0.01 %'], [29, 200, '14.5 %'], [575, 10_000, '5.75 %'],
  ])('%d of %d is %s', (numerator, denominator, text) => expect(percentText(numerator, denominator)).toBe(text));

  it('never rounds what binary fractions would round wrongly', () => {
    // 1.005 is less than itself in binary: a naive rounding says 1 %.
    expect(percentText(201, 20_000)).toBe('1.01 %');
  });
});

describe('the text of a mean', () => {
  it.each([[1, 4, '0.25'], [0, 3, '0'], [5, 2, '2.5'], [0, 0, '—'], [10, 1, '10']])('%d by %d is %s', (sum, count, text) => expect(meanText(sum, count)).toBe(text));
});

describe('a percentile', () => {
  it('is a value that occurred', () => {
    expect([percentile([1, 2, 3, 4], 0.5), percentile([1, 2, 3, 4], 0.9), percentile([7], 0.5), percentile([], 0.9)]).toEqual([2, 4, 7, null]);
  });
});
