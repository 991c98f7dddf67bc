import { entriesOf, withoutDuplicates } from './assemble-table.js';
import type { Entry, Findings, Table } from './assemble-table.js';
import type { Rung } from './ladder.js';
import type { Place, PlaceKind } from './place.js';
import type { Unit, UnitKind } from './unit.js';

/** Where a kind of unit sits and on which rung it works: the kind decides both. */
export const unitSeats: Readonly<Record<UnitKind, { readonly rung: Rung; readonly place: PlaceKind }>> = {
  workstation: { rung: 'grid', place: 'community' },
  'street-centre': { rung: 'street', place: 'street' },
  'street-unit': { rung: 'street', place: 'street' },
  'district-centre': { rung: 'district', place: 'district' },
  commission: { rung: 'district', place: 'district' },
  'city-centre': { rung: 'city', place: 'city' },
  bureau: { rung: 'city', place: 'city' },
};

const unitKinds = Object.keys(unitSeats) as UnitKind[];
const columns = ['code', 'name', 'kind', 'place', 'line', 'active'];

const readUnit = (entry: Entry, places: ReadonlyMap<string, Place>): Unit | null => {
  const kind = entry.oneOf('kind', unitKinds, 'reference.unknown-kind');
  const unit = {
    code: entry.code('code'),
    name: entry.text('name'),
    place: entry.code('place'),
    line: entry.code('line'),
    active: entry.flag('active'),
  };
  if (kind === null) return null;
  const place = places.get(unit.place);
  const seat = unitSeats[kind];
  if (!place) entry.problem('place', 'reference.unknown-place', `there is no place "${unit.place}"`);
  else if (place.kind !== seat.place) {
    entry.problem('place', 'reference.unit-place-kind', `a ${kind} answers for a ${seat.place}, but "${place.code}" is a ${place.kind}`);
  }
  return { ...unit, kind, rung: seat.rung };
};

/** Whoever holds the incidents of a place must be one unit: none could hold nothing, two would both be accountable. */
const checkCentres = (findings: Findings, file: string, units: readonly Unit[], places: readonly Place[]): void => {
  const centreOf: Partial<Record<PlaceKind, UnitKind>> = { community: 'workstation', street: 'street-centre', district: 'district-centre', city: 'city-centre' };
  const counts = new Map<string, number>();
  for (const unit of units) {
    if (unit.active) counts.set(`${unit.kind} ${unit.place}`, (counts.get(`${unit.kind} ${unit.place}`) ?? 0) + 1);
  }
  for (const place of places) {
    const kind = centreOf[place.kind];
    if (kind === undefined) continue;
    const count = counts.get(`${kind} ${place.code}`) ?? 0;
    if (count !== 1) {
      findings.add(file, null, 'place', 'reference.centre-count', `the ${place.kind} "${place.code}" ${place.name} needs exactly one active ${kind}, not ${count}`);
    }
  }
};

export const assembleUnits = (findings: Findings, table: Table, places: readonly Place[]): readonly Unit[] => {
  const placesByCode = new Map(places.map((place) => [place.code, place]));
  const read = entriesOf(findings, table, columns).flatMap((entry) => {
    const unit = readUnit(entry, placesByCode);
    return unit ? [[entry, unit] as const] : [];
  });
  const units = withoutDuplicates(read, 'code', (unit) => unit.code).map(([, unit]) => unit);
  checkCentres(findings, table.file, units, places);
  return units;
};
