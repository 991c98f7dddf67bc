import type { Iso } from '#kernel';
import { parseIso, Refusal } from '#kernel';

/** The place after one row of a list: its sort value (null where the row has none) and what makes it unique. */
export interface Place {
  readonly at: Iso | null;
  readonly ids: readonly string[];
}

const longest = 600;

/** A cursor as the caller keeps it, opaque. `list` names the list and its order: a cursor of one is no cursor of another. */
export const writeCursor = (list: string, { at, ids }: Place): string => Buffer.from(JSON.stringify([list, at, ...ids])).toString('base64url');

const unreadable = (): never => {
  throw new Refusal('query.cursor-unreadable', 'This is not a cursor of this list; ask for its first page again.');
};

const parsed = (cursor: string): readonly unknown[] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : unreadable();
  } catch {
    return unreadable();
  }
};

/** Refuses with `query.cursor-unreadable` whatever `writeCursor` did not write for this list. */
export const readCursor = (list: string, idCount: number, cursor: string): Place => {
  if (cursor.length > longest) unreadable();
  const [name, at, ...ids] = parsed(cursor);
  if (name !== list || ids.length !== idCount) return unreadable();
  if (at !== null && (typeof at !== 'string' || parseIso(at) === null)) return unreadable();
  const place = { at, ids: ids.map((id) => (typeof id === 'string' && !id.includes('\u0000') ? id : unreadable())) };
  // One place has one cursor: what decodes leniently but was never written is refused.
  return writeCursor(list, place) === cursor ? place : unreadable();
};
