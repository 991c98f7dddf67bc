import type { Engine } from '#assembly';
import { checkAccount } from '#identity';
import type { AccountRole } from '#identity';
import { engineActor } from '#kernel';
import { cityOf, rungs } from '#reference';
import type { CatalogueRule, City, Place, Policy, Reference, StageLimits, TimeLimit } from '#reference';
import { loadReferenceFolder } from '#tables';

/** Somebody who works in the trial city, signed in. */
export interface Person {
  readonly login: string;
  readonly role: AccountRole;
  readonly unit: string;
  readonly place: string | null;
  readonly token: string;
}

export interface Cast {
  readonly city: City;
  readonly people: readonly Person[];
  /** Grids in which something happens. */
  readonly grids: readonly string[];
  /** Rules of the catalogue by which it is filed. */
  readonly rules: readonly CatalogueRule[];
}

export const returnCap = 1;
const streets = 2;
const communitiesOfStreet = 3;
const gridsOfCommunity = 2;

/** A file cannot say seconds, since no city works in them; a reference in memory can. Both units run through, see the calendar. */
const seconds = (amount: number, unit: TimeLimit['unit'] = 'continuous-hour'): TimeLimit => ({ amount: amount / 3_600, unit });

const stages: StageLimits = {
  accept: seconds(3), dispatch: seconds(3), acknowledge: seconds(3, 'working-hour'), contact: seconds(4), arrive: seconds(5, 'working-hour'), inspect: seconds(4),
  supervise: seconds(5, 'working-hour'), arbitrate: seconds(4), whistle: seconds(3), rectify: seconds(5),
};

const hastened = (policy: Policy): Policy => ({
  ...policy,
  version: `${policy.version}-trial`,
  limits: Object.fromEntries(rungs.map((rung) => [rung, stages])) as Policy['limits'],
  citizenLimit: seconds(16),
  // The door takes extensions in whole minutes.
  extensionFactor: 12,
  returnCap,
  samplingShare: 0.5,
  failedInspectionsBeforeSupervision: 1,
});

/** The city of a seeds folder with limits of seconds that run day and night. */
export const trialReference = async (folder: string): Promise<Reference> => {
  const reference = await loadReferenceFolder(folder);
  const rules = reference.catalogue.rules.map((rule, index) => ({ ...rule, handleLimit: seconds(5 + (index % 3), index % 2 === 0 ? 'working-hour' : 'continuous-hour') }));
  return {
    ...reference,
    version: `${reference.version}-trial`,
    catalogue: { version: `${reference.catalogue.version}-trial`, rules },
    policy: hastened(reference.policy),
    calendar: {
      ...reference.calendar, version: `${reference.calendar.version}-trial`, windows: [{ fromMinute: 0, toMinute: 1_440 }], weekdays: [0, 1, 2, 3, 4, 5, 6], holidays: [],
      makeUpWorkdays: [],
    },
  };
};

const inside = (city: City, parent: string, kind: Place['kind'], most: number): readonly Place[] =>
  city.reference.places.filter((place) => place.parent === parent && place.kind === kind).slice(0, most);

interface Post {
  readonly role: AccountRole;
  readonly unit: string;
  readonly place: string;
}

/** Who is needed to live every step of an incident in these places: everybody at a desk twice, since some steps need two people. */
const postsOf = (city: City, places: ReadonlySet<string>): readonly Post[] => {
  const posts: Post[] = [];
  const deskRoles = { workstation: 'grid-worker', 'street-centre': 'street-dispatcher', 'district-centre': 'district-dispatcher', 'city-centre': 'city-dispatcher' } as const;
  for (const { kind, code, place, active } of city.reference.units) {
    if (!active || !places.has(place)) continue;
    const role = kind === 'commission' || kind === 'bureau' || kind === 'street-unit' ? 'unit-handler' : deskRoles[kind];
    const post = { role, unit: code, place } as const;
    posts.push(...(role === 'unit-handler' ? [post] : [post, post]));
  }
  return [...posts, { role: 'channel', unit: 'hotline', place: '' }, { role: 'channel', unit: 'citizens', place: '' }];
};

/** Puts the trial city in force in an empty log and signs its people in. */
export const settle = async (engine: Engine, seedsFolder: string): Promise<Cast> => {
  const reference = await trialReference(seedsFolder);
  await engine.shelf.activate(reference, engineActor('trial'));
  const city = cityOf(reference);
  const district = reference.places.find(({ kind }) => kind === 'district');
  if (!district) throw new Error('the city has no district');
  const chosen = inside(city, district.code, 'street', streets);
  const communities = chosen.flatMap(({ code }) => inside(city, code, 'community', communitiesOfStreet));
  const places = new Set([district.parent ?? '', district.code, ...[...chosen, ...communities].map(({ code }) => code)]);
  const people: Person[] = [];
  for (const [index, { role, unit, place }] of postsOf(city, places).entries()) {
    const account = await engine.doorkeeper.addAccount(checkAccount({ login: `trial-${index}`, displayName: `示意 ${index}`, role, unit, place }, city));
    const { token } = await engine.doorkeeper.signInByLink(await engine.doorkeeper.openLink('login', account.id), '127.0.0.1');
    people.push({ login: account.login, role, unit, place: account.place, token });
  }
  return {
    city, people, rules: rulesIn(city),
    grids: communities.flatMap(({ code }) => inside(city, code, 'grid', gridsOfCommunity)).map(({ code }) => code),
  };
};

/** Some of every class, those that the grid can fix and those that enter higher up. */
const rulesIn = (city: City): readonly CatalogueRule[] => {
  const { rules } = city.reference.catalogue;
  const every = Math.max(1, Math.floor(rules.length / 40));
  return [...rules.filter(({ onTheSpot }) => onTheSpot).slice(0, 10), ...rules.filter((_rule, index) => index % every === 0)];
};
