import { describe, expect, it } from '@jest/globals';
import { atOrAbove, cityOf, placeOn, rungOfLoop } from './city.js';
import type { Place, PlaceKind } from './place.js';
import type { Reference } from './reference.js';
import type { Unit, UnitKind } from './unit.js';

const place = (code: string, kind: PlaceKind, parent: string | null): Place => ({ code, kind, name: code, parent, longitude: null, latitude: null, synthetic: true });
const unit = (code: string, kind: UnitKind, rung: Unit['rung'], at: string, line: string, active = true): Unit => ({ code, name: code, kind, rung, place: at, line, active });
const rule = { ruleId: 'E-1-1.1', subclassCode: 'E-1-1', classCode: 'E-1' } as Reference['catalogue']['rules'][number];
const duty = (dutyId: string, subject: string, line: string) => ({ dutyId, rung: 'street' as const, subject, line, basis: `basis of ${dutyId}` });

const reference = {
  places: [
    place('C', 'city', null), place('D', 'district', 'C'), place('S1', 'street', 'D'), place('S2', 'street', 'D'),
    place('M1', 'community', 'S1'), place('M2', 'community', 'S2'), place('G1', 'grid', 'M1'), place('G2', 'grid', 'M2'), place('lost', 'grid', 'nowhere'),
  ],
  units: [
    unit('W1', 'workstation', 'grid', 'M1', 'workstation'), unit('SC1', 'street-centre', 'street', 'S1', 'centre'), unit('SC2', 'street-centre', 'street', 'S2', 'centre'),
    unit('clean-1', 'street-unit', 'street', 'S1', 'sanitation'), unit('clean-2', 'street-unit', 'street', 'S2', 'sanitation'),
    unit('roads-1', 'street-unit', 'street', 'S1', 'roads'), unit('gone-1', 'street-unit', 'street', 'S1', 'roads', false),
    unit('DC', 'district-centre', 'district', 'D', 'centre'), unit('CC', 'city-centre', 'city', 'C', 'centre'),
  ],
  catalogue: { version: 'c', rules: [rule] },
  duties: { version: 'd', rules: [duty('by-class', 'E-1', 'sanitation'), duty('by-rule', 'E-1-1.1', 'roads'), duty('by-class-too', 'E-1', 'roads')] },
} as unknown as Reference;

describe('a city with look-ups', () => {
  const city = cityOf(reference);
  const path = city.pathOf('G1');
  if (!path) throw new Error('the sample grid has no path');

  it('knows the full path of a grid, and none for what is no grid or hangs in the air', () => {
    expect(path).toEqual({ grid: 'G1', community: 'M1', street: 'S1', district: 'D', city: 'C' });
    expect([city.pathOf('M1'), city.pathOf('lost'), city.pathOf('unheard')]).toEqual([null, null, null]);
  });

  it('finds the centre that holds incidents of a place on each rung', () => {
    expect((['grid', 'street', 'district', 'city'] as const).map((rung) => city.centre(rung, path)?.code)).toEqual(['W1', 'SC1', 'DC', 'CC']);
  });

  it('ranks the more exact duty first, names each unit once, and leaves out other streets and units that are no longer active', () => {
    expect(city.dutiesFor(rule, 'street', path).map(({ unit: { code }, match, dutyId }) => [code, match, dutyId])).toEqual([
      ['roads-1', 'rule', 'by-rule'], ['clean-1', 'class', 'by-class'],
    ]);
  });

  it('answers nothing where no duty is laid down', () => {
    expect(city.dutiesFor(rule, 'city', path)).toEqual([]);
  });

  it('knows what contains what', () => {
    expect([city.contains('S1', 'G1'), city.contains('C', 'G2'), city.contains('G1', 'G1'), city.contains('S2', 'G1'), city.contains('G1', 'S1')]).toEqual([true, true, true, false, false]);
  });

  it('answers null for codes that nobody has', () => {
    expect([city.place('x'), city.unit('x'), city.rule('x')]).toEqual([null, null, null]);
  });

  it('places the grid rung in the community, since workstations sit there', () => {
    expect((['grid', 'street', 'district', 'city'] as const).map((rung) => placeOn(rung, path))).toEqual(['M1', 'S1', 'D', 'C']);
  });

  it('lets the city loop begin on the district rung', () => {
    expect((['grid', 'street', 'city'] as const).map(rungOfLoop)).toEqual(['grid', 'street', 'district']);
  });

  it('compares the rung of a unit', () => {
    const centre = city.unit('SC1');
    expect(centre && [atOrAbove(centre, 'grid'), atOrAbove(centre, 'street'), atOrAbove(centre, 'district')]).toEqual([true, true, false]);
  });
});
