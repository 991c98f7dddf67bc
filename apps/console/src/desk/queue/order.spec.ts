import { describe, expect, it } from '@jest/globals';
import { arrange } from './order.js';

describe('the order of the queue', () => {
  it('is by due time while nobody has chosen a row', () => {
    expect(arrange(['b', 'a'], ['a', 'b', 'c'], null)).toEqual({ order: ['a', 'b', 'c'], waiting: 0 });
  });

  it('keeps the chosen row where it is: newcomers above it wait, newcomers below it come in', () => {
    expect(arrange(['b', 'd'], ['a', 'b', 'c', 'd', 'e'], 'b')).toEqual({ order: ['b', 'c', 'd', 'e'], waiting: 1 });
  });

  it('keeps a row that no longer belongs as long as it is chosen, and drops the others', () => {
    expect(arrange(['a', 'b', 'c'], ['c'], 'b')).toEqual({ order: ['b', 'c'], waiting: 0 });
    expect(arrange(['b', 'c'], ['c'], 'c')).toEqual({ order: ['c'], waiting: 0 });
  });

  it('does not move rows whose due time changed', () => {
    expect(arrange(['a', 'b', 'c'], ['c', 'b', 'a'], 'b')).toEqual({ order: ['a', 'b', 'c'], waiting: 0 });
  });

  it('begins anew when the chosen row is not among those shown', () => {
    expect(arrange(['a'], ['b', 'c'], 'z')).toEqual({ order: ['b', 'c'], waiting: 0 });
  });
});
