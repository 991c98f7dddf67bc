import { describe, expect, it } from '@jest/globals';
import { partitionOf } from './partition.js';

describe('the partition of a stream 分区', () => {
  it('is for ever the same: facts of one incident must never change sides', () => {
    expect(['incident-1', 'incident-2', 'incident-3', 'incident-三循环', 'reference', ''].map((stream) => partitionOf(stream, 4))).toEqual([1, 3, 0, 0, 1, 1]);
  });

  it('is spread evenly, whatever the number of parts', () => {
    for (const partitions of [1, 2, 3, 4, 7, 16]) {
      const counts = Array.from({ length: partitions }, () => 0);
      for (let n = 0; n < 8_000; n += 1) {
        const part = partitionOf(`incident-0190a1b2-0000-7000-8000-${n.toString(16).padStart(12, '0')}`, partitions);
        counts[part] = (counts[part] ?? 0) + 1;
      }
      for (const count of counts) expect(Math.abs(count - 8_000 / partitions)).toBeLessThan(0.15 * (8_000 / partitions) + 1);
    }
  });
});
