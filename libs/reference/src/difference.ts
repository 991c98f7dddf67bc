import { formatTimeLimit } from './assemble-limit.js';
import type { TimeLimit } from './catalogue.js';
import type { Reference } from './reference.js';

/** The parts of a reference in which two versions can differ. `city` holds versions, name and bounds. */
export const referenceParts = ['city', 'places', 'units', 'catalogue', 'duties', 'policy', 'calendar'] as const;
type ReferencePart = (typeof referenceParts)[number];

/** One field of a changed entry; null on the side on which it does not stand. */
interface ChangedField {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** 差异 One entry that a new version adds, removes or words anew. */
export interface ReferenceChange {
  readonly part: ReferencePart;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Code of the place or unit, id of the rule or duty, path of the setting. */
  readonly key: string;
  /** Name of it where it has one, otherwise empty. */
  readonly name: string;
  readonly fields: readonly ChangedField[];
}

/** An entry as it is compared: its fields in words. */
interface Spelled {
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
}

const isLimit = (value: object): value is TimeLimit => 'amount' in value && 'unit' in value && Object.keys(value).length === 2;

const written = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (isLimit(value)) return formatTimeLimit(value);
  return Object.entries(value).map(([name, part]) => `${name} ${written(part)}`).join(', ');
};

const ofRows = <Row extends object>(rows: readonly Row[], keyOf: (row: Row) => string, nameOf: (row: Row) => string, unwritten: readonly string[] = []): ReadonlyMap<string, Spelled> =>
  new Map(rows.map((row) => [
    keyOf(row), { name: nameOf(row), fields: new Map(Object.entries(row).filter(([field]) => !unwritten.includes(field)).map(([field, value]) => [field, written(value)])) },
  ]));

/** Settings by their path. Of a list every item is an entry of its own, so that one holiday more is one line and not two long ones. */
const ofSettings = (value: unknown, path: string, found = new Map<string, Spelled>()): ReadonlyMap<string, Spelled> => {
  const one = (key: string, text: string): unknown => found.set(key, { name: '', fields: new Map([['value', text]]) });
  if (Array.isArray(value)) for (const item of value) one(`${path} ${written(item)}`, written(item));
  else if (typeof value === 'object' && value !== null && !isLimit(value)) for (const [name, part] of Object.entries(value)) ofSettings(part, path === '' ? name : `${path}.${name}`, found);
  else one(path, written(value));
  return found;
};

const spell: Readonly<Record<ReferencePart, (reference: Reference) => ReadonlyMap<string, Spelled>>> = {
  city: ({ version, cityName, bounds, catalogue, duties }) => ofSettings({ version, cityName, bounds, catalogueVersion: catalogue.version, dutiesVersion: duties.version }, ''),
  places: ({ places }) => ofRows(places, ({ code }) => code, ({ name }) => name),
  units: ({ units }) => ofRows(units, ({ code }) => code, ({ name }) => name),
  // The limit is shown as it was written.
  catalogue: ({ catalogue }) => ofRows(catalogue.rules, ({ ruleId }) => ruleId, ({ subclassName }) => subclassName, ['handleLimit']),
  duties: ({ duties }) => ofRows(duties.rules, ({ dutyId }) => dutyId, ({ line }) => line),
  policy: ({ policy }) => ofSettings(policy, ''),
  calendar: ({ calendar }) => ofSettings(calendar, ''),
};

const between = (part: ReferencePart, key: string, before: Spelled | undefined, after: Spelled | undefined): ReferenceChange | null => {
  const names = new Set([...(before?.fields.keys() ?? []), ...(after?.fields.keys() ?? [])]);
  const fields = [...names].map((field) => ({ field, before: before?.fields.get(field) ?? null, after: after?.fields.get(field) ?? null })).filter((field) => field.before !== field.after);
  if (fields.length === 0) return null;
  return { part, kind: before ? (after ? 'changed' : 'removed') : 'added', key, name: after?.name ?? before?.name ?? '', fields };
};

/** 版本差异 What activating `after` would change while `before` is in force; the order of entries is no difference. */
export const differenceBetween = (before: Reference, after: Reference): readonly ReferenceChange[] =>
  referenceParts.flatMap((part) => {
    const [old, fresh] = [spell[part](before), spell[part](after)];
    return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((key) => between(part, key, old.get(key), fresh.get(key)) ?? []);
  });
