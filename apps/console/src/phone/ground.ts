export interface Point {
  readonly longitude: number;
  readonly latitude: number;
}

interface Grid {
  readonly code: string;
  readonly name: string;
  readonly longitude: number | null;
  readonly latitude: number | null;
}

const metresPerDegree = 111_320;

/** Metres as the crow flies; over a city the earth is flat enough. */
export const metresBetween = (one: Point, other: Point): number => {
  const east = (one.longitude - other.longitude) * Math.cos((one.latitude * Math.PI) / 180);
  return Math.hypot(east, one.latitude - other.latitude) * metresPerDegree;
};

/** Beyond this from every grid of one's own, a place belongs to somebody else, and the engine finds out to whom. */
const groundReachMetres = 800;

export interface NearGrid<Each> {
  readonly grid: Each;
  readonly metres: number;
}

/** Grids with a known point, the nearest first. */
export const gridsByDistance = <Each extends Grid>(grids: readonly Each[], here: Point): readonly NearGrid<Each>[] =>
  grids
    .flatMap((grid) => (grid.longitude === null || grid.latitude === null ? [] : [{ grid, metres: metresBetween(here, { longitude: grid.longitude, latitude: grid.latitude }) }]))
    .sort((a, b) => a.metres - b.metres);

/** The grid of one's own that a place lies in; null when it lies elsewhere. */
export const ownGridAt = <Each extends Grid>(grids: readonly Each[], here: Point): Each | null => {
  const [nearest] = gridsByDistance(grids, here);
  return nearest !== undefined && nearest.metres <= groundReachMetres ? nearest.grid : null;
};
