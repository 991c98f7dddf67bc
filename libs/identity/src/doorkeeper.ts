import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { day, hour, minute, Refusal, second, toIso } from '#kernel';
import type { Instant } from '#kernel';
import { actorOf, loginOf } from './account.js';
import type { Account, Caller, NewAccount } from './account.js';
import { AttemptBudget } from './attempt-budget.js';
import type { IdentityStore, LinkPurpose } from './identity-store.js';
import { checkPassword } from './password-rules.js';
import { PasswordHashes } from './password-store.js';
import { hashOfToken, looksLikeToken, newToken } from './tokens.js';

const idleMs = 30 * minute;
const lifeMs = 12 * hour;
const linkMs = 30 * minute;
/** How long a session is believed without asking the store: within it a session ended by another process still works. */
const believedMs = 3 * second;
const touchedEveryMs = minute;

export interface OpenedSession {
  readonly token: string;
  readonly account: Account;
  readonly endsAt: Instant;
}

interface Believed {
  readonly caller: Caller;
  readonly until: Instant;
}

const throttled = (waitMs: number): Refusal =>
  new Refusal('login.throttled', 'Too many failed attempts; wait before the next one.', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / second)) });

const linkDead = (): Refusal => new Refusal('link.invalid', 'This link was used, has expired or never existed. Ask for a new one.');

/**
 * 门卫 Who comes in, and for how long. Sessions end after 30 minutes without use, after 12 hours in any case, when the account is
 * deactivated and when the password changes. `now` is the time on the wall, since people's sessions do not run on simulated time.
 *
 * Throws `Refusal` (`login.*`, `link.invalid`, `password.*`, `account.*`) and `Unavailable` from the store.
 */
export class Doorkeeper {
  private readonly believed = new LRUCache<string, Believed>({ max: 50_000 });
  private readonly asking = new Map<string, Promise<Caller | null>>();
  private readonly perLogin = new AttemptBudget(5, 15 * minute);
  private readonly perAddress = new AttemptBudget(50, 15 * minute);

  constructor(
    private readonly store: IdentityStore,
    private readonly now: () => Instant,
    private readonly passwords: PasswordHashes = new PasswordHashes(),
  ) {}

  /** The same answer, in the same time, for a wrong password, an unknown login and an account without password or right to enter. */
  async signIn(login: string, password: string, address: string): Promise<OpenedSession> {
    const key = login.trim().toLowerCase();
    const now = this.now();
    const wait = this.perAddress.take(address, now) || this.perLogin.take(key, now);
    if (wait > 0) throw throttled(wait);
    let found;
    let matches;
    try {
      found = await this.store.accountByLogin(key);
      matches = await this.passwords.verify(found?.passwordHash ?? null, password);
    } catch (error) {
      this.perAddress.giveBack(address);
      this.perLogin.giveBack(key);
      throw error;
    }
    if (!found || !matches || !found.account.active) throw new Refusal('login.refused', 'Login or password is not right.');
    this.perAddress.giveBack(address);
    this.perLogin.forget(key);
    return this.open(found.account);
  }

  /** Whoever came in with this token within the last seconds, without asking the store; null means ask `resolve`. */
  recall(token: string): Caller | null {
    const believed = this.believed.get(hashOfToken(token));
    return believed && this.now() < believed.until ? believed.caller : null;
  }

  /** Null when the session is unknown, ended, idle for too long or too old. Without `touch` the look does not count as use. */
  async resolve(token: string, touch = true): Promise<Caller | null> {
    if (!looksLikeToken(token)) return null;
    const recalled = this.recall(token);
    if (recalled) return recalled;
    const hash = hashOfToken(token);
    const asking = this.asking.get(hash);
    if (asking) return asking;
    const answer = this.ask(hash, touch).finally(() => this.asking.delete(hash));
    this.asking.set(hash, answer);
    return answer;
  }

  async signOut(sessionHash: string): Promise<void> {
    await this.store.endSession(sessionHash);
    this.believed.delete(sessionHash);
  }

  async endSessionsOf(accountId: string): Promise<void> {
    await this.store.endSessionsOf(accountId);
    this.disbelieve(accountId);
  }

  accounts(): Promise<readonly Account[]> {
    return this.store.accounts();
  }

  async hasNoAccount(): Promise<boolean> {
    return (await this.store.countAccounts()) === 0;
  }

  /** Makes an account that cannot sign in until a password is set through a reset link, unless one is given. */
  async addAccount({ login, displayName, role, unit, place }: NewAccount, password: string | null = null): Promise<Account> {
    const account = this.newAccount({ login, displayName, role, unit, place });
    if (password !== null) checkPassword(password, account.login);
    await this.store.addAccount(account, password === null ? null : await this.passwords.hash(password));
    return account;
  }

  async setActive(accountId: string, active: boolean): Promise<void> {
    if (!(await this.store.setActive(accountId, active))) throw new Refusal('account.unknown', 'There is no such account.');
    this.disbelieve(accountId);
  }

  /** Token of a link that works once within 30 minutes. `setup` needs no account, `login` and `reset` need one. */
  async openLink(purpose: LinkPurpose, accountId: string | null = null): Promise<string> {
    if (purpose === 'setup' && !(await this.hasNoAccount())) {
      throw new Refusal('setup.done', 'An account exists already; an administrator makes the others.');
    }
    if (purpose !== 'setup') {
      const account = accountId === null ? null : await this.store.account(accountId);
      if (!account) throw new Refusal('account.unknown', 'There is no such account.');
      if (!account.active) throw new Refusal('account.inactive', 'This account is not active.');
    }
    const token = newToken();
    await this.store.openLink(hashOfToken(token), purpose, accountId, this.now() + linkMs);
    return token;
  }

  /** For showing a form: whose link it is, without using it up. */
  async peekLink(purpose: LinkPurpose, token: string): Promise<{ readonly account: Account | null }> {
    const link = looksLikeToken(token) ? await this.store.peekLink(hashOfToken(token), purpose, this.now()) : null;
    if (!link) throw linkDead();
    return link;
  }

  async signInByLink(token: string, address: string): Promise<OpenedSession> {
    return this.open(await this.byLink(address, () => this.store.redeemLoginLink(this.linkHash(token), this.now())));
  }

  async setUp(token: string, person: { readonly login: string; readonly displayName: string }, password: string, address: string): Promise<OpenedSession> {
    await this.peekLink('setup', token);
    const account = this.newAccount({ ...person, login: loginOf(person.login), role: 'administrator', unit: 'administration', place: null });
    checkPassword(password, account.login);
    const passwordHash = await this.passwords.hash(password);
    return this.open(
      await this.byLink(address, async () => ((await this.store.redeemSetupLink(this.linkHash(token), this.now(), account, passwordHash)) ? account : null)),
    );
  }

  async resetPassword(token: string, password: string, address: string): Promise<Account> {
    const { account } = await this.peekLink('reset', token);
    checkPassword(password, account?.login ?? '');
    const passwordHash = await this.passwords.hash(password);
    const changed = await this.byLink(address, () => this.store.redeemResetLink(this.linkHash(token), this.now(), passwordHash));
    this.disbelieve(changed.id);
    this.perLogin.forget(changed.login);
    return changed;
  }

  private linkHash(token: string): string {
    if (!looksLikeToken(token)) throw linkDead();
    return hashOfToken(token);
  }

  private async byLink(address: string, redeem: () => Promise<Account | null>): Promise<Account> {
    const wait = this.perAddress.take(address, this.now());
    if (wait > 0) throw throttled(wait);
    const account = await redeem();
    if (!account) throw linkDead();
    this.perAddress.giveBack(address);
    return account;
  }

  private newAccount({ login, displayName, role, unit, place }: NewAccount): Account {
    return { id: randomUUID(), login: login.trim().toLowerCase(), displayName: displayName.trim(), role, unit, place, active: true, createdAt: toIso(this.now()) };
  }

  private async open(account: Account): Promise<OpenedSession> {
    const now = this.now();
    const token = newToken();
    await this.store.openSession(hashOfToken(token), account.id, now);
    await this.store.sweep(now - lifeMs, now - day);
    return { token, account, endsAt: now + lifeMs };
  }

  private async ask(hash: string, touch: boolean): Promise<Caller | null> {
    const session = await this.store.session(hash);
    const now = this.now();
    if (!session || !session.account.active || now >= session.createdAt + lifeMs || now >= session.lastSeenAt + idleMs) {
      this.believed.delete(hash);
      return null;
    }
    if (touch && now - session.lastSeenAt >= touchedEveryMs) await this.store.touchSession(hash, now);
    const caller: Caller = { account: session.account, actor: actorOf(session.account), sessionHash: hash };
    if (touch) this.believed.set(hash, { caller, until: now + believedMs });
    return caller;
  }

  private disbelieve(accountId: string): void {
    for (const [hash, { caller }] of this.believed.entries()) if (caller.account.id === accountId) this.believed.delete(hash);
  }
}
