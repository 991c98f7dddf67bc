import type { Pool, PoolClient } from 'pg';

/** Commits what the work did, or takes all of it back when it throws. */
export const inTransaction = async <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken = false;
  // Without a listener a connection that breaks in the middle would end the process; the query under way fails anyhow.
  const onError = (): void => { broken = true; };
  client.on('error', onError);
  try {
    await client.query('begin isolation level read committed');
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
