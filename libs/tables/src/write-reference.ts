import { join } from 'node:path';
import { formatTimeLimit } from '#reference';
import type { DailyWindow, Policy, Reference, StageLimits, TimeLimit, WorkCalendar } from '#reference';
import { referenceFiles } from './reference-folder.js';
import { formatTable, writeWhole } from './write-table.js';
import type { TableLayout } from './write-table.js';

type TableName = 'places' | 'units' | 'catalogue' | 'duties';

interface SpelledTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const number = (value: number | null): string => (value === null ? '' : String(value));

/** The tables of a reference as people edit them, in the columns that the reading expects. */
const spell: Readonly<Record<TableName, (reference: Reference) => SpelledTable>> = {
  places: ({ places }) => ({
    columns: ['code', 'kind', 'name', 'parent', 'longitude', 'latitude', 'synthetic'],
    rows: places.map((place) => ({
      code: place.code, kind: place.kind, name: place.name, parent: place.parent ?? '',
      longitude: number(place.longitude), latitude: number(place.latitude), synthetic: String(place.synthetic),
    })),
  }),
  units: ({ units }) => ({
    columns: ['code', 'name', 'kind', 'place', 'line', 'active'],
    rows: units.map(({ code, name, kind, place, line, active }) => ({ code, name, kind, place, line, active: String(active) })),
  }),
  catalogue: ({ catalogue }) => ({
    columns: [
      'rule_id', 'kind', 'class_code', 'class_name', 'subclass_code', 'subclass_name', 'filing_condition', 'closing_condition', 'limit', 'scenario', 'on_the_spot',
    ],
    rows: catalogue.rules.map((rule) => ({
      rule_id: rule.ruleId, kind: rule.kind, class_code: rule.classCode, class_name: rule.className, subclass_code: rule.subclassCode,
      subclass_name: rule.subclassName, filing_condition: rule.filingCondition, closing_condition: rule.closingCondition,
      limit: rule.limitText, scenario: rule.scenario, on_the_spot: String(rule.onTheSpot),
    })),
  }),
  duties: ({ duties }) => ({
    columns: ['duty_id', 'rung', 'subject', 'line', 'basis'],
    rows: duties.rules.map(({ dutyId, rung, subject, line, basis }) => ({ duty_id: dutyId, rung, subject, line, basis })),
  }),
};

const spellStages = (limits: StageLimits): Record<string, string> =>
  Object.fromEntries(Object.entries(limits).map(([stage, limit]: [string, TimeLimit]) => [stage, formatTimeLimit(limit)]));

const spellPolicy = (policy: Policy): unknown => ({
  ...policy,
  limits: Object.fromEntries(Object.entries(policy.limits).map(([rung, limits]) => [rung, spellStages(limits)])),
  citizenLimit: formatTimeLimit(policy.citizenLimit),
});

const clockTime = (minuteOfDay: number): string =>
  `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`;

const spellWindow = ({ fromMinute, toMinute }: DailyWindow): unknown => ({ from: clockTime(fromMinute), to: clockTime(toMinute) });

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** One table of a reference as CSV text, such as a city downloads it to edit it. */
export const formatReferenceTable = (reference: Reference, name: TableName, layout: TableLayout = {}): string => {
  const { columns, rows } = spell[name](reference);
  return formatTable(columns, rows, layout);
};

/** The text of `calendar.json`. */
export const formatCalendar = (calendar: WorkCalendar): string => asJson({ ...calendar, windows: calendar.windows.map(spellWindow) });

/** The files of a reference by name, such that reading them gives back the same content. Remarks of the original files are not kept. */
export const formatReference = (reference: Reference, layout: TableLayout = {}): ReadonlyMap<string, string> => {
  const { version, cityName, bounds, catalogue, duties, policy, calendar } = reference;
  return new Map([
    ...(Object.keys(spell) as TableName[]).map((name) => [referenceFiles[name], formatReferenceTable(reference, name, layout)] as const),
    [referenceFiles.city, asJson({ version, cityName, bounds, catalogueVersion: catalogue.version, dutiesVersion: duties.version })],
    [referenceFiles.policy, asJson(spellPolicy(policy))],
    [referenceFiles.calendar, formatCalendar(calendar)],
  ]);
};

/** Writes a reference as such files. */
export const writeReferenceFolder = async (folder: string, reference: Reference, layout: TableLayout = {}): Promise<void> => {
  for (const [file, text] of formatReference(reference, layout)) await writeWhole(join(folder, file), text);
};
