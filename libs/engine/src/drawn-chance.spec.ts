import { describe, expect, it } from '@jest/globals';
import { drawnChance } from './drawn-chance.js';

describe('chance that is drawn 抽签', () => {
  it('lies in [0, 1), fills it evenly and does not come again', () => {
    const chance = drawnChance();
    const drawn = Array.from({ length: 10_000 }, chance);
    expect(drawn.every((each) => each >= 0 && each < 1)).toBe(true);
    // Sixteen drawers of 625 each: one outside these bounds would come once in many millions of runs.
    const drawers = Array.from({ length: 16 }, (_none, index) => drawn.filter((each) => Math.floor(each * 16) === index).length);
    expect(drawers.every((count) => count > 475 && count < 775)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(9_990);
  });

  it('is another one for another drawer', () => {
    expect(Array.from({ length: 8 }, drawnChance())).not.toEqual(Array.from({ length: 8 }, drawnChance()));
  });
});
