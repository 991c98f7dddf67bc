import type { ClientBase, Pool } from 'pg';
import { hexDigestOf } from '#evidence';
import type { DigestedFact, StoredFact } from '#evidence';
import { isoOf, orUnavailable } from '#postgres';

/** A fact whose texts are as the store holds them: they are hashed as they are, and nobody has to read them. */
export interface ReadFact extends Omit<StoredFact, 'meta' | 'data'> {
  readonly meta: string | Buffer;
  readonly data: string | Buffer;
  /** No leaf says it, but it has to agree with the provenance. */
  readonly commandId: string;
}

/** 已读摘要 What a leaf is made of, reckoned from the stored texts at this moment. */
export interface ReadDigest extends DigestedFact {
  /** Whether the provenance names the command that the fact is recorded under. */
  readonly agrees: boolean;
}

/** 原文 The log as it stands in its store at this moment, byte for byte, whatever is in memory anywhere. Fails with `Unavailable`. */
export interface StoredFacts {
  /** At most so many facts behind a position, none beyond `until`, in order. Gaps are the reader's to find. */
  readAll(after: number, limit: number, until?: number): Promise<readonly ReadFact[]>;
  /** The same facts with the digests of their texts in place of these. */
  readDigests(after: number, limit: number, until?: number): Promise<readonly ReadDigest[]>;
  /** Position of the last fact; 0 when there is none. */
  end(): Promise<number>;
}

const named = (commandId: string): string => `"commandId":"${commandId}"`;
const agrees = ({ commandId, meta }: ReadFact): boolean => meta.includes(named(commandId)) || meta.toString('utf8').toLowerCase().includes(named(commandId).toLowerCase());

/** Facts of a store that cannot reckon digests by itself. */
export const withDigests = (facts: Omit<StoredFacts, 'readDigests'>): StoredFacts => ({
  readAll: (after, limit, until) => facts.readAll(after, limit, until),
  readDigests: async (after, limit, until) =>
    (await facts.readAll(after, limit, until)).map((fact): ReadDigest => {
      const { meta, data, commandId: _commandId, ...rest } = fact;
      return { metaSha256: hexDigestOf(meta), dataSha256: hexDigestOf(data), agrees: agrees(fact), ...rest };
    }),
  end: () => facts.end(),
});

/** Every value stays the text that the server sent. */
const types = { getTypeParser: () => (value: string) => value };

/** Stands between the fields of a fact: one value is read far faster than eight. What may hold anything comes last. */
const separator = '\u001F';
const head = ['position', 'event_id', 'version', 'schema', 'recorded_at'];
const joined = (...fields: readonly string[]): string => `concat_ws(E'\\x1f', ${fields.join(', ')})`;
const where = 'from engine.events where position > $1 and position <= $3 order by position limit $2';
const hexOf = (text: string): string => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
const factsAsked = { name: 'evidence-facts', text: `select ${joined(...head, 'command_id', 'type', 'stream')}, meta, data ${where}`, rowMode: 'array', types };
/** The server hashes where the texts are: they need not be sent, and the engine's own thread is what there is least of. */
const digestsAsked = {
  name: 'evidence-digests',
  text: `select ${joined(
    ...head,
    `case when strpos(meta, '"commandId":"' || command_id || '"') > 0 or strpos(lower(meta), '"commandid":"' || command_id || '"') > 0 then 1 else 0 end`,
    hexOf('meta'), hexOf('data'), 'type', 'stream',
  )} ${where}`,
  rowMode: 'array',
  types,
};
const endless = Number.MAX_SAFE_INTEGER;

export class PostgresStoredFacts implements StoredFacts {
  constructor(private readonly database: Pool | ClientBase) {}

  async readAll(after: number, limit: number, until = endless): Promise<readonly ReadFact[]> {
    return (await this.rows(factsAsked, after, limit, until)).map(([first = '', meta = '', data = '']) => {
      const [position, eventId = '', version, schema, recordedAt = '', commandId = '', type = '', ...stream] = first.split(separator);
      return { position: Number(position), eventId, stream: stream.join(separator), version: Number(version), type, schema: Number(schema), recordedAt: isoOf(recordedAt), commandId, meta, data };
    });
  }

  async readDigests(after: number, limit: number, until = endless): Promise<readonly ReadDigest[]> {
    return (await this.rows(digestsAsked, after, limit, until)).map(([first = '']) => {
      const [position, eventId = '', version, schema, recordedAt = '', agreeing, metaSha256 = '', dataSha256 = '', type = '', ...stream] = first.split(separator);
      return { position: Number(position), eventId, stream: stream.join(separator), version: Number(version), type, schema: Number(schema), recordedAt: isoOf(recordedAt), agrees: agreeing === '1', metaSha256, dataSha256 };
    });
  }

  async end(): Promise<number> {
    const { rows } = await orUnavailable(() => this.database.query<{ position: string | null }>({ name: 'evidence-end', text: 'select max(position) as position from engine.events' }));
    return Number(rows[0]?.position ?? 0);
  }

  private async rows(statement: object, after: number, limit: number, until: number): Promise<readonly string[][]> {
    return (await orUnavailable(() => this.database.query<string[]>({ values: [after, limit, until], ...statement } as never))).rows;
  }
}

/** The same fact as texts. */
export const asTexts = ({ meta, data, ...fact }: ReadFact): StoredFact => ({ meta: meta.toString('utf8'), data: data.toString('utf8'), ...fact });
