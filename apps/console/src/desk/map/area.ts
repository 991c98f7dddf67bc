import type { City } from '../../shared/city.js';
import { cellsOf } from './cells.js';

export type LatLng = [latitude: number, longitude: number];

export interface Area {
  readonly grids: readonly { readonly code: string; readonly street: string; readonly corners: LatLng[] }[];
  readonly borders: LatLng[][];
  readonly streets: readonly { readonly code: string; readonly name: string; readonly at: LatLng }[];
}

const reachMetres = 420;
const metresPerDegree = 111_320;
const drawn = new WeakMap<City, Area>();

/** The street that a place lies in. */
const streetOf = (city: City, code: string): string => {
  let place = city.places.get(code);
  while (place && place.kind !== 'street' && place.parent !== null) place = city.places.get(place.parent);
  return place?.code ?? '';
};

/** 网格图 The grids of a city as cells around their centre points, computed once per version of the reference data. */
export const areaOf = (city: City): Area => {
  const known = drawn.get(city);
  if (known) return known;
  const shrink = Math.cos((((city.bounds.south + city.bounds.north) / 2) * Math.PI) / 180);
  const places = [...city.places.values()];
  const sites = places.flatMap(({ code, kind, longitude, latitude }) =>
    kind !== 'grid' || longitude === null || latitude === null ? [] : [{ code, group: streetOf(city, code), x: longitude * shrink * metresPerDegree, y: latitude * metresPerDegree }],
  );
  const back = ([x, y]: readonly [number, number]): LatLng => [y / metresPerDegree, x / metresPerDegree / shrink];
  const cells = sites.length === 0 ? [] : cellsOf(sites, reachMetres);
  const area: Area = {
    grids: cells.map(({ site, corners }) => ({ code: site.code, street: site.group, corners: corners.map(back) })),
    borders: cells.flatMap(({ borders }) => borders.map(([from, to]) => [back(from), back(to)])),
    streets: places.flatMap(({ code, kind, name, longitude, latitude }) => (kind === 'street' && longitude !== null && latitude !== null ? [{ code, name, at: [latitude, longitude] as LatLng }] : [])),
  };
  drawn.set(city, area);
  return area;
};

/** Where an incident is drawn: where it was seen, or the centre of its grid. */
export const pointOf = (city: City, row: { readonly location: { readonly longitude: number; readonly latitude: number } | null; readonly grid: string }): LatLng | null => {
  if (row.location) return [row.location.latitude, row.location.longitude];
  const grid = city.places.get(row.grid);
  return !grid || grid.longitude === null || grid.latitude === null ? null : [grid.latitude, grid.longitude];
};
