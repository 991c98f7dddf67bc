import { Refusal } from '#kernel';
import { hashBytes, hexDigestOf } from './tree-hash.js';

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

/** 摘要 A fact with the SHA-256 of its provenance and of its payload, in hexadecimal digits, in place of both. */
export interface DigestedFact extends Omit<StoredFact, 'meta' | 'data'> {
  readonly metaSha256: string;
  readonly dataSha256: string;
}

/** What a leaf tells of its fact without the fact. */
export interface LeafContent extends DigestedFact {
  readonly logId: string;
}

export const encodingVersion = 1;
const versionByte = String.fromCharCode(encodingVersion);
const textFields = 8;
export const lengthBytes = 4;

/** Lengths as texts of single bytes. */
const lengths = Array.from({ length: 256 }, (_none, length) => `\0\0\0${String.fromCharCode(length)}`);
const lengthOf = (bytes: string): string => lengths[bytes.length] ?? String.fromCharCode(...[24, 16, 8, 0].map((shift) => (bytes.length >>> shift) & 0xff));
const digestLength = hashBytes.toString(16).padStart(2 * lengthBytes, '0');
const digestsBytes = 2 * (lengthBytes + hashBytes);

const beyondAscii = /[^\0-\x7f]/;
const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const behindLengths = (fields: readonly string[]): string => {
  let all = versionByte;
  for (const bytes of fields) all += lengthOf(bytes) + bytes;
  return all;
};

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
export const encodeDigested = (logId: string, fact: DigestedFact): Buffer => {
  const head = headOf(logId, fact);
  const bytes = Buffer.allocUnsafe(head.length + digestsBytes);
  write(bytes, 0, head, fact);
  return bytes;
};

/** All fields but the digests, as one text of single bytes: that is written in a third of the time. */
const headOf = (logId: string, { position, eventId, stream, version, type, schema, recordedAt }: DigestedFact): string => {
  const texts = [logId, String(position), eventId, stream, String(version), type, String(schema), recordedAt];
  const plain = behindLengths(texts);
  return beyondAscii.test(plain) ? behindLengths(texts.map(asBytes)) : plain;
};

const write = (bytes: Buffer, at: number, head: string, { metaSha256, dataSha256 }: DigestedFact): number =>
  bytes.write(digestLength + metaSha256 + digestLength + dataSha256, at + bytes.write(head, at, 'latin1'), 'hex');

/** Leaves of a log behind the byte 0 with which both trees hash them, one at a time in the same room: what it answers is good until it is asked again. */
export class LeafWriter {
  private room = Buffer.alloc(1_024);

  constructor(private readonly logId: string) {}

  behindZero(fact: DigestedFact): Uint8Array {
    const head = headOf(this.logId, fact);
    const length = 1 + head.length + digestsBytes;
    if (this.room.length < length) this.room = Buffer.alloc(2 * length);
    write(this.room, 1, head, fact);
    return this.room.subarray(0, length);
  }
}

type Texts = Readonly<Record<'meta' | 'data', string | Uint8Array>>;

/** The same of a fact whose texts are at hand. */
export const encodeLeaf = (logId: string, { position, eventId, stream, version, type, schema, recordedAt, meta, data }: Omit<StoredFact, 'meta' | 'data'> & Texts): Buffer =>
  encodeDigested(logId, { position, eventId, stream, version, type, schema, recordedAt, metaSha256: hexDigestOf(meta), dataSha256: hexDigestOf(data) });

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
