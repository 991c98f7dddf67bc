import type { ClientBase, Connection, Submittable } from 'pg';
import { toText } from './tables.js';
import type { Table } from './tables.js';

const special = /[\\\n\r\t]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (text: string): string => (special.test(text) ? text.replaceAll(/[\\\n\r\t]/g, (character) => escapes[character] ?? character) : text);

/** Rows in the text form of COPY. */
export const copyText = <Row>({ columns }: Table<Row>, rows: readonly Row[]): string => {
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (const { kind, of } of columns) {
      const value = toText(kind, of(row));
      text += separator + (value === null ? '\\N' : escaped(value));
      separator = '\t';
    }
    text += '\n';
  }
  return text;
};

/** The part of the driver's connection that speaks COPY; the driver has it, its type declarations do not. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** One `COPY … FROM STDIN` in the driver's queue of queries. */
class CopyIn implements Submittable {
  constructor(
    private readonly sql: string,
    private readonly text: string,
    private readonly done: (error: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.text));
    connection.endCopyFrom();
  }

  /** The driver turns to the next query by itself after an error, so this is the last that is heard of it. */
  handleError(error: Error): void {
    this.done(error);
  }

  handleReadyForQuery(): void {
    this.done(null);
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  handleCopyData(): void {}
}

/** Sends text made by `copyText` into a table. Fails as a query would; nothing of a failed copy stays. */
export const copyIn = <Row>(client: ClientBase, schema: string, { name, columns }: Table<Row>, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (text.length === 0) return resolve();
    const sql = `copy ${schema}.${name} (${columns.map((column) => column.name).join(', ')}) from stdin`;
    client.query(new CopyIn(sql, text, (error) => (error ? reject(error) : resolve())));
  });
