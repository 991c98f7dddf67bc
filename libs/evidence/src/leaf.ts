import { Refusal } from '#kernel';
import { digestOf, hashBytes } from './tree-hash.js';

/** A fact as it stands in the log: provenance and payload are the very texts that were recorded. */
export interface StoredFact {
  /** From 1, without gaps. */
  readonly position: number;
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schema: number;
  readonly recordedAt: string;
  readonly meta: string;
  readonly data: string;
}

/** What a leaf tells of its fact without the fact. */
export interface LeafContent extends Omit<StoredFact, 'meta' | 'data'> {
  readonly logId: string;
  /** SHA-256 of the provenance and of the payload, in hexadecimal digits. */
  readonly metaSha256: string;
  readonly dataSha256: string;
}

const encodingVersion = 1;
const textFields = 8;

/**
 * The index of a fact's leaf. Positions are dense from 1 and leaves are counted from 0, so this is all there is to it; whoever reads the
 * log refuses a gap.
 */
export const leafIndexOf = (position: number): number => position - 1;

/**
 * 叶子 The bytes that both trees hash for a fact: a version byte, then every field behind its length in four bytes (big-endian). Fields in
 * order: log id, position, event id, stream, version, type, schema, recordedAt as UTF-8 text, numbers in decimal digits; then the SHA-256
 * digests of provenance and payload. A leaf shows that its fact exists, and what it is about, without showing what it says.
 */
export const encodeLeaf = (logId: string, fact: Omit<StoredFact, 'meta' | 'data'> & Readonly<Record<'meta' | 'data', string | Uint8Array>>): Buffer => {
  const { position, eventId, stream, version, type, schema, recordedAt, meta, data } = fact;
  const texts = [logId, String(position), eventId, stream, String(version), type, String(schema), recordedAt];
  let room = 1 + 2 * (4 + hashBytes);
  for (const text of texts) room += 4 + 3 * text.length;
  const bytes = Buffer.allocUnsafe(room);
  bytes[0] = encodingVersion;
  let at = 1;
  for (const text of texts) {
    const length = bytes.write(text, at + 4, 'utf8');
    bytes.writeUInt32BE(length, at);
    at += 4 + length;
  }
  for (const text of [meta, data]) {
    at = bytes.writeUInt32BE(hashBytes, at);
    bytes.set(digestOf(text), at);
    at += hashBytes;
  }
  return bytes.subarray(0, at);
};

const unreadable = (why: string): Refusal => new Refusal('evidence.leaf-unreadable', `These bytes are no leaf of a log: ${why}.`);

const wholeNumber = (text: string): number => {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) throw unreadable(`"${text}" is no number`);
  return Number(text);
};

/** Reads a leaf back. Refuses with `evidence.leaf-unreadable` anything that `encodeLeaf` cannot have written. */
export const decodeLeaf = (bytes: Uint8Array): LeafContent => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] !== encodingVersion) throw unreadable('the version is unknown');
  const fields: Buffer[] = [];
  for (let at = 1; at < buffer.length; ) {
    const length = at + 4 <= buffer.length ? buffer.readUInt32BE(at) : Number.NaN;
    if (!(at + 4 + length <= buffer.length)) throw unreadable('it is cut short');
    fields.push(buffer.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (fields.length !== textFields + 2) throw unreadable(`it has ${fields.length} fields`);
  const [logId = '', position = '', eventId = '', stream = '', version = '', type = '', schema = '', recordedAt = ''] = fields.slice(0, textFields).map((field) => field.toString('utf8'));
  const [metaSha256 = '', dataSha256 = ''] = fields.slice(textFields).map((field) => field.toString('hex'));
  return { logId, position: wholeNumber(position), eventId, stream, version: wholeNumber(version), type, schema: wholeNumber(schema), recordedAt, metaSha256, dataSha256 };
};
