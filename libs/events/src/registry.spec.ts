import { describe, expect, it } from '@jest/globals';
import { chineseNameOf, incidentEventKinds, schemaOf, upcast } from './registry.js';
import type { Upcast } from './registry.js';

describe('upcasting', () => {
  // A fact as it might have grown: in schema 2 the unit got a name of its own, in schema 3 a list took the place of one photo.
  const named: Upcast = ({ by, ...data }) => ({ ...data, unit: by });
  const listed: Upcast = ({ photo, ...data }) => ({ ...data, photos: photo === null ? [] : [photo] });
  const kind = { chinese: '试', schema: 3, upcasts: [named, listed] };
  const today = { unit: 'roads', photos: ['p-1'] };

  it('lifts each older schema step by step to the present one', () => {
    expect(upcast('Grown', 1, { by: 'roads', photo: 'p-1' }, kind)).toEqual(today);
    expect(upcast('Grown', 2, { unit: 'roads', photo: 'p-1' }, kind)).toEqual(today);
    expect(upcast('Grown', 3, today, kind)).toEqual(today);
  });

  it('leaves what was stored as it was', () => {
    const stored = Object.freeze({ by: 'roads', photo: null });
    expect(upcast('Grown', 1, stored, kind)).toEqual({ unit: 'roads', photos: [] });
    expect(stored).toEqual({ by: 'roads', photo: null });
  });

  it('refuses a schema of a newer engine, and what is no schema', () => {
    expect(() => upcast('Grown', 4, today, kind)).toThrow('newer than this engine');
    for (const schema of [0, -1, 1.5, Number.NaN]) expect(() => upcast('Grown', schema, today, kind)).toThrow('newer than this engine');
  });

  it('refuses a type that the registry does not know', () => {
    expect(() => upcast('Unheard', 1, {})).toThrow('not in the registry');
    expect(() => schemaOf('Unheard')).toThrow('not in the registry');
    expect(() => schemaOf('constructor')).toThrow('not in the registry');
  });
});

describe('the registry of facts', () => {
  it('has one step between two neighbouring schemas of every type', () => {
    expect(Object.entries(incidentEventKinds).filter(([, { schema, upcasts }]) => upcasts.length !== schema - 1)).toEqual([]);
  });

  it('shows an unknown type as it is', () => expect([chineseNameOf('Filed'), chineseNameOf('Unheard')]).toEqual(['立案', 'Unheard']));
});
