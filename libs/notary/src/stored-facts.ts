import type { ClientBase, Pool } from 'pg';
import type { StoredFact } from '#evidence';
import { isoOf } from '#postgres';

type Row = readonly [string, string, string, string, string, string, string, string, string, string];

/** Every value stays the text that the server sent. */
const types = { getTypeParser: () => (value: string) => value };

/** What of a row no leaf says, and still has to agree with it. */
export interface ReadFact extends StoredFact {
  readonly commandId: string;
}

/** The facts behind a position as they stand in the table at this moment, whatever is in memory anywhere. Gaps are the reader's to find. */
export const readFacts = async (database: Pool | ClientBase, after: number, limit: number, until: number): Promise<readonly ReadFact[]> => {
  const { rows } = await database.query<Row & unknown[]>({
    name: 'evidence-facts',
    text: `select position, event_id, stream, version, type, schema, recorded_at, meta, data, command_id
      from engine.events where position > $1 and position <= $3 order by position limit $2`,
    values: [after, limit, until],
    rowMode: 'array',
    types,
  });
  return rows.map(([position, eventId, stream, version, type, schema, recordedAt, meta, data, commandId]) => ({
    position: Number(position), eventId, stream, version: Number(version), type, schema: Number(schema), recordedAt: isoOf(recordedAt), meta, data, commandId,
  }));
};
