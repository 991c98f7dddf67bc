import type { Instant } from '#kernel';
import type { Account } from './account.js';

/** 一次性链接 What a link that works once is for. */
export type LinkPurpose = 'setup' | 'login' | 'reset';

export interface StoredSession {
  readonly account: Account;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
}

/**
 * 账号库 Accounts, sessions and one-time links. Tokens are known to it only as SHA-256 hashes (lower-case hex).
 *
 * Fails with `Unavailable` when the database is away. Refuses a login that is taken with `account.login-taken`.
 */
export interface IdentityStore {
  countAccounts(): Promise<number>;
  accounts(): Promise<readonly Account[]>;
  account(id: string): Promise<Account | null>;
  accountByLogin(login: string): Promise<{ readonly account: Account; readonly passwordHash: string | null } | null>;
  addAccount(account: Account, passwordHash: string | null): Promise<void>;
  /** Deactivating ends all sessions and links of the account in the same transaction. False when there is no such account. */
  setActive(id: string, active: boolean): Promise<boolean>;

  openSession(hash: string, accountId: string, now: Instant): Promise<void>;
  /** Null for a session that does not exist or was ended. Times are not judged here. */
  session(hash: string): Promise<StoredSession | null>;
  touchSession(hash: string, now: Instant): Promise<void>;
  endSession(hash: string): Promise<void>;
  endSessionsOf(accountId: string): Promise<void>;
  /** Removes sessions opened before, and links that ended before, a moment. */
  sweep(sessionsBefore: Instant, linksBefore: Instant): Promise<void>;

  /** A new setup link takes the place of every earlier one. */
  openLink(hash: string, purpose: LinkPurpose, accountId: string | null, expiresAt: Instant): Promise<void>;
  /** Whether the link would still work; does not use it up. Answers the account that it is for, if it is for one. */
  peekLink(hash: string, purpose: LinkPurpose, now: Instant): Promise<{ readonly account: Account | null } | null>;
  /** Uses a login link up. Null when it was used, has expired, never existed, or the account is not active. */
  redeemLoginLink(hash: string, now: Instant): Promise<Account | null>;
  /** Uses a setup link up and makes the account, both or neither; only while there is no account at all. */
  redeemSetupLink(hash: string, now: Instant, account: Account, passwordHash: string): Promise<boolean>;
  /** Uses a reset link up, sets the password and ends all sessions of the account, all or nothing. */
  redeemResetLink(hash: string, now: Instant, passwordHash: string): Promise<Account | null>;
}
