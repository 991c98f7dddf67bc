import { describe, expect, it } from '@jest/globals';
import { bodyOf, emptyValues, forms, missingIn } from './forms.js';

describe('the form of a command', () => {
  it('names what is missing, and nothing that may be left out', () => {
    expect(missingIn(forms['return'] ?? [], emptyValues())).toBe('reason');
    expect(missingIn(forms['return'] ?? [], { ...emptyValues(), reason: 'other' })).toBeNull();
    expect(missingIn(forms['whistle'] ?? [], { ...emptyValues(), reason: 'other' })).toBe('units');
    expect(missingIn(forms['handle'] ?? [], emptyValues())).toBeNull();
    expect(missingIn(forms['request-extension'] ?? [], { ...emptyValues(), reason: 'other', minutes: 0 })).toBe('minutes');
  });

  it('sends a note with the reason where there is one, and by itself where there is none', () => {
    expect(bodyOf('return', { ...emptyValues(), reason: 'other', note: ' 不归我们 ' }, 'street')).toEqual({ reason: { code: 'other', note: '不归我们' } });
    expect(bodyOf('urge', { ...emptyValues(), note: '快' }, 'street')).toEqual({ note: '快' });
    expect(bodyOf('urge', emptyValues(), 'street')).toEqual({});
  });

  it('sends what the fields of the command ask and nothing else', () => {
    const values = { ...emptyValues(), unit: 'U', rule: 'R', assisting: ['A'], reason: 'other', rung: 'district', until: '2026-12-01T08:00' };
    expect(bodyOf('dispatch', values, 'street')).toEqual({ unit: 'U', assisting: ['A'] });
    expect(bodyOf('file', values, null)).toEqual({ ruleId: 'R', grade: 'general' });
    expect(bodyOf('escalate', values, 'street')).toEqual({ from: 'street', to: 'district', reason: { code: 'other' } });
    expect(bodyOf('delegate', values, 'street')).toEqual({ to: 'district', reason: { code: 'other' } });
    expect(bodyOf('close', values, 'street')).toEqual({});
  });
});
