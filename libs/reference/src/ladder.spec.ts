import { describe, expect, it } from '@jest/globals';
import { above, higher, loopOf, rungs } from './ladder.js';

describe('the ladder 升级阶梯', () => {
  it('climbs grid, street, district, city and ends there', () => {
    expect(rungs.map(above)).toEqual(['street', 'district', 'city', null]);
  });

  it('counts the district and the city centre as the one city loop', () => {
    expect(rungs.map(loopOf)).toEqual(['grid', 'street', 'city', 'city']);
  });

  it('knows the higher of two rungs', () => {
    expect(higher('street', 'district')).toBe('district');
    expect(higher('city', 'grid')).toBe('city');
  });
});
