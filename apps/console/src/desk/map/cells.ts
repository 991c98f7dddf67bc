export interface Site {
  readonly code: string;
  /** The place whose borders are drawn stronger. */
  readonly group: string;
  readonly x: number;
  readonly y: number;
}

type Point = readonly [x: number, y: number];

export interface Cell {
  readonly site: Site;
  readonly corners: readonly Point[];
  /** Edges towards a cell of another group, or towards nothing. */
  readonly borders: readonly (readonly [Point, Point])[];
}

interface Corner {
  readonly at: Point;
  /** What lies beyond the edge that begins here: a site, or null for open country. */
  readonly beyond: Site | null;
}

const roundness = 20;

/** The part of a convex outline that is nearer to `site` than to `other`. */
const nearer = (outline: readonly Corner[], site: Site, other: Site): readonly Corner[] => {
  const [dx, dy] = [other.x - site.x, other.y - site.y];
  const middle = (dx * (site.x + other.x) + dy * (site.y + other.y)) / 2;
  const sides = outline.map(({ at: [x, y] }) => dx * x + dy * y - middle);
  if (sides.every((side) => side <= 0)) return outline;
  const kept: Corner[] = [];
  outline.forEach((corner, index) => {
    const following = (index + 1) % outline.length;
    const next = outline[following] as Corner;
    const [here, there] = [sides[index] as number, sides[following] as number];
    if (here <= 0) kept.push(corner);
    if (here <= 0 === there <= 0) return;
    const share = here / (here - there);
    const at: Point = [corner.at[0] + share * (next.at[0] - corner.at[0]), corner.at[1] + share * (next.at[1] - corner.at[1])];
    kept.push({ at, beyond: here <= 0 ? other : corner.beyond });
  });
  return kept;
};

const farthest = (outline: readonly Corner[], { x, y }: Site): number => Math.max(...outline.map(({ at }) => Math.hypot(at[0] - x, at[1] - y)));

/** Sites by square; `ring` answers those whose square is so many squares away from a site's own, and they are at least one square less away than that. */
class Squares {
  private readonly held = new Map<number, Site[]>();

  constructor(
    sites: readonly Site[],
    readonly side: number,
  ) {
    for (const site of sites) {
      const square = this.squareOf(site);
      const held = this.held.get(square);
      if (held) held.push(site);
      else this.held.set(square, [site]);
    }
  }

  ring(site: Site, away: number): readonly Site[] {
    const found: Site[] = [];
    for (let dx = -away; dx <= away; dx += 1) {
      // Between its first and its last column, a ring is one square at the top and one at the bottom.
      const step = Math.abs(dx) === away ? 1 : 2 * away;
      for (let dy = -away; dy <= away; dy += step) found.push(...(this.held.get(this.squareOf(site, dx, dy)) ?? []));
    }
    return found;
  }

  /** A number for a square, its own as long as no city is a million squares high. */
  private squareOf({ x, y }: Site, dx = 0, dy = 0): number {
    return (Math.floor(x / this.side) + dx) * 1_000_000 + Math.floor(y / this.side) + dy;
  }
}

/**
 * 示意网格 A cell around every site: what is nearer to it than to any other, and no farther away than `reach`. Where a city has not surveyed its
 * grids, this is what their centre points say about them, and the map says so. Coordinates are plane; scale longitudes before.
 */
export const cellsOf = (sites: readonly Site[], reach: number): readonly Cell[] => {
  const squares = new Squares(sites, reach / 3);
  return sites.map((site) => {
    let outline: readonly Corner[] = Array.from({ length: roundness }, (_none, index) => {
      const angle = (index / roundness) * 2 * Math.PI;
      return { at: [site.x + reach * Math.cos(angle), site.y + reach * Math.sin(angle)] as const, beyond: null };
    });
    // Half way to whoever is more than twice as far away as the farthest corner lies beyond the cell.
    for (let away = 0; (away - 1) * squares.side <= 2 * farthest(outline, site); away += 1) {
      for (const other of squares.ring(site, away)) outline = nearer(outline, site, other);
    }
    const borders = outline.flatMap(({ at, beyond }, index) => {
      const next = (outline[(index + 1) % outline.length] as Corner).at;
      return beyond === null || beyond.group !== site.group ? [[at, next] as const] : [];
    });
    return { site, corners: outline.map(({ at }) => at), borders };
  });
};
