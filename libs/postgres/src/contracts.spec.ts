import { randomBytes } from 'node:crypto';
import { deadlineIndexContract, eventStoreContract, keyVaultContract, subscriptionsContract, withPostgres } from '#testing';
import type { PoolClient } from 'pg';
import { inTransaction, PostgresKeyVault } from './index.js';

const postgres = withPostgres();
const nothingToClose = (): Promise<void> => Promise.resolve();

eventStoreContract('the PostgreSQL store', async () => ({ store: (await postgres.openLog()).store, close: nothingToClose }));

subscriptionsContract('the PostgreSQL subscriptions', async () => {
  const { pool, subscriptions } = await postgres.openLog();
  await pool.query('create table written (value text)');
  return {
    subscriptions,
    write: async (tx: PoolClient, value: string) => void (await tx.query('insert into written values ($1)', [value])),
    written: async () => (await pool.query<{ value: string }>('select value from written')).rows.map(({ value }) => value),
    pass: async (ms) => {
      await pool.query(`update engine.subscriptions set lease_until = lease_until - $1 * interval '1 ms'`, [ms]);
      await pool.query(`update engine.workers set good_until = good_until - $1 * interval '1 ms'`, [ms]);
    },
    close: nothingToClose,
  };
});

deadlineIndexContract('the PostgreSQL deadline index', async () => {
  const { pool, deadlines } = await postgres.openLog();
  return { index: deadlines, transact: (work) => inTransaction(pool, work), close: nothingToClose };
});

keyVaultContract('the PostgreSQL key vault', async () => {
  const { pool } = await postgres.openLog();
  const keyEncryptionKey = randomBytes(32);
  return { vault: new PostgresKeyVault(pool, keyEncryptionKey), another: async () => new PostgresKeyVault(pool, keyEncryptionKey), close: nothingToClose };
});
