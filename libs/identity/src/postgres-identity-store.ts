import type { Pool, PoolClient } from 'pg';
import { Refusal, toIso } from '#kernel';
import type { Instant } from '#kernel';
import { inTransaction, orUnavailable } from '#postgres';
import type { Account, AccountRole } from './account.js';
import type { IdentityStore, LinkPurpose, StoredSession } from './identity-store.js';

interface AccountColumns {
  readonly id: string;
  readonly login: string;
  readonly display_name: string;
  readonly role: string;
  readonly unit: string;
  readonly place: string | null;
  readonly active: boolean;
  readonly created_at: Date;
}

const accountColumns = 'a.id, a.login, a.display_name, a.role, a.unit, a.place, a.active, a.created_at';

const accountOf = (row: AccountColumns): Account => ({
  id: row.id,
  login: row.login,
  displayName: row.display_name,
  role: row.role as AccountRole,
  unit: row.unit,
  place: row.place,
  active: row.active,
  createdAt: row.created_at.toISOString(),
});

/** A link that still works: unused, in time, and its account, if it is for one, is active. */
const livingLink = `l.hash = $1 AND l.purpose = $2 AND NOT l.used AND l.expires_at > $3`;

/** Accounts, sessions and links in the schema `identity`. */
export class PostgresIdentityStore implements IdentityStore {
  constructor(private readonly pool: Pool) {}

  async countAccounts(): Promise<number> {
    const [row] = await this.rows<{ accounts: number }>('SELECT count(*)::int AS accounts FROM identity.account');
    return row?.accounts ?? 0;
  }

  async accounts(): Promise<readonly Account[]> {
    return (await this.rows<AccountColumns>(`SELECT ${accountColumns} FROM identity.account a ORDER BY a.login`)).map(accountOf);
  }

  async account(id: string): Promise<Account | null> {
    const [row] = await this.rows<AccountColumns>(`SELECT ${accountColumns} FROM identity.account a WHERE a.id = $1`, [id]);
    return row ? accountOf(row) : null;
  }

  async accountByLogin(login: string): Promise<{ account: Account; passwordHash: string | null } | null> {
    const [row] = await this.rows<AccountColumns & { password_hash: string | null }>(
      `SELECT ${accountColumns}, a.password_hash FROM identity.account a WHERE a.login = $1`,
      [login],
    );
    return row ? { account: accountOf(row), passwordHash: row.password_hash } : null;
  }

  async addAccount(account: Account, passwordHash: string | null): Promise<void> {
    await orUnavailable(() => insertAccount(this.pool, account, passwordHash));
  }

  async setActive(id: string, active: boolean): Promise<boolean> {
    return this.inTransaction(async (client) => {
      const { rowCount } = await client.query('UPDATE identity.account SET active = $2 WHERE id = $1', [id, active]);
      if (!active) {
        await client.query('DELETE FROM identity.session WHERE account_id = $1', [id]);
        await client.query('DELETE FROM identity.link WHERE account_id = $1', [id]);
      }
      return rowCount === 1;
    });
  }

  async openSession(hash: string, accountId: string, now: Instant): Promise<void> {
    await this.rows('INSERT INTO identity.session (hash, account_id, created_at, last_seen_at) VALUES ($1, $2, $3, $3)', [hash, accountId, toIso(now)]);
  }

  async session(hash: string): Promise<StoredSession | null> {
    const [row] = await this.rows<AccountColumns & { session_created_at: Date; last_seen_at: Date }>(
      `SELECT ${accountColumns}, s.created_at AS session_created_at, s.last_seen_at
         FROM identity.session s JOIN identity.account a ON a.id = s.account_id WHERE s.hash = $1`,
      [hash],
    );
    return row ? { account: accountOf(row), createdAt: row.session_created_at.getTime(), lastSeenAt: row.last_seen_at.getTime() } : null;
  }

  async touchSession(hash: string, now: Instant): Promise<void> {
    await this.rows('UPDATE identity.session SET last_seen_at = greatest(last_seen_at, $2) WHERE hash = $1', [hash, toIso(now)]);
  }

  async endSession(hash: string): Promise<void> {
    await this.rows('DELETE FROM identity.session WHERE hash = $1', [hash]);
  }

  async endSessionsOf(accountId: string): Promise<void> {
    await this.rows('DELETE FROM identity.session WHERE account_id = $1', [accountId]);
  }

  async sweep(sessionsBefore: Instant, linksBefore: Instant): Promise<void> {
    await this.rows('DELETE FROM identity.session WHERE created_at < $1', [toIso(sessionsBefore)]);
    await this.rows('DELETE FROM identity.link WHERE expires_at < $1', [toIso(linksBefore)]);
  }

  async openLink(hash: string, purpose: LinkPurpose, accountId: string | null, expiresAt: Instant): Promise<void> {
    await this.inTransaction(async (client) => {
      if (purpose === 'setup') await client.query(`DELETE FROM identity.link WHERE purpose = 'setup'`);
      await client.query('INSERT INTO identity.link (hash, purpose, account_id, expires_at) VALUES ($1, $2, $3, $4)', [hash, purpose, accountId, toIso(expiresAt)]);
    });
  }

  async peekLink(hash: string, purpose: LinkPurpose, now: Instant): Promise<{ account: Account | null } | null> {
    const [row] = await this.rows<AccountColumns | (Omit<AccountColumns, 'id'> & { id: null })>(
      `SELECT ${accountColumns} FROM identity.link l LEFT JOIN identity.account a ON a.id = l.account_id
        WHERE ${livingLink} AND (l.account_id IS NULL OR a.active)`,
      [hash, purpose, toIso(now)],
    );
    if (!row) return null;
    return { account: row.id === null ? null : accountOf(row as AccountColumns) };
  }

  async redeemLoginLink(hash: string, now: Instant): Promise<Account | null> {
    return orUnavailable(() => redeem(this.pool, hash, 'login', now));
  }

  async redeemSetupLink(hash: string, now: Instant, account: Account, passwordHash: string): Promise<boolean> {
    return this.inTransaction(async (client) => {
      // Two links redeemed at the same moment must not make two first administrators.
      await client.query('LOCK TABLE identity.account IN SHARE ROW EXCLUSIVE MODE');
      const { rowCount } = await client.query(
        `UPDATE identity.link l SET used = true WHERE ${livingLink} AND NOT EXISTS (SELECT FROM identity.account)`,
        [hash, 'setup', toIso(now)],
      );
      if (rowCount !== 1) return false;
      await insertAccount(client, account, passwordHash);
      return true;
    });
  }

  async redeemResetLink(hash: string, now: Instant, passwordHash: string): Promise<Account | null> {
    return this.inTransaction(async (client) => {
      const account = await redeem(client, hash, 'reset', now);
      if (!account) return null;
      await client.query('UPDATE identity.account SET password_hash = $2 WHERE id = $1', [account.id, passwordHash]);
      await client.query('DELETE FROM identity.session WHERE account_id = $1', [account.id]);
      return account;
    });
  }

  private rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return orUnavailable(async () => (await this.pool.query<Row>(sql, [...values])).rows);
  }

  private inTransaction<Value>(work: (client: PoolClient) => Promise<Value>): Promise<Value> {
    return orUnavailable(() => inTransaction(this.pool, work));
  }
}

const insertAccount = async (on: Pick<Pool, 'query'> | PoolClient, account: Account, passwordHash: string | null): Promise<void> => {
  const { id, login, displayName, role, unit, place, active, createdAt } = account;
  try {
    await on.query(
      `INSERT INTO identity.account (id, login, display_name, password_hash, role, unit, place, active, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, login, displayName, passwordHash, role, unit, place, active, createdAt],
    );
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'account_login_key') throw new Refusal('account.login-taken', 'This login is taken.', { field: 'login' });
    throw error;
  }
};

const redeem = async (on: Pick<Pool, 'query'> | PoolClient, hash: string, purpose: LinkPurpose, now: Instant): Promise<Account | null> => {
  const { rows } = await on.query<AccountColumns>(
    `UPDATE identity.link l SET used = true FROM identity.account a
      WHERE ${livingLink} AND a.id = l.account_id AND a.active RETURNING ${accountColumns}`,
    [hash, purpose, toIso(now)],
  );
  return rows[0] ? accountOf(rows[0]) : null;
};
