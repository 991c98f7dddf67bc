import type { ClientBase } from 'pg';
import type { DeadlineRow, IncidentRow, IncidentView } from '#views';
import { deadlineTable, fromText, incidentTable, selected } from './tables.js';
import type { Table } from './tables.js';
import { textArray } from './text-array.js';

type Texts = readonly (string | null)[];

/** The columns of a row, each as text, as one array. */
const asArray = (alias: string, { columns }: Table<never>): string => `array[${columns.map((column) => selected(alias, column)).join(', ')}]`;

const record = ({ columns }: Table<never>, texts: Texts): Record<string, unknown> =>
  Object.fromEntries(columns.map(({ field, kind }, index) => [field, fromText(kind, texts[index] ?? null)]));

const incidentOf = (texts: Texts): { readonly incident: IncidentRow; readonly city: string } => {
  const { city, longitude, latitude, ...row } = record(incidentTable, texts);
  const location = longitude === null ? null : { longitude, latitude };
  return { incident: { ...row, location } as unknown as IncidentRow, city: city as string };
};

interface Stored {
  readonly incident: Texts;
  readonly deadlines: readonly Texts[];
  readonly parties: readonly string[];
}

const statement = (schema: string): string => `
select ${asArray('i', incidentTable)} as incident,
  coalesce((select json_agg(${asArray('d', deadlineTable)} order by d.clock_id) from ${schema}.deadline d where d.incident_id = i.incident_id), '[]') as deadlines,
  coalesce((select json_agg(p.unit order by p.unit) from ${schema}.incident_party p where p.incident_id = i.incident_id), '[]') as parties
from ${schema}.incident i where i.incident_id = any ($1::text[])`;

/** The views of these incidents as they were last written, by incident; those that nothing is written of are left out. */
export const loadViews = async (client: ClientBase, schema: string, incidentIds: readonly string[]): Promise<ReadonlyMap<string, IncidentView>> => {
  if (incidentIds.length === 0) return new Map();
  const { rows } = await client.query<Stored>(statement(schema), [textArray(incidentIds)]);
  return new Map(
    rows.map(({ incident: texts, deadlines, parties }) => {
      const { incident, city } = incidentOf(texts);
      return [incident.incidentId, { incident, city, deadlines: deadlines.map((each) => record(deadlineTable, each) as unknown as DeadlineRow), parties }];
    }),
  );
};
