import { toIso } from '#kernel';
import { field, positionAt, recordedMsAt } from './fact-records.js';
import { encodingVersion, lengthBytes } from './leaf.js';
import { hashBytes } from './tree-hash.js';

const hexDigits = Buffer.from('0123456789abcdef');
const zeroDigit = 48;
const hyphen = 45;
/** Bytes of a UUID before which a hyphen stands in its text. */
const hyphensBefore: ReadonlySet<number> = new Set([4, 6, 8, 10]);
const uuidBytes = 16;
const uuidLetters = 36;
const momentLetters = 24;
/** Three digits and a Z. */
const fractionLetters = 4;
/** All fields but the log id and the two texts, with their lengths, take less than this. */
const fieldsMost = 300;

/**
 * Leaves of a log behind the byte 0 with which both trees hash them, made of records (`recordOf`) byte by byte: no text is made of anything. As `encodeDigested`
 * has them. One at a time in the same room: what it answers is good until it is asked again.
 */
export class RecordLeafWriter {
  private room: Buffer;
  private at = 0;
  /** Where the first field behind the log id begins: what stands before it is the same in every leaf. */
  private readonly start: number;
  private second = Number.NaN;
  private momentText = Buffer.alloc(0);

  constructor(logId: string) {
    const id = Buffer.from(logId, 'utf8');
    this.start = 2 + lengthBytes + id.length;
    this.room = Buffer.alloc(1_024 + this.start);
    this.room[1] = encodingVersion;
    this.room.writeUInt32BE(id.length, 2);
    id.copy(this.room, 2 + lengthBytes);
  }

  /** The leaf of the record that begins there. */
  behindZero(records: Buffer, from: number): Uint8Array {
    const [ofType, ofStream] = [records.readUInt32BE(from + field.ofType), records.readUInt32BE(from + field.ofStream)];
    this.makeRoom(this.start + fieldsMost + ofType + ofStream);
    const texts = from + field.texts;
    this.at = this.start;
    this.digits(positionAt(records, from));
    this.uuid(records, from + field.eventId);
    this.bytes(records, texts + ofType, ofStream);
    this.digits(records.readInt32BE(from + field.version));
    this.bytes(records, texts, ofType);
    this.digits(records.readInt16BE(from + field.schema));
    this.moment(recordedMsAt(records, from));
    this.bytes(records, from + field.metaSha256, hashBytes);
    this.bytes(records, from + field.dataSha256, hashBytes);
    return this.room.subarray(0, this.at);
  }

  private makeRoom(bytes: number): void {
    if (this.room.length >= bytes) return;
    const wider = Buffer.alloc(2 * bytes);
    this.room.copy(wider, 0, 0, this.start);
    this.room = wider;
  }

  private length(bytes: number): void {
    const { room, at } = this;
    room[at] = bytes >>> 24;
    room[at + 1] = (bytes >>> 16) & 0xff;
    room[at + 2] = (bytes >>> 8) & 0xff;
    room[at + 3] = bytes & 0xff;
    this.at = at + lengthBytes;
  }

  private bytes(from: Buffer, start: number, count: number): void {
    this.length(count);
    const { room, at } = this;
    // A call for so few bytes takes longer than moving them.
    for (let index = 0; index < count; index += 1) room[at + index] = from[start + index] as number;
    this.at = at + count;
  }

  private digits(integer: number): void {
    if (integer < 0) return this.text(String(integer));
    let count = 1;
    for (let rest = integer; rest >= 10; rest = Math.floor(rest / 10)) count += 1;
    this.length(count);
    let rest = integer;
    for (let index = count - 1; index >= 0; index -= 1) {
      const shorter = Math.floor(rest / 10);
      this.room[this.at + index] = zeroDigit + (rest - 10 * shorter);
      rest = shorter;
    }
    this.at += count;
  }

  private uuid(from: Buffer, start: number): void {
    this.length(uuidLetters);
    const { room } = this;
    let { at } = this;
    for (let index = 0; index < uuidBytes; index += 1) {
      if (hyphensBefore.has(index)) room[at++] = hyphen;
      const byte = from[start + index] as number;
      room[at++] = hexDigits[byte >>> 4] as number;
      room[at++] = hexDigits[byte & 15] as number;
    }
    this.at = at;
  }

  private moment(ms: number): void {
    const second = Math.floor(ms / 1_000);
    // Neighbouring facts mostly lie in the same second.
    if (second !== this.second) {
      this.momentText = Buffer.from(toIso(second * 1_000), 'latin1');
      this.second = second;
    }
    // Beyond the year 9999 there is a sign and more of the year.
    if (this.momentText.length !== momentLetters) return this.text(toIso(ms));
    this.bytes(this.momentText, 0, momentLetters);
    const fraction = ms - 1_000 * second;
    const behind = this.at - fractionLetters;
    this.room[behind] = zeroDigit + Math.floor(fraction / 100);
    this.room[behind + 1] = zeroDigit + (Math.floor(fraction / 10) % 10);
    this.room[behind + 2] = zeroDigit + (fraction % 10);
  }

  private text(text: string): void {
    this.length(Buffer.byteLength(text));
    this.at += this.room.write(text, this.at);
  }
}
