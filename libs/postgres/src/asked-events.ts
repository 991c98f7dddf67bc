import type { Append, EventToRecord } from '#kernel';
import { refuseNulCharacter } from './nul-character.js';

/** An append that was checked and serialised; from here on only bytes. */
export interface PreparedAppend {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly PreparedEvent[];
  readonly decidedAt: number;
  readonly validUntil: number | null;
  readonly commandId: string;
  readonly fingerprint: string | null;
  readonly meta: string;
  /** About how many bytes it will take. */
  readonly weight: number;
}

interface PreparedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly schema: number;
  readonly data: string;
}

/** Type numbers from PostgreSQL's catalogue `pg_type`. */
const oid = { int2: 21, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 };

/** 2000-01-01T00:00:00Z, from where PostgreSQL counts its microseconds. */
const epochMs = 946_684_800_000;

const columns = 12;
const arrayHeaderBytes = 20;
/** Type numbers, lengths and all values of fixed size of one event. */
const fixedBytesPerEvent = 4 + 4 + columns * 8 + 4 + 4 + 16 + 2 + 8 + 8 + 16;

/**
 * Batches as `engine.asked_event[]` in PostgreSQL's binary form. In the textual form every quote of every payload would be
 * escaped here and unescaped there, once for the row and once more for the array.
 *
 * The room is used again for the next batch: what `encode` answers is good until it is called again.
 */
export class BatchEncoder {
  private buffer = Buffer.allocUnsafe(0);
  private at = 0;

  /** @param elementType the number that `engine.asked_event` has in this database */
  constructor(private readonly elementType: number) {}

  encode(appends: readonly PreparedAppend[]): Buffer {
    let room = arrayHeaderBytes;
    let count = 0;
    for (const { stream, meta, fingerprint, events } of appends) {
      count += events.length;
      // A UTF-16 unit never takes more than three bytes of UTF-8.
      for (const { type, data } of events) room += fixedBytesPerEvent + 3 * (stream.length + meta.length + (fingerprint?.length ?? 0) + type.length + data.length);
    }
    if (room > this.buffer.length) this.buffer = Buffer.allocUnsafe(room + (room >> 1));
    this.at = 0;
    this.header(count);
    appends.forEach((append, turn) => append.events.forEach((_event, index) => this.row(append, turn, index)));
    return this.buffer.subarray(0, this.at);
  }

  /** One dimension without nulls, counted from 1. */
  private header(length: number): void {
    for (const field of [1, 0, this.elementType, length, 1]) this.at = this.buffer.writeInt32BE(field, this.at);
  }

  private row({ stream, expectedVersion, decidedAt, validUntil, commandId, fingerprint, meta, events }: PreparedAppend, turn: number, index: number): void {
    const { eventId, type, schema, data } = events[index] as PreparedEvent;
    const start = this.at;
    this.at = this.buffer.writeInt32BE(columns, start + 4);
    this.int4(turn);
    this.text(stream);
    this.int4(expectedVersion + index + 1);
    this.uuid(eventId);
    this.text(type);
    this.int2(schema);
    this.instant(decidedAt);
    this.instant(validUntil);
    this.uuid(commandId);
    this.text(index === 0 ? (fingerprint ?? '') : null);
    this.text(meta);
    this.text(data);
    this.buffer.writeInt32BE(this.at - start - 4, start);
  }

  private text(value: string | null): void {
    if (value === null) return this.begin(oid.text, -1);
    const bytes = this.buffer.write(value, this.at + 8, 'utf8');
    this.begin(oid.text, bytes);
    this.at += bytes;
  }

  private uuid(value: string): void {
    this.begin(oid.uuid, 16);
    for (let digit = 0; digit < value.length; ) {
      if (value.charCodeAt(digit) === hyphen) digit += 1;
      this.buffer[this.at] = (nibble(value.charCodeAt(digit)) << 4) | nibble(value.charCodeAt(digit + 1));
      this.at += 1;
      digit += 2;
    }
  }

  private int4(value: number): void {
    this.begin(oid.int4, 4);
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  private int2(value: number): void {
    this.begin(oid.int2, 2);
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  private instant(ms: number | null): void {
    if (ms === null) return this.begin(oid.timestamptz, -1);
    this.begin(oid.timestamptz, 8);
    const microseconds = (ms - epochMs) * 1_000;
    // Exact: a moment in microseconds stays below 2^53 until the year 2255.
    const high = Math.floor(microseconds / 2 ** 32);
    this.at = this.buffer.writeInt32BE(high, this.at);
    this.at = this.buffer.writeUInt32BE(microseconds - high * 2 ** 32, this.at);
  }

  private begin(type: number, length: number): void {
    this.at = this.buffer.writeInt32BE(type, this.at);
    this.at = this.buffer.writeInt32BE(length, this.at);
  }
}

const hyphen = 45;
/** Value of a hexadecimal digit from its character code, upper case or lower. */
const nibble = (code: number): number => (code & 15) + (code > 57 ? 9 : 0);

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => uuidPattern.test(text);

const lastMoment = Date.UTC(2255, 0, 1);

/**
 * Checks an append and serialises it, in the caller's own time, so that nothing that can be known to be wrong ever shares
 * a batch with others. Throws an ordinary error for a defect, `Refusal` `text.nul-character` for a text with U+0000.
 */
export const prepareAppend = (append: Append): PreparedAppend => {
  const { stream, expectedVersion, events, provenance, fingerprint, decidedAt, validUntil } = append;
  insist(stream.length > 0, 'a stream has a name');
  insist(events.length > 0, 'an append has at least one event');
  insist(Number.isInteger(expectedVersion) && expectedVersion >= 0, `the expected version is a whole number from 0, not ${expectedVersion}`);
  insist(isUuid(provenance.commandId), `a command id is a UUID, not "${provenance.commandId}"`);
  for (const moment of [decidedAt, validUntil ?? 0]) insist(Number.isInteger(moment) && Math.abs(moment) < lastMoment, `a moment is whole milliseconds, not ${moment}`);
  const meta = JSON.stringify(provenance);
  for (const text of [stream, meta, fingerprint ?? '']) refuseNulCharacter(text);
  const prepared = events.map(prepareEvent);
  return {
    stream,
    expectedVersion,
    events: prepared,
    decidedAt,
    validUntil: validUntil ?? null,
    commandId: provenance.commandId,
    fingerprint: fingerprint ?? null,
    meta,
    weight: prepared.reduce((sum, { data }) => sum + data.length + meta.length + 200, 0),
  };
};

const prepareEvent = ({ eventId, type, schema, data }: EventToRecord): PreparedEvent => {
  insist(isUuid(eventId), `an event id is a UUID, not "${eventId}"`);
  insist(type.length > 0, 'an event has a type');
  insist(Number.isInteger(schema) && schema > 0 && schema < 32_768, `a schema version is a whole number from 1, not ${schema}`);
  const text = JSON.stringify(data) as string | undefined;
  if (text === undefined) throw new Error(`the data of a ${type} cannot be written as JSON`);
  refuseNulCharacter(type);
  refuseNulCharacter(text);
  return { eventId, type, schema, data: text };
};

const insist = (holds: boolean, rule: string): void => {
  if (!holds) throw new Error(rule);
};
