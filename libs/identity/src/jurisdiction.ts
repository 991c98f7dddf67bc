import type { Incident, KnownIncident } from '#incident';
import type { City } from '#reference';
import { seesPlace } from '#views';
import type { Scope } from '#views';
import type { Account } from './account.js';

const nothing: Scope = { places: [], unit: null };
const everything: Scope = { places: null, unit: null };

const communityOf = (code: string, city: City): string => {
  const place = city.place(code);
  return place?.kind === 'grid' && place.parent !== null ? place.parent : code;
};

/**
 * 辖区 What an account may see. A street's people see their street, a district's people its streets, a grid worker the community, a
 * unit what it holds or held. Places that the city no longer knows give sight of nothing.
 */
export const scopeOf = (account: Account, city: City): Scope => {
  const place = account.place === null ? null : city.place(account.place);
  if (account.place !== null && place === null) return { places: [], unit: account.role === 'unit-handler' ? account.unit : null };
  switch (account.role) {
    case 'grid-worker':
      return place && (place.kind === 'grid' || place.kind === 'community')
        ? { places: [communityOf(place.code, city)], unit: account.unit }
        : { places: [], unit: account.unit };
    case 'unit-handler':
      return { places: [], unit: account.unit };
    case 'street-dispatcher':
    case 'district-dispatcher':
      return { places: place ? [place.code] : [], unit: account.unit };
    case 'city-dispatcher':
    case 'analyst':
    case 'auditor':
      return place === null || place.kind === 'city' ? everything : { places: [place.code], unit: null };
    case 'administrator':
    case 'channel':
      return nothing;
  }
};

/** Units that have or had to do with an incident, as far as its present state remembers. */
export const unitsInvolved = (incident: KnownIncident): readonly string[] => [
  ...(incident.stage === 'open'
    ? [incident.accountableUnit, ...incident.unitsTried, ...incident.assisting, ...incident.handlingUnits, ...[...incident.whistles.values()].flatMap(({ units }) => units)]
    : []),
  ...(incident.stage === 'open' && incident.work.step === 'arbitrating' ? [incident.work.arbiter] : []),
  ...(incident.stage === 'closed' ? incident.handlingUnits : []),
  ...(incident.stage === 'accepted' ? [incident.acceptedBy] : []),
  ...incident.rectifications.values(),
  ...[...incident.supervisions.values()].map(({ unit }) => unit),
];

/** Whoever remembers which units ever had an incident: the views. */
export interface PastHoldings {
  incident(scope: Scope, incidentId: string): Promise<object | null>;
}

/** Whether an account may know of an incident. Its state forgets units that held it long ago; the views do not. */
export const mayKnow = async (account: Account, city: City, incidentId: string, state: Incident, past: PastHoldings): Promise<boolean> => {
  const scope = scopeOf(account, city);
  return seesIncident(scope, state) || (state.stage !== 'unknown' && scope.unit !== null && (await past.incident(scope, incidentId)) !== null);
};

/** Whether an incident, as it stands in the log, is within a scope. Nobody sees an incident that does not exist. */
export const seesIncident = (scope: Scope, incident: Incident): boolean =>
  incident.stage !== 'unknown' && seesPlace(scope, incident.origin.place, unitsInvolved(incident));
