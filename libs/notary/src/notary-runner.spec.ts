import { describe, expect, it } from '@jest/globals';
import { pauseAfter } from './notary-runner.js';

describe('the notary', () => {
  it.each([
    ['nothing came', 0, 5_000, 5_000],
    ['a quiet city', 40, 5_000, 5_000],
    ['as much as one checkpoint should add came in that time', 20_000, 5_000, 5_000],
    ['five times as much came', 100_000, 5_000, 1_000],
    ['the flood goes on, and steps come every second', 20_000, 1_000, 1_000],
    ['it slows down', 4_000, 1_000, 5_000],
  ])('waits until the next checkpoint is due by time or by number: %s', (_what, signed, cameWithinMs, pause) => {
    expect(pauseAfter(signed, cameWithinMs, 5_000)).toBe(pause);
  });
});
