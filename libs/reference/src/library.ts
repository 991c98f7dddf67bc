import type { CatalogueRule } from './catalogue.js';
import type { WorkCalendar } from './calendar.js';
import { cityOf } from './city.js';
import type { City } from './city.js';
import type { Policy } from './policy.js';
import type { Reference } from './reference.js';

/**
 * 版本库 Every version of the reference data that was ever in force. New incidents are filed under the current one; an incident
 * that was filed under an older one keeps being judged by it (rule 3 of an honest record).
 */
export interface Library {
  readonly current: City;
  policy(version: string): Policy;
  calendar(version: string): WorkCalendar;
  rule(catalogueVersion: string, ruleId: string): CatalogueRule | null;
}

/** Throws for a pinned version that is not there: the log refers to it, so its absence is a defect, not an answer. */
const found = <Value>(value: Value | undefined, what: string, version: string): Value => {
  if (value === undefined) throw new Error(`${what} version "${version}" is pinned by a recorded incident but missing from the library`);
  return value;
};

/** `references` in the order of their activation; the last one is in force. */
export const libraryOf = (references: readonly Reference[]): Library => {
  const last = references.at(-1);
  if (!last) throw new Error('the library holds no reference data yet');
  const policies = new Map(references.map(({ policy }) => [policy.version, policy]));
  const calendars = new Map(references.map(({ calendar }) => [calendar.version, calendar]));
  const rules = new Map(references.map(({ catalogue }) => [catalogue.version, new Map(catalogue.rules.map((rule) => [rule.ruleId, rule]))]));
  return {
    current: cityOf(last),
    policy: (version) => found(policies.get(version), 'policy', version),
    calendar: (version) => found(calendars.get(version), 'calendar', version),
    rule: (catalogueVersion, ruleId) => found(rules.get(catalogueVersion), 'catalogue', catalogueVersion).get(ruleId) ?? null,
  };
};
