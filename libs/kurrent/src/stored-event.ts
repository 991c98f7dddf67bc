import { hash } from 'node:crypto';
import { isUuid } from '#postgres';
import { BrokenLog } from './broken-log.js';

/** What is to be recorded: one fact, by its texts. */
export interface FactToStore {
  readonly eventId: string;
  readonly type: string;
  readonly schema: number;
  readonly commandId: string;
  /** Which of the facts of its command it is, from 0. */
  readonly turn: number;
  /** Of the first fact of a command: its fingerprint, '' when it has none. Null on all others. */
  readonly fingerprint: string | null;
  readonly recordedAt: string;
  /** Provenance and payload: the very texts that evidence is computed from. */
  readonly meta: string;
  readonly data: string;
}

/** Where an event stands in the server's own log. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** An event as the client hands it over, of which no byte was touched. */
export interface RawEvent {
  readonly streamId: string;
  readonly type: string;
  readonly revision: bigint;
  readonly position?: Place;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** A fact as it was found in the event store. */
export interface FoundFact extends Place {
  readonly stream: string;
  readonly version: number;
  readonly eventId: string;
  readonly type: string;
  readonly schema: number;
  readonly commandId: string;
  readonly fingerprint: string | null;
  readonly recordedAt: string;
  readonly meta: string;
  readonly data: Uint8Array;
}

/** The event's id follows from its command, so that asking again asks for the same event (RFC 9562, version 5 layout). */
const idOf = (commandId: string, turn: number): string => {
  const digest = hash('sha1', `threeloops\u0000${commandId.toLowerCase()}\u0000${turn}`);
  const variant = ((parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
};

type Texts = Readonly<Record<string, string>>;

/** All values are texts, because later versions of the server's protocol take nothing else. `$correlationId` and `$causationId` are its own words. */
const metadataOf = ({ eventId, commandId, schema, recordedAt, meta, fingerprint }: FactToStore): Texts => {
  const { correlationId, causationId } = JSON.parse(meta) as Partial<Texts>;
  return {
    eventId, commandId, schema: String(schema), recordedAt, provenance: meta,
    ...(fingerprint === null ? {} : { fingerprint }),
    ...(correlationId === undefined ? {} : { $correlationId: correlationId }),
    ...(causationId === undefined ? {} : { $causationId: causationId }),
  };
};

/**
 * The event as the client takes it. A payload that stays the same text when it is read and written again is marked as JSON, so that the
 * server's own tools can show it; any other is stored as bytes.
 */
export const eventOf = (fact: FactToStore) => {
  const parsed = JSON.parse(fact.data) as object;
  const common = { id: idOf(fact.commandId, fact.turn), type: fact.type, metadata: metadataOf(fact) };
  return JSON.stringify(parsed) === fact.data
    ? { ...common, contentType: 'application/json' as const, data: parsed }
    : { ...common, contentType: 'application/octet-stream' as const, data: new Uint8Array(Buffer.from(fact.data)) };
};

const textsIn = (bytes: Uint8Array): Texts | null => {
  try {
    const read = JSON.parse(Buffer.from(bytes).toString('utf8')) as Texts;
    const whole = ['eventId', 'commandId', 'schema', 'recordedAt', 'provenance'].every((name) => typeof read[name] === 'string');
    return whole && isUuid(read['eventId'] ?? '') && isUuid(read['commandId'] ?? '') && Number.isFinite(Date.parse(read['recordedAt'] ?? '')) ? read : null;
  } catch {
    return null;
  }
};

/**
 * Reads an event back. Throws `BrokenLog` `store.foreign-fact` for one that this engine cannot have written: somebody else writes into the
 * streams of the log, or its metadata was blanked.
 */
export const factIn = ({ streamId, revision, type, data, metadata, position }: RawEvent, prefix: string): FoundFact => {
  const texts = textsIn(metadata);
  if (!texts || !streamId.startsWith(prefix)) {
    throw new BrokenLog('store.foreign-fact', `Event ${revision} of the stream ${streamId} was not recorded by this engine or has lost its metadata`, { stream: streamId, revision: Number(revision) });
  }
  const { eventId = '', commandId = '', schema, recordedAt = '', provenance = '', fingerprint = null } = texts;
  return {
    stream: streamId.slice(prefix.length), version: Number(revision) + 1, commit: position?.commit ?? 0n, prepare: position?.prepare ?? 0n,
    eventId: eventId.toLowerCase(), type, schema: Number(schema), commandId: commandId.toLowerCase(), fingerprint, recordedAt, meta: provenance, data,
  };
};
