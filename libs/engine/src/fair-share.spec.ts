import { describe, expect, it } from '@jest/globals';
import { fairShare } from './fair-share.js';

const workers = (count: number): readonly string[] => Array.from({ length: count }, (_, place) => `worker ${place}`);

describe('the fair share of a worker 公平分担', () => {
  it('gives every part to exactly one worker, and nobody more than one part above another', () => {
    for (let count = 1; count <= 9; count += 1) {
      for (const parts of [1, 2, 4, 7, 16]) {
        const shares = workers(count).map((worker) => fairShare(worker, workers(count), parts));
        expect(shares.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: parts }, (_, part) => part));
        expect(Math.max(...shares.map(({ length }) => length)) - Math.min(...shares.map(({ length }) => length))).toBeLessThanOrEqual(1);
      }
    }
  });

  it('leaves two of four parts where they are when a second worker comes', () => {
    expect(fairShare('worker 0', workers(1), 4)).toEqual([0, 1, 2, 3]);
    expect(fairShare('worker 0', workers(2), 4)).toEqual([0, 2]);
  });

  it('is nothing for somebody who is not on the list', () => {
    expect(fairShare('a stranger', workers(3), 4)).toEqual([]);
  });
});
