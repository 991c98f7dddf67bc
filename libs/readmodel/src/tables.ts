import type { DeadlineRow, IncidentRow, IncidentView, TimelineRow } from '#views';

/**
 * How a value stands in the database; each kind is also a way to write it down as text and to read it back. `json` is text there: that
 * it is JSON is known, and having it checked again would be a third of the cost of writing it.
 */
export type Kind = 'text' | 'integer' | 'bigint' | 'double precision' | 'boolean' | 'timestamptz' | 'json' | 'jsonb';

interface Column<Row> {
  readonly name: string;
  /** The same name in the code. */
  readonly field: string;
  readonly kind: Kind;
  readonly of: (row: Row) => unknown;
}

export interface Table<Row> {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly Column<Row>[];
}

export interface PartyRow {
  readonly incidentId: string;
  readonly unit: string;
}

const snakeCase = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const columnsOf = <Source>(kinds: { readonly [field in keyof Source & string]: Kind }): Column<Source>[] =>
  Object.entries<Kind>(kinds).map(([field, kind]) => ({ name: snakeCase(field), field, kind, of: (row) => row[field as keyof Source] }));

/** The location is two columns, and the city is one more than the row that people see has. */
const incidentKinds = {
  incidentId: 'text', revision: 'integer', position: 'bigint', stage: 'text', open: 'boolean', round: 'integer', rung: 'text', loop: 'text', accountableUnit: 'text',
  holder: 'text', channel: 'text', externalId: 'text', grid: 'text', community: 'text', street: 'text', district: 'text', ruleHint: 'text', ruleId: 'text',
  subclassCode: 'text', scenario: 'text', grade: 'text', reporter: 'jsonb', description: 'jsonb', address: 'jsonb', photos: 'jsonb', reportedAt: 'timestamptz',
  happenedAt: 'timestamptz',
  filedAt: 'timestamptz', closedAt: 'timestamptz', changedAt: 'timestamptz', dueAt: 'timestamptz', dueClock: 'text', breachedClocks: 'integer', escalations: 'integer',
  returns: 'integer', reworks: 'integer', suspendedUntil: 'timestamptz', selfHandled: 'boolean', satisfaction: 'text', mergedInto: 'text',
} as const satisfies { readonly [field in Exclude<keyof IncidentRow, 'location'>]: Kind };

export const incidentTable: Table<IncidentView> = {
  name: 'incident',
  key: ['incident_id'],
  columns: [
    ...columnsOf<Omit<IncidentRow, 'location'>>(incidentKinds).map((column): Column<IncidentView> => ({ ...column, of: ({ incident }) => column.of(incident) })),
    { name: 'city', field: 'city', kind: 'text', of: ({ city }) => city },
    { name: 'longitude', field: 'longitude', kind: 'double precision', of: ({ incident }) => incident.location?.longitude ?? null },
    { name: 'latitude', field: 'latitude', kind: 'double precision', of: ({ incident }) => incident.location?.latitude ?? null },
  ],
};

export const partyTable: Table<PartyRow> = {
  name: 'incident_party',
  key: ['incident_id', 'unit'],
  columns: columnsOf<PartyRow>({ incidentId: 'text', unit: 'text' }),
};

export const deadlineTable: Table<DeadlineRow> = {
  name: 'deadline',
  key: ['incident_id', 'clock_id'],
  columns: columnsOf<DeadlineRow>({
    incidentId: 'text', clockId: 'text', clock: 'text', unit: 'text', rung: 'text', status: 'text', startedAt: 'timestamptz', warnAt: 'timestamptz', dueAt: 'timestamptz',
    seriousAt: 'timestamptz', stoppedAt: 'timestamptz', warned: 'boolean', breached: 'boolean', seriouslyBreached: 'boolean', exempted: 'boolean', grid: 'text', street: 'text',
  }),
};

export const timelineTable: Table<TimelineRow> = {
  name: 'timeline_entry',
  key: ['incident_id', 'version'],
  columns: columnsOf<TimelineRow>({
    incidentId: 'text', version: 'integer', position: 'bigint', type: 'text', round: 'integer', recordedAt: 'timestamptz', claimedAt: 'timestamptz', deviceSkewMs: 'bigint', happenedAt: 'timestamptz', actorId: 'text',
    actorRole: 'text', actorUnit: 'text', onBehalfOf: 'text', data: 'json',
  }),
};

export const allTables = [incidentTable, partyTable, deadlineTable, timelineTable] as const;

/** JSON that is text already, so that it need not be written down again. */
export class JsonText {
  constructor(readonly text: string) {}
}

export const jsonText = (value: unknown): string => (value instanceof JsonText ? value.text : JSON.stringify(value));

/** A value as the text that PostgreSQL reads it from; null stays null. */
export const toText = (kind: Kind, value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (kind === 'json' || kind === 'jsonb') return jsonText(value);
  return typeof value === 'string' ? value : String(value);
};
