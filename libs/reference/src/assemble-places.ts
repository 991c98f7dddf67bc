import { entriesOf, withoutDuplicates } from './assemble-table.js';
import type { Entry, Findings, Table } from './assemble-table.js';
import type { Bounds, Place, PlaceKind } from './place.js';

/** From the whole to the part; each kind stands directly inside the one before it. */
const placeKinds: readonly PlaceKind[] = ['city', 'district', 'street', 'community', 'grid'];

const columns = ['code', 'kind', 'name', 'parent', 'longitude', 'latitude', 'synthetic'];

const within = (bounds: Bounds, longitude: number, latitude: number): boolean =>
  longitude >= bounds.west && longitude <= bounds.east && latitude >= bounds.south && latitude <= bounds.north;

const readPlace = (entry: Entry, bounds: Bounds): Place | null => {
  const kind = entry.oneOf('kind', placeKinds, 'reference.unknown-kind');
  const longitude = entry.decimal('longitude');
  const latitude = entry.decimal('latitude');
  if ((longitude === null) !== (latitude === null)) {
    entry.problem('longitude', 'reference.half-point', 'a point needs both its longitude and its latitude');
  } else if (longitude !== null && latitude !== null && !within(bounds, longitude, latitude)) {
    entry.problem('longitude', 'reference.outside-bounds', `${longitude}, ${latitude} lies outside the bounds of the city`);
  }
  const parent = entry.optional('parent');
  const place = {
    code: entry.code('code'),
    name: entry.text('name'),
    parent: parent === '' ? null : parent,
    longitude,
    latitude,
    synthetic: entry.flag('synthetic'),
  };
  return kind === null ? null : { ...place, kind };
};

const checkParent = (entry: Entry, place: Place, places: ReadonlyMap<string, Place>): void => {
  const parentKind = placeKinds[placeKinds.indexOf(place.kind) - 1];
  if (parentKind === undefined) {
    if (place.parent !== null) entry.problem('parent', 'reference.parent-kind', 'the city is part of nothing');
    return;
  }
  if (place.parent === null) {
    entry.problem('parent', 'reference.missing-value', `a ${place.kind} is part of a ${parentKind}`);
    return;
  }
  const parent = places.get(place.parent);
  if (!parent) entry.problem('parent', 'reference.unknown-place', `there is no place "${place.parent}"`);
  else if (parent.kind !== parentKind) {
    entry.problem('parent', 'reference.parent-kind', `a ${place.kind} is part of a ${parentKind}, but "${parent.code}" is a ${parent.kind}`);
  }
};

/** 地点 Since every place stands inside one of the next larger kind, each grid has a full path and no circle is possible. */
export const assemblePlaces = (findings: Findings, table: Table, bounds: Bounds): readonly Place[] => {
  const read = entriesOf(findings, table, columns).flatMap((entry) => {
    const place = readPlace(entry, bounds);
    return place ? [[entry, place] as const] : [];
  });
  const pairs = withoutDuplicates(read, 'code', (place) => place.code);
  const places = new Map(pairs.map(([, place]) => [place.code, place]));
  for (const [entry, place] of pairs) checkParent(entry, place, places);
  const cities = pairs.filter(([, place]) => place.kind === 'city').length;
  if (cities !== 1) findings.add(table.file, null, 'kind', 'reference.city-count', `a reference is about one city, not ${cities}`);
  return pairs.map(([, place]) => place);
};
