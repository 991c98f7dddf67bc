import type { Pool, PoolClient } from 'pg';
import type { Refusal } from '#kernel';
import { orUnavailable } from './connection.js';

/**
 * Runs work on a connection that holds an advisory lock of the database, `310110, 3` for instance. Whoever comes while somebody else
 * holds it gets `taken`; it fails with `Unavailable` when the database is away.
 */
export const exclusively = async <T>(pool: Pool, lock: string, taken: () => Refusal, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await orUnavailable(() => pool.connect());
  // Without a listener a connection that breaks would end the process; the statement under way fails anyhow.
  const onError = (): void => undefined;
  client.on('error', onError);
  let whole = false;
  try {
    return await orUnavailable(async () => {
      const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${lock}) as mine`);
      if (!rows[0]?.mine) throw taken();
      const result = await work(client);
      await client.query(`select pg_advisory_unlock(${lock})`);
      whole = true;
      return result;
    });
  } finally {
    client.off('error', onError);
    // Closing a connection lets go of the lock and of whatever transaction an error has left open.
    client.release(!whole);
  }
};
