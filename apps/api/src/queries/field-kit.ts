import { maySend, scopeOf } from '#identity';
import type { Account, PersonCommandType } from '#identity';
import { reasons } from '#incident';
import type { City, Place } from '#reference';

export interface FieldKit {
  readonly version: string;
  readonly cityName: string;
  readonly bounds: City['reference']['bounds'];
  readonly unit: NamedCode;
  readonly ground: NamedCode;
  readonly grids: readonly { readonly code: string; readonly name: string; readonly longitude: number | null; readonly latitude: number | null }[];
  readonly units: readonly NamedCode[];
  readonly subjects: readonly {
    readonly ruleId: string;
    readonly className: string;
    readonly subclassName: string;
    readonly condition: string;
    readonly closing: string;
    readonly onTheSpot: boolean;
  }[];
  readonly reasons: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface NamedCode {
  readonly code: string;
  readonly name: string;
}

/** Where somebody works: a grid worker in a whole community, everybody else where the account says; without a place, the whole city. */
const groundOf = (account: Account, city: City): Place | null => {
  const [seen] = account.role === 'grid-worker' ? (scopeOf(account, city).places ?? []) : [];
  const root = city.reference.places.find(({ kind }) => kind === 'city') ?? null;
  const code = seen ?? account.place;
  return code === null ? root : city.place(code);
};

const reasonsFor = ({ role }: Account): FieldKit['reasons'] =>
  Object.fromEntries(Object.entries(reasons).filter(([command]) => maySend(role, command as PersonCommandType)));

/**
 * 随身底数 The part of the reference data that somebody needs on a phone, also without a network: the grids of their own ground, what can be
 * reported, the reasons that their role may give, and the names of units inside and above that ground. Small enough for a patchy network.
 */
export const fieldKitFor = (account: Account, city: City): FieldKit => {
  const { version, cityName, bounds, places, units, catalogue } = city.reference;
  const ground = groundOf(account, city);
  const inside = (code: string): boolean => ground !== null && city.contains(ground.code, code);
  const near = (code: string): boolean => ground !== null && (city.contains(code, ground.code) || inside(code));
  return {
    version, cityName, bounds,
    unit: { code: account.unit, name: city.unit(account.unit)?.name ?? account.unit },
    ground: { code: ground?.code ?? '', name: ground?.name ?? '' },
    grids: places.flatMap(({ kind, code, name, longitude, latitude }) => (kind === 'grid' && inside(code) ? [{ code, name, longitude, latitude }] : [])),
    units: units.flatMap(({ code, name, place, active }) => (active && near(place) ? [{ code, name }] : [])),
    subjects: catalogue.rules.map(({ ruleId, className, subclassName, filingCondition, closingCondition, onTheSpot }) => ({
      ruleId, className, subclassName, condition: filingCondition, closing: closingCondition, onTheSpot,
    })),
    reasons: reasonsFor(account),
  };
};
