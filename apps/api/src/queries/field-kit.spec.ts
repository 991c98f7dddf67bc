import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account, AccountRole } from '#identity';
import { smallLibrary } from '#scenario';
import { FrontDoor } from '../../spec/front-door.js';
import { fieldKitFor } from './field-kit.js';

const city = smallLibrary.current;
const person = (role: AccountRole, unit: string, place: string | null): Account =>
  ({ id: 'x', login: 'x', displayName: 'x', role, unit, place, active: true, createdAt: '2026-11-23T01:00:00.000Z' }) as unknown as Account;
const codes = (list: readonly { readonly code: string }[]): readonly string[] => list.map(({ code }) => code);

describe('what a phone needs of the reference data', () => {
  it('is for a grid worker the grids of the whole community', () => {
    const kit = fieldKitFor(person('grid-worker', 'S1A-station', 'S1A1'), city);
    expect(kit.ground.code).toBe('S1A');
    expect(codes(kit.grids).length).toBeGreaterThan(0);
    expect(codes(kit.grids).every((code) => city.contains('S1A', code))).toBe(true);
  });

  it('names units inside and above the ground, and nobody of the neighbours', () => {
    const units = codes(fieldKitFor(person('grid-worker', 'S1A-station', 'S1A1'), city).units);
    expect(units).toEqual(expect.arrayContaining(['S1A-station', 'S1-sanitation', 'YP-centre']));
    expect(units).not.toContain('S1B-station');
    expect(units).not.toContain('S2-centre');
  });

  it('is the whole city for who answers for no place in particular, and nothing for a place that is gone', () => {
    expect(fieldKitFor(person('city-dispatcher', 'SH-centre', null), city).grids.length).toBe(city.reference.places.filter(({ kind }) => kind === 'grid').length);
    expect(fieldKitFor(person('unit-handler', 'S1-roads', 'gone'), city)).toMatchObject({ grids: [], units: [], ground: { code: '' } });
  });

  it('carries the reasons of the role and no others', () => {
    const worker = fieldKitFor(person('grid-worker', 'S1A-station', 'S1A1'), city).reasons;
    expect(worker['ReturnDispatch']).toMatchObject({ 'not-our-duty': '不属本单位职责' });
    expect(worker).not.toHaveProperty('DenySuspension');
  });
});

describe('the field kit through the door', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it('comes packed to whoever can unpack it and is then known by its tag', async () => {
    const plain = await door.get('gridWorker', '/api/field-kit', { 'accept-encoding': 'identity' });
    const packed = await door.get('gridWorker', '/api/field-kit', { 'accept-encoding': 'gzip' });
    expect(plain.json).toMatchObject({ unit: { code: 'S1A-station' }, version: 'small-1' });
    const bytes = packed.bytes[0] === 0x1f ? gunzipSync(packed.bytes) : packed.bytes;
    expect(JSON.parse(bytes.toString('utf8'))).toEqual(plain.json);
    expect(packed.headers).toMatchObject({ vary: 'accept-encoding', etag: plain.headers['etag'] });
    expect(await door.get('gridWorker', '/api/field-kit', { 'if-none-match': String(plain.headers['etag']) })).toMatchObject({ status: 304, text: '' });
  });

  it('is another one for who works elsewhere', async () => {
    const here = await door.get('gridWorker', '/api/field-kit');
    const there = await door.get('neighbour', '/api/field-kit');
    expect(there.headers['etag']).not.toBe(here.headers['etag']);
  });
});
