import { upcast, schemaOf } from '#events';
import type { RecordedEvent } from '#kernel';
import type { OutgoingRecord } from './bus.js';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSealed = (value: unknown): boolean => isObject(value) && 'keyId' in value && 'sealed' in value;
const isPhoto = (value: unknown): boolean => isObject(value) && 'sha256' in value && 'bytes' in value;

/** Fields that hold what a person wrote, who they are or what they photographed. */
const personal: ReadonlySet<string> = new Set(['reporter', 'description', 'address', 'note', 'photos']);

/**
 * 去标识 A fact as others may read it: without anything that stands in it as ciphertext and without photos. Nobody outside has the keys, and a
 * person who is erased here must not have left copies elsewhere; so these fields are not there at all, whether they hold something or not.
 */
const withoutPersons = (data: unknown): unknown => {
  if (Array.isArray(data)) return data.filter((item) => !isSealed(item) && !isPhoto(item)).map(withoutPersons);
  if (!isObject(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([name, value]) => !personal.has(name) && !isSealed(value) && !isPhoto(value)).map(([name, value]) => [name, withoutPersons(value)]));
};

/** `incident-…` goes to `facts.incident`: a topic for each kind of stream. */
const factTopicOf = (stream: string): string => `facts.${/^[a-z]+/.exec(stream)?.[0] ?? 'other'}`;

/** 事实记录 What stands in the value of a record: the fact in its present shape, and where it stands in the log. */
interface PublicFact {
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly type: string;
  readonly schema: number;
  readonly recordedAt: string;
  readonly claimedAt?: string;
  readonly actor: RecordedEvent['actor'];
  readonly correlationId: string;
  readonly causationId?: string;
  readonly data: unknown;
}

/**
 * A fact as a record: key = stream, so that the facts of one incident keep their order. Whoever acted appears by pseudonymous id, role and unit; for
 * whom they acted does not go out, because it is text that somebody typed. Throws for a type or a schema that this engine does not know.
 */
export const recordOfFact = (event: RecordedEvent): OutgoingRecord => {
  const { eventId, stream, version, position, type, recordedAt, claimedAt, actor, correlationId, causationId } = event;
  const schema = schemaOf(type);
  const fact: PublicFact = {
    eventId, stream, version, position, type, schema, recordedAt, ...(claimedAt === undefined ? {} : { claimedAt }),
    actor: { id: actor.id, role: actor.role, unit: actor.unit }, correlationId, ...(causationId === undefined ? {} : { causationId }),
    data: withoutPersons(upcast(type, event.schema, event.data)),
  };
  return {
    topic: factTopicOf(stream), key: stream, value: JSON.stringify(fact),
    headers: {
      'event-id': eventId, position: String(position), type, schema: `${type}/${schema}`, 'content-type': 'application/json', 'recorded-at': recordedAt,
      'correlation-id': correlationId, ...(causationId === undefined ? {} : { 'causation-id': causationId }),
    },
  };
};
