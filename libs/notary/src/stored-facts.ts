import type { ClientBase, Pool } from 'pg';
import type { StoredFact } from '#evidence';
import { isoOf, orUnavailable } from '#postgres';

/** A fact whose texts are still the bytes that the store holds: they are hashed as they are, and nobody has to read them. */
export interface ReadFact extends Omit<StoredFact, 'meta' | 'data'> {
  readonly meta: Buffer;
  readonly data: Buffer;
  /** No leaf says it, but it has to agree with the provenance. */
  readonly commandId: string;
}

/** 原文 The log as it stands in its store at this moment, byte for byte, whatever is in memory anywhere. Fails with `Unavailable`. */
export interface StoredFacts {
  /** At most so many facts behind a position, none beyond `until`, in order. Gaps are the reader's to find. */
  readAll(after: number, limit: number, until?: number): Promise<readonly ReadFact[]>;
  /** Position of the last fact; 0 when there is none. */
  end(): Promise<number>;
}

/** Every value stays the bytes that the server sent; in the binary form of a text these are the text itself. */
const types = { getTypeParser: () => (value: Buffer) => value };

/** Stands between the fields of a fact: one value is read far faster than eight. What may hold anything comes last. */
const separator = '\u001F';
const fields = ['position', 'event_id', 'version', 'schema', 'recorded_at', 'command_id', 'type', 'stream'];
const statement = {
  name: 'evidence-facts',
  text: `select concat_ws(E'\\x1f', ${fields.join(', ')}), meta, data from engine.events where position > $1 and position <= $3 order by position limit $2`,
  rowMode: 'array',
  binary: true,
  types,
};
const endless = Number.MAX_SAFE_INTEGER;

export class PostgresStoredFacts implements StoredFacts {
  constructor(private readonly database: Pool | ClientBase) {}

  async readAll(after: number, limit: number, until = endless): Promise<readonly ReadFact[]> {
    const { rows } = await orUnavailable(() => this.database.query<Buffer[]>({ ...statement, values: [after, limit, until] } as never));
    return rows.map(([head, meta, data]) => {
      const [position = '', eventId = '', version = '', schema = '', recordedAt = '', commandId = '', type = '', ...stream] = (head as Buffer).toString('utf8').split(separator);
      return {
        position: Number(position), eventId, stream: stream.join(separator), version: Number(version), type, schema: Number(schema), recordedAt: isoOf(recordedAt), commandId, meta: meta as Buffer, data: data as Buffer,
      };
    });
  }

  async end(): Promise<number> {
    const { rows } = await orUnavailable(() => this.database.query<{ position: string | null }>({ name: 'evidence-end', text: 'select max(position) as position from engine.events' }));
    return Number(rows[0]?.position ?? 0);
  }
}

/** The same fact as texts. */
export const asTexts = ({ meta, data, ...fact }: ReadFact): StoredFact => ({ ...fact, meta: meta.toString('utf8'), data: data.toString('utf8') });
