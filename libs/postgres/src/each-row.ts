import pg from 'pg';
import type { Pool } from 'pg';
import { isAway } from './connection.js';

interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Every value stays the text that the server sent. */
export const asSent = { getTypeParser: () => (value: string) => value };

/**
 * Hands over the rows of a statement as they arrive. A result that is gathered first lives long enough for every text of it to be moved
 * about by the collector, twice; a row that is done with at once costs nothing more. Fails with what `each` throws.
 */
export const eachRow = async <Row>(pool: Pool, { name, text, values }: Statement, each: (row: Row) => void): Promise<void> => {
  const client = await pool.connect();
  let broken = false;
  try {
    await new Promise<void>((resolve, reject) => {
      let objection: { readonly reason: unknown } | null = null;
      const query = client.query(new pg.Query<Row & unknown[]>({ name, text, values: [...values], rowMode: 'array', types: asSent } as never));
      query.on('row', (row) => {
        if (objection) return;
        try {
          each(row);
        } catch (reason) {
          // Nobody would catch it above: the driver reads from the socket here. The rest of the rows goes by.
          objection = { reason };
        }
      });
      query.on('error', (error) => {
        // The pool learns of it later than the next who asks would.
        broken = isAway(error);
        reject(error);
      });
      query.on('end', () => (objection ? reject(objection.reason as Error) : resolve()));
    });
  } finally {
    client.release(broken);
  }
};
