import pg from 'pg';
import type { ClientBase, Pool } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { isAway } from './connection.js';

/** What stands before the first row of a copy in binary form: a signature, and two numbers that are 0 (PostgreSQL, `COPY`, file format). */
const headBytes = 11 + 4 + 4;
const lengthBytes = 4;
const countBytes = 2;

const received = async (client: ClientBase, statement: string): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo(`copy (${statement}) to stdout (format binary)`)) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/**
 * 成批原样读取 The values of the one row that a statement answers, as the very bytes of PostgreSQL's binary forms; null where there is none. The driver would make texts
 * of them, which no bytes survive. Such a statement takes no values: what stands in it comes from the program. Fails as the database fails.
 */
export const copyRow = async (database: Pool | ClientBase, statement: string): Promise<readonly (Buffer | null)[]> => {
  if (!(database instanceof pg.Pool)) return fieldsOf(await received(database, statement));
  const client = await database.connect();
  let broken = false;
  try {
    return fieldsOf(await received(client, statement));
  } catch (error) {
    // The pool learns of it later than the next who asks would.
    broken = isAway(error);
    throw error;
  } finally {
    client.release(broken);
  }
};

const fieldsOf = (copy: Buffer): readonly (Buffer | null)[] => {
  let at = headBytes + countBytes;
  return Array.from({ length: copy.readInt16BE(headBytes) }, () => {
    const length = copy.readInt32BE(at);
    at += lengthBytes;
    return length < 0 ? null : copy.subarray(at, (at += length));
  });
};
