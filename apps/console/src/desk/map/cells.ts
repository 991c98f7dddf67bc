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
  const side = ([x, y]: Point): number => dx * x + dy * y - middle;
  const kept: Corner[] = [];
  outline.forEach((corner, index) => {
    const next = outline[(index + 1) % outline.length] as Corner;
    const [here, there] = [side(corner.at), side(next.at)];
    if (here <= 0) kept.push(corner);
    if (here <= 0 === there <= 0) return;
    const share = here / (here - there);
    const at: Point = [corner.at[0] + share * (next.at[0] - corner.at[0]), corner.at[1] + share * (next.at[1] - corner.at[1])];
    kept.push({ at, beyond: here <= 0 ? other : corner.beyond });
  });
  return kept;
};

/**
 * 示意网格 A cell around every site: what is nearer to it than to any other, and no farther away than `reach`. Where a city has not surveyed its
 * grids, this is what their centre points say about them, and the map says so. Coordinates are plane; scale longitudes before.
 */
export const cellsOf = (sites: readonly Site[], reach: number): readonly Cell[] => {
  const [minX, minY] = [Math.min(...sites.map(({ x }) => x)), Math.min(...sites.map(({ y }) => y))];
  const boxes = new Map<string, Site[]>();
  const boxOf = ({ x, y }: Site): [number, number] => [Math.floor((x - minX) / (2 * reach)), Math.floor((y - minY) / (2 * reach))];
  for (const site of sites) {
    const name = boxOf(site).join(' ');
    boxes.set(name, [...(boxes.get(name) ?? []), site]);
  }
  return sites.map((site) => {
    const [column, row] = boxOf(site);
    const around: Site[] = [];
    for (let dx = -1; dx <= 1; dx += 1) for (let dy = -1; dy <= 1; dy += 1) around.push(...(boxes.get(`${column + dx} ${row + dy}`) ?? []));
    let outline: readonly Corner[] = Array.from({ length: roundness }, (_none, index) => {
      const angle = (index / roundness) * 2 * Math.PI;
      return { at: [site.x + reach * Math.cos(angle), site.y + reach * Math.sin(angle)] as const, beyond: null };
    });
    const distance = (other: Site): number => (other.x - site.x) ** 2 + (other.y - site.y) ** 2;
    for (const other of around.sort((a, b) => distance(a) - distance(b))) {
      if (other !== site && distance(other) > 0 && outline.length > 0) outline = nearer(outline, site, other);
    }
    const borders = outline.flatMap(({ at, beyond }, index) => {
      const next = (outline[(index + 1) % outline.length] as Corner).at;
      return beyond === null || beyond.group !== site.group ? [[at, next] as const] : [];
    });
    return { site, corners: outline.map(({ at }) => at), borders };
  });
};
