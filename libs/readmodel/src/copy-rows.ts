import { fromIso } from '#kernel';
import { jsonText } from './tables.js';
import type { Kind, Table } from './tables.js';

/** 2000-01-01T00:00:00Z, from where PostgreSQL counts its microseconds. */
const epochMs = 946_684_800_000;
const two32 = 4_294_967_296;
const shortLength = 40;

/**
 * Rows in the binary form of COPY. It spares the server the reading of numbers and moments, and this process the escaping of texts.
 */
class CopyRows {
  private buffer: Buffer;
  private at = 0;

  constructor(room = 1 << 20) {
    this.buffer = Buffer.allocUnsafe(room);
    this.at = this.buffer.write('PGCOPY\n\u00ff\r\n\0', 'latin1');
    this.at = this.buffer.writeInt32BE(0, this.at);
    this.at = this.buffer.writeInt32BE(0, this.at);
  }

  add<Row>({ columns }: Table<Row>, row: Row): void {
    this.reserve(2);
    this.at = this.buffer.writeInt16BE(columns.length, this.at);
    for (const { kind, of } of columns) {
      const value = of(row);
      if (value === null || value === undefined) {
        this.reserve(4);
        this.at = this.buffer.writeInt32BE(-1, this.at);
      } else {
        this.value(kind, value);
      }
    }
  }

  /** All of it; nothing can be added afterwards. */
  end(): Buffer {
    this.reserve(2);
    this.at = this.buffer.writeInt16BE(-1, this.at);
    return this.buffer.subarray(0, this.at);
  }

  private value(kind: Kind, value: unknown): void {
    switch (kind) {
      case 'text':
        return this.text(value as string);
      case 'json':
        return this.text(jsonText(value));
      case 'jsonb':
        return this.text(jsonText(value), 1);
      case 'timestamptz':
        return this.long((fromIso(value as string) - epochMs) * 1_000);
      case 'bigint':
        return this.long(value as number);
      case 'integer':
        this.size(4);
        this.at = this.buffer.writeInt32BE(value as number, this.at);
        return;
      case 'double precision':
        this.size(8);
        this.at = this.buffer.writeDoubleBE(value as number, this.at);
        return;
      case 'boolean':
        this.size(1);
        this.buffer[this.at] = value === true ? 1 : 0;
        this.at += 1;
    }
  }

  private long(value: number): void {
    this.size(8);
    const high = Math.floor(value / two32);
    this.at = this.buffer.writeInt32BE(high, this.at);
    this.at = this.buffer.writeUInt32BE(value - high * two32, this.at);
  }

  /** UTF-8, after the number of the form's version where it has one (jsonb). */
  private text(text: string, version = 0): void {
    const extra = version === 0 ? 0 : 1;
    // A UTF-16 unit never takes more than three bytes of UTF-8.
    this.reserve(4 + extra + text.length * 3);
    const start = this.at + 4;
    if (extra === 1) this.buffer[start] = version;
    const bytes = extra + this.write(text, start + extra);
    this.buffer.writeInt32BE(bytes, this.at);
    this.at = start + bytes;
  }

  private write(text: string, start: number): number {
    if (text.length > shortLength) return this.buffer.write(text, start, 'utf8');
    // Most texts are short and plain, and for those a call into the runtime costs more than a loop.
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return this.buffer.write(text, start, 'utf8');
      this.buffer[start + index] = code;
    }
    return text.length;
  }

  private size(bytes: number): void {
    this.reserve(4 + bytes);
    this.at = this.buffer.writeInt32BE(bytes, this.at);
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

export const copyRows = <Row>(table: Table<Row>, rows: readonly Row[]): Buffer => {
  const copy = new CopyRows(Math.max(1_024, rows.length * 256));
  for (const row of rows) copy.add(table, row);
  return copy.end();
};
