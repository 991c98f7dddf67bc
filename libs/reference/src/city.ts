import type { CatalogueRule } from './catalogue.js';
import { height } from './ladder.js';
import type { Loop, Rung } from './ladder.js';
import type { Place, PlacePath } from './place.js';
import type { Reference } from './reference.js';
import type { Unit, UnitKind } from './unit.js';

const centreKindOf: Readonly<Record<Rung, UnitKind>> = {
  grid: 'workstation',
  street: 'street-centre',
  district: 'district-centre',
  city: 'city-centre',
};

/** A unit that the duty catalogue names for an incident, and why. */
export interface DutyAnswer {
  readonly unit: Unit;
  readonly dutyId: string;
  readonly basis: string;
  /** How exactly the duty rule speaks of the incident. */
  readonly match: 'rule' | 'subclass' | 'class';
}

/** One version of the reference data with look-ups; built once per version, never changed. */
export interface City {
  readonly reference: Reference;
  place(code: string): Place | null;
  /** The grid and all that contains it; null for a code that is no grid. */
  pathOf(gridCode: string): PlacePath | null;
  unit(code: string): Unit | null;
  rule(ruleId: string): CatalogueRule | null;
  /** The centre 城运中心 (on the grid rung: the community's workstation) that holds incidents of this place on this rung. */
  centre(rung: Rung, path: PlacePath): Unit | null;
  /** 依责 Units that the duty catalogue makes responsible on a rung, most exact rule first, units of the nearest place first. */
  dutiesFor(rule: CatalogueRule, rung: Rung, path: PlacePath): readonly DutyAnswer[];
  /** Whether `outer` is `inner` or contains it. */
  contains(outer: string, inner: string): boolean;
}

/** The place of a path on a rung: a grid's community for `grid`, since workstations sit in communities. */
export const placeOn = (rung: Rung, path: PlacePath): string =>
  rung === 'grid' ? path.community : rung === 'street' ? path.street : rung === 'district' ? path.district : path.city;

export const rungOfLoop = (loop: Loop): Rung => (loop === 'city' ? 'district' : loop);

const grouped = <Row, Key>(rows: readonly Row[], key: (row: Row) => Key): Map<Key, Row[]> => {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
};

export const cityOf = (reference: Reference): City => {
  const places = new Map(reference.places.map((place) => [place.code, place]));
  const units = new Map(reference.units.map((unit) => [unit.code, unit]));
  const rules = new Map(reference.catalogue.rules.map((rule) => [rule.ruleId, rule]));
  const unitsByLine = grouped(reference.units.filter((unit) => unit.active), (unit) => `${unit.rung} ${unit.line}`);
  const centres = new Map(reference.units.filter((unit) => unit.active).map((unit) => [`${unit.kind} ${unit.place}`, unit]));
  const dutiesBySubject = grouped(reference.duties.rules, (duty) => `${duty.rung} ${duty.subject}`);

  const ancestors = (code: string): string[] => {
    const line: string[] = [];
    for (let place = places.get(code); place; place = place.parent === null ? undefined : places.get(place.parent)) line.push(place.code);
    return line;
  };

  const paths = new Map<string, PlacePath>();
  for (const place of reference.places) {
    if (place.kind !== 'grid') continue;
    const [grid, community, street, district, city] = ancestors(place.code);
    if (grid && community && street && district && city) paths.set(place.code, { grid, community, street, district, city });
  }

  const dutiesFor = (rule: CatalogueRule, rung: Rung, path: PlacePath): DutyAnswer[] => {
    const line = [path.grid, path.community, path.street, path.district, path.city];
    const subjects: readonly (readonly [DutyAnswer['match'], string])[] = [
      ['rule', rule.ruleId],
      ['subclass', rule.subclassCode],
      ['class', rule.classCode],
    ];
    const answers: DutyAnswer[] = [];
    for (const [match, subject] of subjects) {
      for (const duty of dutiesBySubject.get(`${rung} ${subject}`) ?? []) {
        const near = (unitsByLine.get(`${rung} ${duty.line}`) ?? [])
          .filter((unit) => line.includes(unit.place))
          .sort((a, b) => line.indexOf(a.place) - line.indexOf(b.place) || (a.code < b.code ? -1 : 1));
        for (const unit of near) {
          if (!answers.some((answer) => answer.unit.code === unit.code)) answers.push({ unit, dutyId: duty.dutyId, basis: duty.basis, match });
        }
      }
    }
    return answers;
  };

  return {
    reference,
    place: (code) => places.get(code) ?? null,
    pathOf: (gridCode) => paths.get(gridCode) ?? null,
    unit: (code) => units.get(code) ?? null,
    rule: (ruleId) => rules.get(ruleId) ?? null,
    centre: (rung, path) => centres.get(`${centreKindOf[rung]} ${placeOn(rung, path)}`) ?? null,
    dutiesFor,
    contains: (outer, inner) => outer === inner || ancestors(inner).includes(outer),
  };
};

/** The rung from which a unit works is at or above another. */
export const atOrAbove = (unit: Unit, rung: Rung): boolean => height(unit.rung) >= height(rung);
