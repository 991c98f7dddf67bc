import type { ClientBase } from 'pg';
import { asSent, textArray } from '#postgres';
import type { DeadlineRow, IncidentRow, IncidentView } from '#views';
import { deadlineTable, incidentTable, partyTable } from './tables.js';
import type { Kind, Table } from './tables.js';

type Texts = readonly (string | null)[];

/** Moments as `2026-05-11 02:00:00.5`, whatever the session's zone is. */
const selected = ({ name, kind }: { readonly name: string; readonly kind: Kind }): string => (kind === 'timestamptz' ? `(${name} at time zone 'UTC')::text` : name);

const isoOfText = (text: string): string => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).padEnd(3, '0')}Z`;

const valueOf = (kind: Kind, text: string | null): unknown => {
  if (text === null) return null;
  switch (kind) {
    case 'integer':
    case 'bigint':
    case 'double precision':
      return Number(text);
    case 'boolean':
      return text === 't';
    case 'json':
    case 'jsonb':
      return JSON.parse(text);
    case 'timestamptz':
      return isoOfText(text);
    default:
      return text;
  }
};

const recordOf = (columns: Table<never>['columns'], texts: Texts): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  let index = 0;
  for (const { field, kind } of columns) values[field] = valueOf(kind, texts[index++] ?? null);
  return values;
};

/** What stands last in the table of incidents and is no field of the row. */
const besideTheRow = ['city', 'longitude', 'latitude'];
const rowColumns = incidentTable.columns.filter(({ field }) => !besideTheRow.includes(field));

const incidentOf = (texts: Texts): { readonly incident: IncidentRow; readonly city: string } => {
  const row = recordOf(rowColumns, texts);
  const { city, longitude, latitude } = recordOf(incidentTable.columns.slice(rowColumns.length), texts.slice(rowColumns.length));
  row['location'] = longitude === null ? null : { longitude, latitude };
  return { incident: row as unknown as IncidentRow, city: city as string };
};

/** Rows of some incidents, those of one incident in the order of the rest of their key. */
const rowsOf = async (client: ClientBase, schema: string, { name, key, columns }: Table<never>, incidentIds: Buffer): Promise<readonly Texts[]> => {
  const text = `select ${columns.map(selected).join(', ')} from ${schema}.${name} where incident_id = any ($1::text[]) order by ${key.join(', ')}`;
  return (await client.query<(string | null)[]>({ text, values: [incidentIds], rowMode: 'array', types: asSent })).rows;
};

/** The views of these incidents as they were last written, by incident; those that nothing is written of are left out. */
export const loadViews = async (client: ClientBase, schema: string, incidentIds: readonly string[]): Promise<ReadonlyMap<string, IncidentView>> => {
  const views = new Map<string, IncidentView & { readonly deadlines: DeadlineRow[]; readonly parties: string[] }>();
  if (incidentIds.length === 0) return views;
  const ids = textArray(incidentIds);
  for (const texts of await rowsOf(client, schema, incidentTable, ids)) {
    const { incident, city } = incidentOf(texts);
    views.set(incident.incidentId, { incident, city, deadlines: [], parties: [] });
  }
  for (const texts of await rowsOf(client, schema, deadlineTable, ids)) {
    const row = recordOf(deadlineTable.columns, texts) as unknown as DeadlineRow;
    views.get(row.incidentId)?.deadlines.push(row);
  }
  for (const texts of await rowsOf(client, schema, partyTable, ids)) {
    const { incidentId, unit } = recordOf(partyTable.columns, texts);
    views.get(incidentId as string)?.parties.push(unit as string);
  }
  return views;
};
