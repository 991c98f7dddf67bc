import { describe, expect, it } from '@jest/globals';
import { smallReference } from '#scenario';
import { differenceBetween } from './difference.js';

const [unit, ...units] = smallReference.units;
const [duty, ...duties] = smallReference.duties.rules;
const [rule, ...rules] = smallReference.catalogue.rules;

describe('the difference between two versions of the reference data', () => {
  it('is nothing between a version and itself, in whatever order it stands', () => {
    expect(differenceBetween(smallReference, { ...smallReference, units: smallReference.units.toReversed(), places: smallReference.places.toReversed() })).toEqual([]);
  });

  it('names every entry that is added, removed or changed, with the old and the new value', () => {
    if (!unit || !duty || !rule) throw new Error('the small city is empty');
    const after = {
      ...smallReference, version: 'small-2', units: [{ ...unit, name: '新名' }, ...units], duties: { version: 'duties-2', rules: duties },
      catalogue: { version: 'catalogue-2', rules: [{ ...rule, limitText: '9工作日' }, ...rules, { ...rule, ruleId: 'new-1' }] },
    };
    const found = differenceBetween(smallReference, after);
    expect(found.filter(({ part }) => part === 'city').map(({ key }) => key)).toEqual(['version', 'catalogueVersion', 'dutiesVersion']);
    expect(found.find(({ part }) => part === 'units')).toEqual({ part: 'units', kind: 'changed', key: unit.code, name: '新名', fields: [{ field: 'name', before: unit.name, after: '新名' }] });
    expect(found.find(({ part }) => part === 'duties')).toMatchObject({ kind: 'removed', key: duty.dutyId, fields: expect.arrayContaining([{ field: 'rung', before: duty.rung, after: null }]) });
    expect(found.filter(({ part }) => part === 'catalogue').map(({ kind, key }) => [kind, key])).toEqual([['changed', rule.ruleId], ['added', 'new-1']]);
  });

  it('reads a policy and a calendar setting by setting, and lists item by item', () => {
    const { policy, calendar } = smallReference;
    const limits = { ...policy.limits, street: { ...policy.limits.street, accept: { amount: 3, unit: 'working-day' as const } } };
    const after = { ...smallReference, policy: { ...policy, returnCap: policy.returnCap + 1, limits }, calendar: { ...calendar, holidays: [...calendar.holidays, '2031-10-01'] } };
    const found = differenceBetween(smallReference, after);
    expect(found.map(({ part, kind, key }) => `${part} ${kind} ${key}`).toSorted()).toEqual(['calendar added holidays 2031-10-01', 'policy changed limits.street.accept', 'policy changed returnCap']);
    expect(found.find(({ key }) => key === 'limits.street.accept')?.fields[0]?.after).toBe('3工作日');
  });
});
