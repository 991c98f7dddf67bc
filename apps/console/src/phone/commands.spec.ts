import { describe, expect, it } from '@jest/globals';
import { commandOfStep, phoneCommand, phoneCommands, stepFor } from './commands.js';

const stands = (stage: string, more: object = {}) => ({ stage, holder: 'station', accountableUnit: 'station', suspendedUntil: null, ...more });

describe('commands on a phone', () => {
  it('have a form for every step that the list proposes', () => {
    for (const command of Object.values(commandOfStep)) expect(phoneCommand(command)).not.toBeNull();
    expect(new Set(phoneCommands.map(({ path }) => path)).size).toBe(phoneCommands.length);
  });

  it.each([
    ['reported', 'accept'], ['accepted', 'file'], ['filed', 'dispatch'], ['dispatched', 'acknowledge'], ['acknowledged', 'handle'], ['inspected', 'close'], ['closed', null], ['arbitrating', null],
  ])('propose for what is %s the step %s to the workstation that holds it', (stage, step) => {
    expect(stepFor(stands(stage), 'station', 'grid-worker')).toBe(step);
    expect(stepFor(stands(stage), 'elsewhere', 'grid-worker')).toBeNull();
  });

  it('propose an inspection to everybody who inspects but to those who handled it', () => {
    const handled = stands('handled', { holder: 'centre', accountableUnit: 'sanitation' });
    expect(stepFor(handled, 'station', 'grid-worker')).toBe('inspect');
    expect(stepFor(handled, 'sanitation', 'grid-worker')).toBeNull();
    expect(stepFor(handled, 'roads', 'unit-handler')).toBeNull();
  });

  it('propose no work of a desk to a unit, and no work on what is suspended', () => {
    expect(stepFor(stands('filed'), 'station', 'unit-handler')).toBeNull();
    expect(stepFor(stands('dispatched'), 'station', 'unit-handler')).toBe('acknowledge');
    expect(stepFor(stands('acknowledged', { suspendedUntil: '2026-11-30T00:00:00.000Z' }), 'station', 'grid-worker')).toBeNull();
  });
});
