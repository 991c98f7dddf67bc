import type { Pool, PoolClient } from 'pg';

const begin = 'begin isolation level read committed';

/** Commits what the work did, or takes all of it back when it throws. */
export const inTransaction = <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => transaction(pool, begin, work);

/**
 * The same for what follows from the log and is done again when it is lost: it does not wait for the disk. A crash of the server may
 * take back the last such transactions, whole and latest first, and never one that something still there depends on.
 */
export const inRepeatableWork = <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => transaction(pool, `${begin}; set local synchronous_commit = off`, work);

/**
 * The same under a lease, for whose rows others are waiting: a process that stops in the middle (a machine that sleeps) is let go of by the
 * server before its lease has run out, so that it does not hold up whoever takes over.
 */
export const inLeasedWork = <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> =>
  transaction(pool, `${begin}; set local synchronous_commit = off; set local idle_in_transaction_session_timeout = '5s'`, work);

const transaction = async <T>(pool: Pool, beginning: string, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken = false;
  // Without a listener a connection that breaks in the middle would end the process; the query under way fails anyhow.
  const onError = (): void => { broken = true; };
  client.on('error', onError);
  try {
    await client.query(beginning);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => { broken = true; });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
};
