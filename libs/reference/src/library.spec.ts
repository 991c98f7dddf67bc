import { describe, expect, it } from '@jest/globals';
import { libraryOf } from './library.js';
import type { Reference } from './reference.js';

const version = (name: string, limit: number): Reference =>
  ({
    version: name, places: [], units: [], duties: { version: name, rules: [] },
    catalogue: { version: name, rules: [{ ruleId: 'E-1-1.1', handleLimit: { amount: limit, unit: 'working-hour' } }] },
    policy: { version: name }, calendar: { version: name },
  }) as unknown as Reference;

describe('the library 版本库', () => {
  const library = libraryOf([version('2025', 4), version('2026', 2)]);

  it('has the last activated version in force', () => {
    expect(library.current.reference.version).toBe('2026');
    expect(library.current.rule('E-1-1.1')?.handleLimit.amount).toBe(2);
  });

  it('still judges by the rules of the version that was pinned', () => {
    expect(library.rule('2025', 'E-1-1.1')?.handleLimit.amount).toBe(4);
    expect([library.policy('2025').version, library.calendar('2025').version]).toEqual(['2025', '2025']);
  });

  it('answers null for a rule that a known catalogue never had', () => {
    expect(library.rule('2025', 'E-9')).toBeNull();
  });

  it('treats a pinned version that is gone as a defect, and so an empty library', () => {
    expect(() => library.policy('2019')).toThrow(/missing from the library/u);
    expect(() => library.calendar('2019')).toThrow(/missing from the library/u);
    expect(() => library.rule('2019', 'E-1-1.1')).toThrow(/missing from the library/u);
    expect(() => libraryOf([])).toThrow(/no reference data/u);
  });
});
