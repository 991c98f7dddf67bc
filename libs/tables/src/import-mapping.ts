import { join } from 'node:path';
import { Refusal } from '#kernel';
import { channels } from '#events';
import type { Channel } from '#events';
import { Findings, JsonField, cityOf, entriesOf, rungs, withoutDuplicates } from '#reference';
import type { Bounds, City, JsonFile, Problem, Reference, Rung, Table } from '#reference';
import { describeProblem } from './reference-folder.js';
import { readJson, readTable } from './read-table.js';
import { wallTimeReader, zoneClock } from './zone-time.js';
import type { WallTimeReader, ZoneClock } from './zone-time.js';

export type Outcome = 'closed' | 'duplicate' | 'transferred' | 'open';
const outcomes: readonly Outcome[] = ['closed', 'duplicate', 'transferred', 'open'];

/** What a foreign type of request becomes here. */
export interface TypeMeaning {
  readonly ruleId: string;
  /** The lowest rung that is able to close it. */
  readonly closesOn: Rung;
}

/** 对照 How the rows of somebody else's table become reports of a city; checked against the reference that it maps into. */
export interface ImportMapping {
  readonly name: string;
  /** Every column that is read; a table without one of them is refused. */
  readonly columns: readonly string[];
  /** Columns with texts about persons: they reach a report only as its description and address, which the engine seals. */
  readonly personalColumns: readonly string[];
  readonly externalIdColumn: string;
  readonly time: {
    readonly read: WallTimeReader;
    readonly toUtc: ZoneClock;
    readonly reportedAtColumn: string;
    readonly dueAtColumn: string;
    readonly closedAtColumn: string;
  };
  readonly channel: { readonly column: string; readonly values: ReadonlyMap<string, Channel>; readonly otherwise: Channel };
  readonly type: { readonly column: string; readonly values: ReadonlyMap<string, TypeMeaning> };
  /** Looked up column by column, most exact first; `otherwise` takes what none of them names. */
  readonly place: { readonly columns: readonly string[]; readonly grids: ReadonlyMap<string, string>; readonly otherwise: string };
  readonly location: {
    readonly longitudeColumn: string;
    readonly latitudeColumn: string;
    readonly placeholders: readonly { readonly longitude: number; readonly latitude: number }[];
    readonly bounds: Bounds;
  };
  readonly outcome: { readonly column: string; readonly values: ReadonlyMap<string, Outcome> };
  readonly descriptionColumns: readonly string[];
  readonly addressColumns: readonly string[];
}

/** The three files of a mapping folder. */
export interface MappingFiles {
  readonly mapping: JsonFile;
  readonly types: Table;
  readonly places: Table;
}

/** Key of a place by the column that names it; a line break cannot stand in a column's name or be meant in a value. */
export const placeKey = (column: string, value: string): string => `${column}\n${value}`;

const texts = (field: JsonField): readonly string[] => field.list().map((item) => item.text());

const valueMap = <Choice extends string>(field: JsonField, choices: readonly Choice[]): ReadonlyMap<string, Choice> =>
  new Map(field.entries().flatMap(([value, meaning]) => {
    const choice = meaning.oneOf(choices);
    return choice === null ? [] : [[value, choice] as const];
  }));

/** Runs a reading that refuses and turns its refusal into a problem of the field. */
const attempt = <Value>(field: JsonField, read: (text: string) => Value): Value | null => {
  const text = field.given ? field.text() : '';
  if (text === '') return null;
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    field.problem(error.code, error.message);
    return null;
  }
};

const readTypes = (findings: Findings, table: Table, city: City): ReadonlyMap<string, TypeMeaning> => {
  const pairs = entriesOf(findings, table, ['type', 'rule_id', 'closes_on']).map((entry) => {
    const ruleId = entry.code('rule_id');
    if (ruleId !== '' && city.rule(ruleId) === null) entry.problem('rule_id', 'mapping.unknown-rule', `the catalogue knows no rule "${ruleId}"`);
    return [entry, { type: entry.text('type'), ruleId, closesOn: entry.oneOf('closes_on', rungs, 'reference.unknown-rung') ?? 'grid' }] as const;
  });
  return new Map(withoutDuplicates(pairs, 'type', ({ type }) => type).map(([, { type, ruleId, closesOn }]) => [type, { ruleId, closesOn }]));
};

const isGrid = (city: City, code: string): boolean => city.pathOf(code) !== null;

const readPlaces = (findings: Findings, table: Table, columns: readonly string[], city: City): ReadonlyMap<string, string> => {
  const pairs = entriesOf(findings, table, ['column', 'value', 'grid']).map((entry) => {
    const grid = entry.code('grid');
    if (grid !== '' && !isGrid(city, grid)) entry.problem('grid', 'mapping.unknown-grid', `there is no grid "${grid}"`);
    return [entry, { column: entry.oneOf('column', columns, 'mapping.unknown-place-column') ?? '', value: entry.text('value'), grid }] as const;
  });
  const unique = withoutDuplicates(pairs, 'value', ({ column, value }) => placeKey(column, value));
  return new Map(unique.map(([, { column, value, grid }]) => [placeKey(column, value), grid]));
};

const readMappingJson = (findings: Findings, file: JsonFile, city: City) => {
  const root = JsonField.of(findings, file).object([
    'name', 'referenceVersion', 'personal', 'externalId', 'time', 'channel', 'type', 'place', 'location', 'outcome', 'description', 'address',
  ]);
  const version = root.referenceVersion.text();
  if (version !== '' && version !== city.reference.version) {
    root.referenceVersion.problem('mapping.other-reference', `it maps into "${version}", but the reference given is "${city.reference.version}"`);
  }
  const time = root.time.object(['format', 'zone', 'reportedAt', 'dueAt', 'closedAt']);
  const channel = root.channel.object(['column', 'values', 'otherwise']);
  const place = root.place.object(['columns', 'otherwise']);
  const otherwise = place.otherwise.text();
  if (otherwise !== '' && !isGrid(city, otherwise)) place.otherwise.problem('mapping.unknown-grid', `there is no grid "${otherwise}"`);
  const location = root.location.object(['longitude', 'latitude', 'placeholders']);
  const outcome = root.outcome.object(['column', 'values']);
  return {
    root,
    name: root.name.text(),
    externalIdColumn: root.externalId.text(),
    personalColumns: texts(root.personal),
    time: {
      read: attempt(time.format, wallTimeReader),
      toUtc: attempt(time.zone, zoneClock),
      reportedAtColumn: time.reportedAt.text(),
      dueAtColumn: time.dueAt.text(),
      closedAtColumn: time.closedAt.text(),
    },
    channel: { column: channel.column.text(), values: valueMap(channel.values, channels), otherwise: channel.otherwise.oneOf(channels) ?? 'department' },
    typeColumn: root.type.object(['column']).column.text(),
    place: { columns: texts(place.columns), otherwise },
    location: {
      longitudeColumn: location.longitude.text(),
      latitudeColumn: location.latitude.text(),
      placeholders: location.placeholders.list().map((item) => {
        const point = item.object(['longitude', 'latitude']);
        return { longitude: point.longitude.number({ least: -180, most: 180 }), latitude: point.latitude.number({ least: -90, most: 90 }) };
      }),
    },
    outcome: { column: outcome.column.text(), values: valueMap(outcome.values, outcomes) },
    descriptionColumns: texts(root.description),
    addressColumns: texts(root.address),
  };
};

const refuse = (problems: readonly Problem[]): never => {
  throw new Refusal('mapping.invalid', `the mapping cannot be used: ${problems.slice(0, 5).map(describeProblem).join('; ')}`, { problems });
};

/**
 * 对照 Understands and checks a mapping against the reference that it maps into.
 * @throws Refusal `mapping.invalid` with `details.problems`, each naming file, line, field and code
 */
export const parseMapping = (files: MappingFiles, reference: Reference): ImportMapping => {
  const findings = new Findings();
  const city = cityOf(reference);
  const { root, typeColumn, ...read } = readMappingJson(findings, files.mapping, city);
  const types = readTypes(findings, files.types, city);
  const grids = readPlaces(findings, files.places, read.place.columns, city);
  const open = [
    read.externalIdColumn, read.time.reportedAtColumn, read.time.dueAtColumn, read.time.closedAtColumn, read.channel.column, typeColumn,
    ...read.place.columns, read.location.longitudeColumn, read.location.latitudeColumn, read.outcome.column,
  ];
  for (const column of open.filter((name) => read.personalColumns.includes(name))) {
    root.personal.problem('mapping.personal-in-the-open', `"${column}" is said to be about persons, but is read into a part of the report that is not sealed`);
  }
  const { read: reader, toUtc } = read.time;
  if (findings.problems.length > 0 || reader === null || toUtc === null) return refuse(findings.problems);
  return {
    ...read,
    time: { ...read.time, read: reader, toUtc },
    columns: [...new Set([...open, ...read.descriptionColumns, ...read.addressColumns, ...read.personalColumns])],
    type: { column: typeColumn, values: types },
    place: { ...read.place, grids },
    location: { ...read.location, bounds: reference.bounds },
  };
};

/**
 * Reads a mapping folder: `mapping.json`, `types.csv`, `places.csv`.
 * @throws Refusal `mapping.invalid`, `table.missing-file`, `table.unreadable-file`
 */
export const loadMapping = async (folder: string, reference: Reference): Promise<ImportMapping> => {
  const [mapping, types, places] = await Promise.all([
    readJson(join(folder, 'mapping.json')), readTable(join(folder, 'types.csv')), readTable(join(folder, 'places.csv')),
  ]);
  return parseMapping({ mapping, types, places }, reference);
};
