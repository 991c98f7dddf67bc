import type { ClientBase, Pool } from 'pg';
import { factsIn, hexDigestOf, noFacts, recordOf } from '#evidence';
import type { FactRecords, ReadDigest, StoredFact } from '#evidence';
import { asSent, copyRow, isoOf, orUnavailable } from '#postgres';

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
  /** The same facts as records, with the digests of their texts in place of these. */
  readRecords(after: number, limit: number, until?: number): Promise<FactRecords>;
  /** SHA-256 of the records of all facts of a stretch as they stand now, in hexadecimal digits. */
  digestOf(from: number, to: number): Promise<string>;
  /** Position of the last fact; 0 when there is none. */
  end(): Promise<number>;
}

const named = (commandId: string): string => `"commandId":"${commandId}"`;
const agreesIn = ({ commandId, meta }: ReadFact): boolean => meta.includes(named(commandId)) || meta.toString('utf8').toLowerCase().includes(named(commandId).toLowerCase());

/** Facts of a store that cannot reckon digests by itself. */
export const withDigests = (facts: Pick<StoredFacts, 'readAll' | 'end'>): StoredFacts => {
  const readRecords: StoredFacts['readRecords'] = async (after, limit, until) => {
    const found = await facts.readAll(after, limit, until);
    const records = found.map((fact) => recordOf({ ...fact, metaSha256: hexDigestOf(fact.meta), dataSha256: hexDigestOf(fact.data) }));
    return { count: found.length, records: Buffer.concat(records), disagreeing: found.filter((fact) => !agreesIn(fact)).map(({ position }) => position) };
  };
  return {
    readAll: (after, limit, until) => facts.readAll(after, limit, until),
    readRecords,
    digestOf: async (from, to) => hexDigestOf((await readRecords(from - 1, to - from + 1, to)).records),
    end: () => facts.end(),
  };
};

export const readDigests = async (facts: Pick<StoredFacts, 'readRecords'>, after: number, limit: number, until?: number): Promise<readonly ReadDigest[]> =>
  factsIn(await facts.readRecords(after, limit, until));

/** Stands between the fields of a fact that cannot hold it: one value is read far faster than six. */
const separator = '\u001F';
const factsAsked = {
  name: 'evidence-facts', rowMode: 'array', types: asSent,
  text: `select concat_ws(E'\\x1f', position, event_id, version, schema, recorded_at, command_id), type, stream, meta, data
    from engine.events where position > $1 and position <= $3 order by position limit $2`,
};
const sha256Of = (text: string): string => `sha256(convert_to(${text}, 'UTF8'))`;
/** As `recordOf` writes it. The server hashes where the texts are: they need not be sent, and the engine's own threads are what there is least of. */
const record = [
  'int8send(position)', 'uuid_send(event_id)', 'int4send(version)', 'int2send(schema)', 'timestamptz_send(recorded_at)', 'uuid_send(command_id)', sha256Of('meta'), sha256Of('data'),
  'int4send(octet_length(type))', 'int4send(octet_length(stream))', `convert_to(type, 'UTF8')`, `convert_to(stream, 'UTF8')`,
].join(' || ');
const agrees = `strpos(meta, '"commandId":"' || command_id || '"') > 0 or strpos(lower(meta), '"commandid":"' || command_id || '"') > 0`;
const records = `string_agg(record, '' order by position)`;
const recordsAsked = (after: number, limit: number, until: number): string => `
  select count(*), ${records}, string_agg(int8send(position), '' order by position) filter (where not agrees)
  from (select position, ${record} as record, ${agrees} as agrees from engine.events where position > ${whole(after)} and position <= ${whole(until)} order by position limit ${whole(limit)}) page`;
const stretchAsked = {
  name: 'evidence-stretch', rowMode: 'array', types: asSent,
  text: `select encode(sha256(coalesce(${records}, '')), 'hex') from (select position, ${record} as record from engine.events where position between $1 and $2) stretch`,
};
const endless = Number.MAX_SAFE_INTEGER;

const whole = (number: number): number => {
  if (!Number.isSafeInteger(number)) throw new Error(`${number} is no position`);
  return number;
};

export class PostgresStoredFacts implements StoredFacts {
  constructor(private readonly database: Pool | ClientBase) {}

  async readAll(after: number, limit: number, until = endless): Promise<readonly ReadFact[]> {
    return (await this.rows(factsAsked, after, limit, until)).map(([first = '', type = '', stream = '', meta = '', data = '']) => {
      const [position, eventId = '', version, schema, recordedAt = '', commandId = ''] = first.split(separator);
      return { position: Number(position), eventId, stream, version: Number(version), type, schema: Number(schema), recordedAt: isoOf(recordedAt), commandId, meta, data };
    });
  }

  async readRecords(after: number, limit: number, until = endless): Promise<FactRecords> {
    const [count, found, odd] = await orUnavailable(() => copyRow(this.database, recordsAsked(after, limit, until)));
    return found ? { count: positionsIn(count)[0] ?? 0, records: found, disagreeing: positionsIn(odd) } : noFacts;
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

const positionBytes = 8;
const positionsIn = (bytes: Buffer | null | undefined): readonly number[] =>
  Array.from({ length: (bytes?.length ?? 0) / positionBytes }, (_none, index) => Number(bytes?.readBigInt64BE(index * positionBytes)));

/** The same fact as texts. */
export const asTexts = ({ meta, data, ...fact }: ReadFact): StoredFact => ({ meta: meta.toString('utf8'), data: data.toString('utf8'), ...fact });
