import { fromIso, toIso } from '#kernel';
import type { DigestedFact } from './leaf.js';
import { hashBytes } from './tree-hash.js';
import { putUuid, uuidAt } from './uuid-bytes.js';

/** A fact of which only digests were read, with the command that it is recorded under; no leaf says that one. */
export interface RecordedDigest extends DigestedFact {
  readonly commandId: string;
}

/** 已读摘要 What a leaf is made of, reckoned from the stored texts at this moment. */
export interface ReadDigest extends RecordedDigest {
  /** Whether the provenance names the command that the fact is recorded under. */
  readonly agrees: boolean;
}

/** Neighbouring facts as records, see `recordOf`, one behind the other in the order of the log. */
export interface FactRecords {
  readonly count: number;
  readonly records: Uint8Array;
  /** Positions of those whose provenance names another command. */
  readonly disagreeing: readonly number[];
}

export const noFacts: FactRecords = { count: 0, records: new Uint8Array(), disagreeing: [] };

/** Where each field of a record begins, in bytes. */
export const field = { position: 0, eventId: 8, version: 24, schema: 28, recordedAt: 30, commandId: 38, metaSha256: 54, dataSha256: 54 + hashBytes, ofType: 118, ofStream: 122, texts: 126 } as const;

/** 2000-01-01T00:00:00Z, from where PostgreSQL counts its microseconds. */
const epochMs = 946_684_800_000;
const two32 = 2 ** 32;
/** What 2^32 microseconds are in whole milliseconds, and what is left of them. */
const [msOfTwo32, usBeyond] = [4_294_967, 296];

/**
 * One fact as bytes that nothing else can be read as, in the binary forms of PostgreSQL, so that a server can write it too: position (8 bytes, big-endian like all
 * numbers here), event id (16), version (4), schema (2), microseconds since 2000 (8), command id (16), the SHA-256 digests of provenance and payload (32 each), the
 * lengths of type and stream in bytes (4 each), type, stream. Many of them in one piece are sent, hashed and handed on at a hundredth of what as many objects would cost.
 */
export const recordOf = ({ position, eventId, version, schema, recordedAt, commandId, metaSha256, dataSha256, type, stream }: RecordedDigest): Buffer => {
  const [ofType, ofStream] = [Buffer.byteLength(type), Buffer.byteLength(stream)];
  const bytes = Buffer.alloc(field.texts + ofType + ofStream);
  bytes.writeBigInt64BE(BigInt(position), field.position);
  putUuid(bytes, field.eventId, eventId);
  bytes.writeInt32BE(version, field.version);
  bytes.writeInt16BE(schema, field.schema);
  bytes.writeBigInt64BE(BigInt(fromIso(recordedAt) - epochMs) * 1_000n, field.recordedAt);
  putUuid(bytes, field.commandId, commandId);
  bytes.write(metaSha256 + dataSha256, field.metaSha256, 'hex');
  bytes.writeUInt32BE(ofType, field.ofType);
  bytes.writeUInt32BE(ofStream, field.ofStream);
  bytes.write(type, field.texts);
  bytes.write(stream, field.texts + ofType);
  return bytes;
};

export const positionAt = (records: Buffer, at: number): number => records.readInt32BE(at + field.position) * two32 + records.readUInt32BE(at + field.position + 4);

/** Exact to the end of all calendars, where so many microseconds are not exact any more. */
export const recordedMsAt = (records: Buffer, at: number): number => {
  const [high, low] = [records.readInt32BE(at + field.recordedAt), records.readUInt32BE(at + field.recordedAt + 4)];
  return epochMs + high * msOfTwo32 + Math.floor((high * usBeyond + low) / 1_000);
};

/** Where each record begins, and behind the last of them where they end. Throws an ordinary error when the last one is cut short. */
export const startsOf = (records: Buffer): readonly number[] => {
  const starts = [0];
  for (let at = 0; at < records.length; ) {
    const whole = at + field.texts <= records.length;
    at = whole ? at + field.texts + records.readUInt32BE(at + field.ofType) + records.readUInt32BE(at + field.ofStream) : Number.POSITIVE_INFINITY;
    starts.push(at);
  }
  if (starts.at(-1) !== records.length) throw new Error('the record of a fact is cut short');
  return starts;
};

export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The same facts as objects, for whoever looks into few of them. */
export const factsIn = ({ records, disagreeing }: FactRecords): readonly ReadDigest[] => {
  const [bytes, odd] = [asBuffer(records), new Set(disagreeing)];
  return startsOf(bytes).slice(0, -1).map((at) => {
    const position = positionAt(bytes, at);
    const [ofType, ofStream] = [bytes.readUInt32BE(at + field.ofType), bytes.readUInt32BE(at + field.ofStream)];
    const texts = at + field.texts;
    return {
      position, eventId: uuidAt(bytes, at + field.eventId), version: bytes.readInt32BE(at + field.version), schema: bytes.readInt16BE(at + field.schema), recordedAt: toIso(recordedMsAt(bytes, at)),
      commandId: uuidAt(bytes, at + field.commandId), agrees: !odd.has(position),
      metaSha256: bytes.toString('hex', at + field.metaSha256, at + field.dataSha256), dataSha256: bytes.toString('hex', at + field.dataSha256, at + field.ofType),
      type: bytes.toString('utf8', texts, texts + ofType), stream: bytes.toString('utf8', texts + ofType, texts + ofType + ofStream),
    };
  });
};
