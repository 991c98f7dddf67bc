import { describe, expect, it } from '@jest/globals';
import { cellsOf } from './cells.js';

const area = (corners: readonly (readonly [number, number])[]): number =>
  Math.abs(corners.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length] as readonly [number, number];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;

describe('cells around centre points', () => {
  const sites = [
    { code: 'a', group: '1', x: 0, y: 0 }, { code: 'b', group: '1', x: 1, y: 0 }, { code: 'c', group: '2', x: 0, y: 1 }, { code: 'd', group: '2', x: 1, y: 1 }, { code: 'far', group: '3', x: 9, y: 9 },
  ];

  it('meet half way between neighbours and reach no farther than they may', () => {
    const [a, , , , far] = cellsOf(sites, 0.4);
    for (const [x, y] of a?.corners ?? []) expect(Math.hypot(x, y)).toBeLessThanOrEqual(0.4 + 1e-9);
    expect(far?.corners).toHaveLength(20);
    const [wide] = cellsOf(sites, 0.9);
    for (const [x, y] of wide?.corners ?? []) expect(Math.max(x, y)).toBeLessThanOrEqual(0.5 + 1e-9);
  });

  it('cover together what lies between them, once', () => {
    const cells = cellsOf(sites.slice(0, 4), 3);
    const unit = (corners: readonly (readonly [number, number])[]) => corners.map(([x, y]) => [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))] as const);
    expect(cells.reduce((sum, { corners }) => sum + area(unit(corners)), 0)).toBeCloseTo(1, 6);
  });

  it('have borders only where another group or nothing begins', () => {
    const [a] = cellsOf(sites, 0.9);
    const between = (a?.borders ?? []).filter(([[x1, y1], [x2, y2]]) => Math.abs(y1 - 0.5) < 1e-9 && Math.abs(y2 - 0.5) < 1e-9 && Math.max(x1, x2) <= 0.5 + 1e-9);
    expect(between).toHaveLength(1);
    expect((a?.borders ?? []).some(([[x1], [x2]]) => Math.abs(x1 - 0.5) < 1e-9 && Math.abs(x2 - 0.5) < 1e-9)).toBe(false);
  });
});
