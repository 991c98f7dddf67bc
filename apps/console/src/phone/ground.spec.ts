import { describe, expect, it } from '@jest/globals';
import { gridsByDistance, metresBetween, ownGridAt } from './ground.js';

const grid = (code: string, longitude: number | null, latitude: number | null) => ({ code, name: code, longitude, latitude });
const grids = [grid('far', 121.56, 31.28), grid('near', 121.5484, 31.2748), grid('nowhere', null, null)];

describe('the ground of somebody', () => {
  it('is measured in metres', () => {
    expect(Math.round(metresBetween({ longitude: 121.5, latitude: 31 }, { longitude: 121.5, latitude: 31.01 }))).toBe(1_113);
    expect(Math.round(metresBetween({ longitude: 121.5, latitude: 31 }, { longitude: 121.51, latitude: 31 }))).toBe(954);
  });

  it('is listed from the nearest grid on, without those whose place is not known', () => {
    expect(gridsByDistance(grids, { longitude: 121.548, latitude: 31.275 }).map(({ grid: { code } }) => code)).toEqual(['near', 'far']);
  });

  it('holds a place near one of its grids, and none beyond', () => {
    expect(ownGridAt(grids, { longitude: 121.548, latitude: 31.275 })?.code).toBe('near');
    expect(ownGridAt(grids, { longitude: 121.4, latitude: 31.2 })).toBeNull();
    expect(ownGridAt([], { longitude: 121.4, latitude: 31.2 })).toBeNull();
  });
});
