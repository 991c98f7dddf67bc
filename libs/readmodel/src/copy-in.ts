import type { ClientBase, Connection, Submittable } from 'pg';
import { copyRows } from './copy-rows.js';
import type { Table } from './tables.js';

/** The part of the driver's connection that speaks COPY; the driver has it, its type declarations do not. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** One `COPY … FROM STDIN` in the driver's queue of queries. */
class CopyIn implements Submittable {
  constructor(
    private readonly sql: string,
    private readonly rows: Buffer,
    private readonly done: (error: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.rows);
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

/** Adds rows whose keys are not there yet, in the fastest way there is. Fails as a query would; nothing of a failed copy stays. */
export const copyIn = async <Row>(client: ClientBase, schema: string, table: Table<Row>, rows: readonly Row[]): Promise<void> => {
  if (rows.length === 0) return;
  const sql = `copy ${schema}.${table.name} (${table.columns.map(({ name }) => name).join(', ')}) from stdin (format binary)`;
  const bytes = copyRows(table, rows);
  await new Promise<void>((resolve, reject) => {
    client.query(new CopyIn(sql, bytes, (error) => (error ? reject(error) : resolve())));
  });
};
