import type { Incident } from '#incident';
import type { PlacePath, Suggestion } from '#events';
import type { CatalogueRule, City, Library, Rung } from '#reference';

/** 智能派单 A unit that the duty catalogue makes responsible, and why. The first is the best. */
export interface RankedUnit extends Suggestion {
  readonly unit: string;
  readonly name: string;
  readonly basis: string;
}

/** By how exactly the duty catalogue speaks of the rule and how near the unit is. */
export const rankedUnits = (city: City, rule: CatalogueRule, rung: Rung, place: PlacePath): readonly RankedUnit[] =>
  city.dutiesFor(rule, rung, place).map(({ unit, dutyId, basis, match }, index) => ({ rank: index + 1, unit: unit.code, name: unit.name, dutyId, match, basis }));

/**
 * Units for an incident on a rung, ranked by how exactly the duty catalogue speaks of it and how near the unit is. Filed incidents are
 * judged by their rule, others by what their reporter thinks they are; without either nobody is suggested.
 */
export const suggestionsFor = (incident: Incident, library: Library, rung?: Rung): readonly RankedUnit[] => {
  if (incident.stage === 'unknown') return [];
  const city = library.current;
  const filing = 'filing' in incident ? incident.filing : null;
  const { ruleHint, place } = incident.origin;
  const rule = filing ? library.rule(filing.catalogueVersion, filing.ruleId) : ruleHint === null ? null : city.rule(ruleHint);
  if (!rule) return [];
  const onRung = rung ?? (incident.stage === 'open' ? incident.rung : 'street');
  return rankedUnits(city, rule, onRung, place);
};
