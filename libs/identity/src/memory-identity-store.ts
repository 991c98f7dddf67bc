import { Refusal } from '#kernel';
import type { Instant } from '#kernel';
import type { Account } from './account.js';
import type { IdentityStore, LinkPurpose, StoredSession } from './identity-store.js';

interface Link {
  readonly purpose: LinkPurpose;
  readonly accountId: string | null;
  readonly expiresAt: Instant;
  used: boolean;
}

/** The same promises as the PostgreSQL store, kept in memory: for specs and measurements. */
export class MemoryIdentityStore implements IdentityStore {
  private readonly byId = new Map<string, Account>();
  private readonly passwordHashes = new Map<string, string>();
  private readonly sessions = new Map<string, { accountId: string; createdAt: Instant; lastSeenAt: Instant }>();
  private readonly links = new Map<string, Link>();

  async countAccounts(): Promise<number> {
    return this.byId.size;
  }

  async accounts(): Promise<readonly Account[]> {
    return [...this.byId.values()].sort((a, b) => (a.login < b.login ? -1 : 1));
  }

  async account(id: string): Promise<Account | null> {
    return this.byId.get(id) ?? null;
  }

  async accountByLogin(login: string): Promise<{ account: Account; passwordHash: string | null } | null> {
    const account = [...this.byId.values()].find((each) => each.login === login);
    return account ? { account, passwordHash: this.passwordHashes.get(account.id) ?? null } : null;
  }

  async addAccount(account: Account, passwordHash: string | null): Promise<void> {
    if ([...this.byId.values()].some(({ login }) => login === account.login)) throw new Refusal('account.login-taken', 'This login is taken.', { field: 'login' });
    this.byId.set(account.id, account);
    if (passwordHash !== null) this.passwordHashes.set(account.id, passwordHash);
  }

  async setActive(id: string, active: boolean): Promise<boolean> {
    const account = this.byId.get(id);
    if (!account) return false;
    this.byId.set(id, { ...account, active });
    if (!active) {
      await this.endSessionsOf(id);
      for (const [hash, { accountId }] of this.links) if (accountId === id) this.links.delete(hash);
    }
    return true;
  }

  async openSession(hash: string, accountId: string, now: Instant): Promise<void> {
    this.sessions.set(hash, { accountId, createdAt: now, lastSeenAt: now });
  }

  async session(hash: string): Promise<StoredSession | null> {
    const session = this.sessions.get(hash);
    const account = session && this.byId.get(session.accountId);
    return session && account ? { account, createdAt: session.createdAt, lastSeenAt: session.lastSeenAt } : null;
  }

  async touchSession(hash: string, now: Instant): Promise<void> {
    const session = this.sessions.get(hash);
    if (session) session.lastSeenAt = now;
  }

  async endSession(hash: string): Promise<void> {
    this.sessions.delete(hash);
  }

  async endSessionsOf(accountId: string): Promise<void> {
    for (const [hash, session] of this.sessions) if (session.accountId === accountId) this.sessions.delete(hash);
  }

  async sweep(sessionsBefore: Instant, linksBefore: Instant): Promise<void> {
    for (const [hash, { createdAt }] of this.sessions) if (createdAt < sessionsBefore) this.sessions.delete(hash);
    for (const [hash, { expiresAt }] of this.links) if (expiresAt < linksBefore) this.links.delete(hash);
  }

  async openLink(hash: string, purpose: LinkPurpose, accountId: string | null, expiresAt: Instant): Promise<void> {
    if (purpose === 'setup') for (const [known, link] of this.links) if (link.purpose === 'setup') this.links.delete(known);
    this.links.set(hash, { purpose, accountId, expiresAt, used: false });
  }

  async peekLink(hash: string, purpose: LinkPurpose, now: Instant): Promise<{ account: Account | null } | null> {
    return this.living(hash, purpose, now);
  }

  async redeemLoginLink(hash: string, now: Instant): Promise<Account | null> {
    return this.redeem(hash, 'login', now);
  }

  async redeemSetupLink(hash: string, now: Instant, account: Account, passwordHash: string): Promise<boolean> {
    if (this.byId.size > 0 || !this.living(hash, 'setup', now)) return false;
    (this.links.get(hash) as Link).used = true;
    await this.addAccount(account, passwordHash);
    return true;
  }

  async redeemResetLink(hash: string, now: Instant, passwordHash: string): Promise<Account | null> {
    const account = this.redeem(hash, 'reset', now);
    if (!account) return null;
    this.passwordHashes.set(account.id, passwordHash);
    await this.endSessionsOf(account.id);
    return account;
  }

  /** Without an await between looking and using, so that a link works once also when two use it at the same moment. */
  private redeem(hash: string, purpose: LinkPurpose, now: Instant): Account | null {
    const link = this.living(hash, purpose, now);
    if (!link?.account) return null;
    (this.links.get(hash) as Link).used = true;
    return link.account;
  }

  private living(hash: string, purpose: LinkPurpose, now: Instant): { readonly account: Account | null } | null {
    const link = this.links.get(hash);
    if (!link || link.used || link.purpose !== purpose || link.expiresAt <= now) return null;
    const account = link.accountId === null ? null : (this.byId.get(link.accountId) ?? null);
    return link.accountId !== null && !account?.active ? null : { account };
  }
}
