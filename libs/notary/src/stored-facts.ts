import type { ClientBase, Pool } from 'pg';
import type { StoredFact } from '#evidence';
import { isoOf } from '#postgres';

/** A fact whose texts are still the bytes that the table holds: they are hashed as they are, and nobody has to read them. */
export interface ReadFact extends Omit<StoredFact, 'meta' | 'data'> {
  readonly meta: Buffer;
  readonly data: Buffer;
  /** No leaf says it, but it has to agree with the provenance. */
  readonly commandId: string;
}

/** Every value stays the bytes that the server sent; in the binary form of a text these are the text itself. */
const types = { getTypeParser: () => (value: Buffer) => value };
const columns = ['position', 'event_id', 'stream', 'version', 'type', 'schema', 'recorded_at', 'meta', 'data', 'command_id'].map((name) => `${name}::text`).join(', ');

/** The facts behind a position as they stand in the table at this moment, whatever is in memory anywhere. Gaps are the reader's to find. */
export const readFacts = async (database: Pool | ClientBase, after: number, limit: number, until: number): Promise<readonly ReadFact[]> => {
  const { rows } = await database.query<Buffer[]>({
    name: 'evidence-facts',
    text: `select ${columns} from engine.events where position > $1 and position <= $3 order by engine.events.position limit $2`,
    values: [after, limit, until],
    rowMode: 'array',
    binary: true,
    types,
  } as never);
  return rows.map((row) => {
    const [position, eventId, stream, version, type, schema, recordedAt, meta, data, commandId] = row as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    return {
      position: Number(position.toString('latin1')), eventId: eventId.toString('latin1'), stream: stream.toString('utf8'), version: Number(version.toString('latin1')), type: type.toString('utf8'), schema: Number(schema.toString('latin1')),
      recordedAt: isoOf(recordedAt.toString('latin1')), meta, data, commandId: commandId.toString('latin1'),
    };
  });
};

/** The same fact as texts. */
export const asTexts = ({ meta, data, ...fact }: ReadFact): StoredFact => ({ ...fact, meta: meta.toString('utf8'), data: data.toString('utf8') });
