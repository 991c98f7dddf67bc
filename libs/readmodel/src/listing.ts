import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { Refusal } from '#kernel';
import type { Iso } from '#kernel';
import type { Page, PageRequest } from '#views';
import { readCursor, writeCursor } from './cursor.js';
import type { Place } from './cursor.js';

type Direction = PageRequest<string>['direction'];

const directions: Readonly<Record<Direction, { readonly sql: 'ASC' | 'DESC'; readonly after: '>' | '<' }>> = {
  ascending: { sql: 'ASC', after: '>' },
  descending: { sql: 'DESC', after: '<' },
};

/** Order of two rows of a list: by sort value and then by what makes them unique; rows without a sort value come last, whichever the direction. */
export const inOrder = (direction: Direction, a: Place, b: Place): number => {
  if (a.at === null || b.at === null) {
    if (a.at !== b.at) return a.at === null ? 1 : -1;
  } else if (a.at !== b.at) return (a.at < b.at ? -1 : 1) * sign[direction];
  const at = a.ids.findIndex((id, index) => id !== b.ids[index]);
  return at < 0 ? 0 : ((a.ids[at] ?? '') < (b.ids[at] ?? '') ? -1 : 1) * sign[direction];
};
const sign: Readonly<Record<Direction, 1 | -1>> = { ascending: 1, descending: -1 };

/** Whether a row comes after a place. */
export const beyond = (direction: Direction, place: Place, row: Place): boolean => inOrder(direction, place, row) < 0;

/** Only names that stand in this file ever get into a statement. */
export const checked = <Sort extends string>(request: PageRequest<Sort>, sorts: readonly Sort[]): PageRequest<Sort> => {
  const { sort, direction, limit } = request;
  if (!sorts.includes(sort)) throw new Refusal('query.unknown-sort', `A list of this kind can be sorted by ${sorts.join(', ')}.`, { sort, sorts });
  if (!Object.hasOwn(directions, direction)) throw new Refusal('query.unknown-direction', 'A list goes ascending or descending.', { direction });
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new Refusal('query.limit-out-of-range', 'A page has 1 to 200 rows.', { limit });
  return request;
};

/** A list about the past has cursors of its own. */
export const listName = (name: string, position: number | null): string => (position === null ? name : `${name}@${position}`);

/** A list in one of its orders. */
export interface Listing<Row extends ObjectLiteral> {
  /** The list with scope and filter, without order, anew at each call. */
  readonly query: () => SelectQueryBuilder<Row>;
  readonly name: string;
  readonly sort: string;
  /** Columns that make a row unique. */
  readonly ids: readonly string[];
  /** Rows without a sort value come after all others, whichever the direction. */
  readonly undated: boolean;
  readonly placeOf: (row: Row) => Place;
}

/** Up to `limit` rows after a place, among those that have a sort value or among those that have none. */
const part = async <Row extends ObjectLiteral>({ query, sort, ids, undated }: Listing<Row>, dated: boolean, direction: Direction, after: Place | null, limit: number): Promise<Row[]> => {
  const { sql, after: beyond } = directions[direction];
  const columns = dated ? [sort, ...ids] : ids;
  const rows = query();
  if (!dated) rows.andWhere(`${sort} is null`);
  if (after) {
    const values: Record<string, Iso | string | null> = dated ? { afterValue: after.at } : {};
    after.ids.forEach((id, index) => (values[`after${index}`] = id));
    rows.andWhere(`(${columns.join(', ')}) ${beyond} (${Object.keys(values).map((name) => `:${name}`).join(', ')})`, values);
  } else if (dated && undated) {
    rows.andWhere(`${sort} is not null`);
  }
  for (const column of columns) rows.addOrderBy(column, sql);
  return rows.limit(limit).getMany();
};

export const pageOf = async <Row extends ObjectLiteral>(listing: Listing<Row>, { sort, direction, cursor, limit }: PageRequest<string>): Promise<Page<Row>> => {
  const list = `${listing.name} ${sort} ${direction}`;
  const after = cursor === null ? null : readCursor(list, listing.ids.length, cursor);
  if (after && after.at === null && !listing.undated) throw new Refusal('query.cursor-unreadable', 'This is not a cursor of this list; ask for its first page again.');
  // One row more than asked for tells whether there is a next page.
  const rows = after && after.at === null ? [] : await part(listing, true, direction, after, limit + 1);
  if (listing.undated && rows.length <= limit) {
    rows.push(...(await part(listing, false, direction, after && after.at === null ? after : null, limit + 1 - rows.length)));
  }
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? writeCursor(list, listing.placeOf(last)) : null };
};
