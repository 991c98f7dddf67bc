import { Refusal } from '#kernel';
import type { City } from './city.js';
import type { Place } from './place.js';

interface Point {
  readonly longitude: number;
  readonly latitude: number;
}

type Located = Place & Point;

const gridsOf = new WeakMap<City, readonly Located[]>();

const locatedGrids = (city: City): readonly Located[] => {
  const known = gridsOf.get(city);
  if (known) return known;
  const grids = city.reference.places.filter((place): place is Located => place.kind === 'grid' && place.longitude !== null && place.latitude !== null);
  gridsOf.set(city, grids);
  return grids;
};

/** Refuses a point outside the city's bounds with `place.outside-city`. */
export const insideCity = (city: City, { longitude, latitude }: Point): void => {
  const { west, south, east, north } = city.reference.bounds;
  if (longitude < west || longitude > east || latitude < south || latitude > north) {
    throw new Refusal('place.outside-city', 'The position lies outside the city.', { field: 'location', longitude, latitude, bounds: city.reference.bounds });
  }
};

/** The grid whose known point is nearest, as the crow flies; over a city the earth is flat enough. */
export const nearestGrid = (city: City, point: Point): string => {
  insideCity(city, point);
  const shrink = Math.cos((point.latitude * Math.PI) / 180);
  let nearest: Located | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const grid of locatedGrids(city)) {
    const distance = ((grid.longitude - point.longitude) * shrink) ** 2 + (grid.latitude - point.latitude) ** 2;
    if (distance < least) {
      nearest = grid;
      least = distance;
    }
  }
  if (!nearest) throw new Refusal('place.grid-missing', 'No grid of this city has a known position; say which grid it is.', { field: 'gridCode' });
  return nearest.code;
};
