import { describe, expect, it } from '@jest/globals';
import { evolve, unknownIncident } from '#incident';
import type { Incident } from '#incident';
import { smallLibrary } from '#scenario';
import type { Account, AccountRole } from './account.js';
import { scopeOf, seesIncident } from './jurisdiction.js';

const city = smallLibrary.current;
const account = (role: AccountRole, unit: string, place: string | null): Account => ({ id: 'a', login: 'a', displayName: 'A', role, unit, place, active: true, createdAt: '2026-01-01T00:00:00.000Z' });

const at = { recordedAt: 0, recordedAtIso: '1970-01-01T00:00:00.000Z', actorId: 'x', actorUnit: 'S1A-station' };
const reportedAt = (grid: string): Incident =>
  evolve(unknownIncident, {
    type: 'IncidentReported',
    data: {
      incidentId: 'i', round: 1, channel: 'grid', externalId: null, place: { grid, community: grid.slice(0, 3), street: grid.slice(0, 2), district: 'YP', city: 'SH' }, location: null, ruleHint: null,
      reporter: null, description: null, address: null, photos: [], clocks: [],
    },
  }, at);

describe('jurisdiction', () => {
  it.each([
    ['a grid worker of a grid: the community', account('grid-worker', 'S1A-station', 'S1A1'), { places: ['S1A'], unit: 'S1A-station' }],
    ['a grid worker of a community: the community', account('grid-worker', 'S1A-station', 'S1A'), { places: ['S1A'], unit: 'S1A-station' }],
    ['a grid worker wrongly given a street: no place', account('grid-worker', 'S1A-station', 'S1'), { places: [], unit: 'S1A-station' }],
    ['a street dispatcher: the street', account('street-dispatcher', 'S1-centre', 'S1'), { places: ['S1'], unit: 'S1-centre' }],
    ['a street dispatcher without a place: none', account('street-dispatcher', 'S1-centre', null), { places: [], unit: 'S1-centre' }],
    ['a unit handler: what the unit has or had', account('unit-handler', 'S1-roads', 'S1'), { places: [], unit: 'S1-roads' }],
    ['a district dispatcher: the district', account('district-dispatcher', 'YP-centre', 'YP'), { places: ['YP'], unit: 'YP-centre' }],
    ['a city dispatcher: everything', account('city-dispatcher', 'SH-centre', 'SH'), { places: null, unit: null }],
    ['an analyst of the city: everything', account('analyst', 'SH-centre', null), { places: null, unit: null }],
    ['an auditor of a district: the district', account('auditor', 'YP-centre', 'YP'), { places: ['YP'], unit: null }],
    ['an administrator: nothing', account('administrator', 'administration', null), { places: [], unit: null }],
    ['a channel: nothing', account('channel', 'hotline', null), { places: [], unit: null }],
    ['a place that the city no longer knows: nothing', account('analyst', 'SH-centre', 'GONE'), { places: [], unit: null }],
    ['a unit handler whose place is gone: what the unit has', account('unit-handler', 'S1-roads', 'GONE'), { places: [], unit: 'S1-roads' }],
  ])('of %s', (_who, who, scope) => {
    expect(scopeOf(who, city)).toEqual(scope);
  });

  it.each([
    ['S1', 'S1A1', true], ['S1', 'S2A1', false], ['YP', 'S2A1', true], ['S1A', 'S1A2', true], ['S1A', 'S1B1', false], ['S1A1', 'S1A1', true], ['SH', 'S1A1', true],
  ])('%s sees what lies in %s: %s', (place, grid, sees) => {
    expect(seesIncident({ places: [place], unit: null }, reportedAt(grid))).toBe(sees);
  });

  it('nobody sees an incident that does not exist', () => {
    expect(seesIncident({ places: null, unit: null }, unknownIncident)).toBe(false);
  });

  it('a scope of nothing sees nothing', () => {
    expect(seesIncident({ places: [], unit: null }, reportedAt('S1A1'))).toBe(false);
    expect(seesIncident({ places: [], unit: 'S1-roads' }, reportedAt('S1A1'))).toBe(false);
  });
});
