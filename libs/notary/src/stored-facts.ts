import type { ClientBase, Pool } from 'pg';
import { factsIn, hexDigestOf, lineOf } from '#evidence';
import type { FactLines, ReadDigest, StoredFact } from '#evidence';
import { isoOf, orUnavailable } from '#postgres';

/** A fact whose texts are as the store holds them: they are hashed as they are, and nobody has to read them. */
export interface ReadFact extends Omit<StoredFact, 'meta' | 'data'> {
  readonly meta: string | Buffer;
  readonly data: string | Buffer;
  /** No leaf says it, but it has to agree with the provenance. */
  readonly commandId: string;
}

/** 原文 The log as it stands in its store at this moment, byte for byte, whatever is in memory anywhere. Fails with `Unavailable`. */
export interface StoredFacts {
  /** At most so many facts behind a position, none beyond `until`, in order. Gaps are the reader's to find. */
  readAll(after: number, limit: number, until?: number): Promise<readonly ReadFact[]>;
  /** The same facts as lines, with the digests of their texts in place of these. */
  readLines(after: number, limit: number, until?: number): Promise<FactLines>;
  /** SHA-256 of the lines of all facts of a stretch as they stand now, in hexadecimal digits. */
  digestOf(from: number, to: number): Promise<string>;
  /** Position of the last fact; 0 when there is none. */
  end(): Promise<number>;
}

const named = (commandId: string): string => `"commandId":"${commandId}"`;
const agreesIn = ({ commandId, meta }: ReadFact): boolean => meta.includes(named(commandId)) || meta.toString('utf8').toLowerCase().includes(named(commandId).toLowerCase());

/** Facts of a store that cannot reckon digests by itself. */
export const withDigests = (facts: Pick<StoredFacts, 'readAll' | 'end'>): StoredFacts => {
  const readLines: StoredFacts['readLines'] = async (after, limit, until) => {
    const found = await facts.readAll(after, limit, until);
    return { count: found.length, lines: found.map((fact) => lineOf({ ...fact, metaSha256: hexDigestOf(fact.meta), dataSha256: hexDigestOf(fact.data), agrees: agreesIn(fact) })).join('') };
  };
  return {
    readAll: (after, limit, until) => facts.readAll(after, limit, until),
    readLines,
    digestOf: async (from, to) => hexDigestOf((await readLines(from - 1, to - from + 1, to)).lines),
    end: () => facts.end(),
  };
};

export const readDigests = async (facts: Pick<StoredFacts, 'readLines'>, after: number, limit: number, until?: number): Promise<readonly ReadDigest[]> =>
  factsIn((await facts.readLines(after, limit, until)).lines);

/** Every value stays the text that the server sent. */
const types = { getTypeParser: () => (value: string) => value };

/** Stands between the fields of a fact that cannot hold it: one value is read far faster than six. */
const separator = '\u001F';
const joined = (...fields: readonly string[]): string => `concat_ws(E'\\x1f', ${fields.join(', ')})`;
const where = 'from engine.events where position > $1 and position <= $3 order by position limit $2';
const hexOf = (text: string): string => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
const agreeing = `case when strpos(meta, '"commandId":"' || command_id || '"') > 0 or strpos(lower(meta), '"commandid":"' || command_id || '"') > 0 then 1 else 0 end`;
/** As `lineOf` writes it. The server hashes where the texts are: they need not be sent, and the engine's own threads are what there is least of. */
const line = `${joined(
  'position', 'event_id', 'version', 'schema', "(date_part('epoch', recorded_at) * 1000)::bigint", agreeing, hexOf('meta'), hexOf('data'), 'octet_length(type)', 'octet_length(stream)', 'type', 'stream',
)} || E'\\n'`;
const lines = `string_agg(line, '' order by position)`;
const factsAsked = { name: 'evidence-facts', text: `select ${joined('position', 'event_id', 'version', 'schema', 'recorded_at', 'command_id')}, type, stream, meta, data ${where}`, rowMode: 'array', types };
const linesAsked = { name: 'evidence-lines', text: `select count(*), ${lines} from (select position, ${line} as line ${where}) page`, rowMode: 'array', types };
const stretchAsked = { name: 'evidence-stretch', text: `select ${hexOf(`coalesce(${lines}, '')`)} from (select position, ${line} as line from engine.events where position between $1 and $2) stretch`, rowMode: 'array', types };
const endless = Number.MAX_SAFE_INTEGER;

export class PostgresStoredFacts implements StoredFacts {
  constructor(private readonly database: Pool | ClientBase) {}

  async readAll(after: number, limit: number, until = endless): Promise<readonly ReadFact[]> {
    return (await this.rows(factsAsked, after, limit, until)).map(([first = '', type = '', stream = '', meta = '', data = '']) => {
      const [position, eventId = '', version, schema, recordedAt = '', commandId = ''] = first.split(separator);
      return { position: Number(position), eventId, stream, version: Number(version), type, schema: Number(schema), recordedAt: isoOf(recordedAt), commandId, meta, data };
    });
  }

  async readLines(after: number, limit: number, until = endless): Promise<FactLines> {
    const [[count, lines] = []] = await this.rows(linesAsked, after, limit, until);
    return { count: Number(count ?? 0), lines: lines ?? '' };
  }

  async digestOf(from: number, to: number): Promise<string> {
    const [[digest] = []] = await this.rows(stretchAsked, from, to);
    return digest ?? '';
  }

  async end(): Promise<number> {
    const { rows } = await orUnavailable(() => this.database.query<{ position: string | null }>({ name: 'evidence-end', text: 'select max(position) as position from engine.events' }));
    return Number(rows[0]?.position ?? 0);
  }

  private async rows(statement: object, ...values: readonly number[]): Promise<readonly string[][]> {
    return (await orUnavailable(() => this.database.query<string[]>({ values, ...statement } as never))).rows;
  }
}

/** The same fact as texts. */
export const asTexts = ({ meta, data, ...fact }: ReadFact): StoredFact => ({ meta: meta.toString('utf8'), data: data.toString('utf8'), ...fact });
