import { beforeEach, describe, expect, it } from '@jest/globals';
import { hour, minute, second } from '#kernel';
import { smallLibrary } from '#scenario';
import { Doorkeeper } from './doorkeeper.js';
import { importAccounts } from './import-accounts.js';
import { loginLink, resetLink, setupLink } from './links.js';
import { MemoryIdentityStore } from './memory-identity-store.js';
import { PasswordHashes } from './password-store.js';

const password = 'blue rivers sing at night';
const person = { login: 'Zhang', displayName: '张', role: 'street-dispatcher', unit: 'S1-centre', place: 'S1' } as const;

/** Counts how often a session is looked up. */
class CountingStore extends MemoryIdentityStore {
  looks = 0;

  override async session(hash: string): ReturnType<MemoryIdentityStore['session']> {
    this.looks += 1;
    return super.session(hash);
  }
}

describe('the doorkeeper', () => {
  let now: number;
  let store: CountingStore;
  let doorkeeper: Doorkeeper;
  const tokenIn = (link: string): string => link.split('token=')[1] ?? '';
  beforeEach(() => {
    now = Date.parse('2026-11-23T01:00:00Z');
    store = new CountingStore();
    doorkeeper = new Doorkeeper(store, () => now, new PasswordHashes());
  });

  it('lets in whoever knows the password, however the login is written', async () => {
    await doorkeeper.addAccount(person, password);
    const { token, account } = await doorkeeper.signIn(' ZHANG ', password, '10.0.0.1');
    expect(account).toMatchObject({ login: 'zhang', role: 'street-dispatcher' });
    expect((await doorkeeper.resolve(token))?.actor).toEqual({ id: account.id, role: 'street-dispatcher', unit: 'S1-centre' });
  });

  it('gives the same answer for a wrong password, an unknown login, no password and a closed account', async () => {
    const account = await doorkeeper.addAccount(person, password);
    await doorkeeper.addAccount({ ...person, login: 'without' });
    const refused = { code: 'login.refused', message: 'Login or password is not right.', details: {} };
    await expect(doorkeeper.signIn('zhang', 'something else', 'a')).rejects.toMatchObject(refused);
    await expect(doorkeeper.signIn('nobody', password, 'a')).rejects.toMatchObject(refused);
    await expect(doorkeeper.signIn('without', password, 'a')).rejects.toMatchObject(refused);
    await doorkeeper.setActive(account.id, false);
    await expect(doorkeeper.signIn('zhang', password, 'a')).rejects.toMatchObject(refused);
  });

  it('takes as long for an unknown login as for a known one: it verifies a password both times', async () => {
    const verified: (string | null)[] = [];
    const hashes = new PasswordHashes();
    const counting = Object.assign(Object.create(hashes) as PasswordHashes, {
      verify: async (stored: string | null, sent: string) => {
        verified.push(stored === null ? 'decoy' : 'stored');
        return hashes.verify(stored, sent);
      },
    });
    const keeper = new Doorkeeper(store, () => now, counting);
    await keeper.addAccount(person, password);
    await expect(keeper.signIn('zhang', 'wrong', 'a')).rejects.toMatchObject({ code: 'login.refused' });
    await expect(keeper.signIn('nobody', 'wrong', 'a')).rejects.toMatchObject({ code: 'login.refused' });
    expect(verified).toEqual(['stored', 'decoy']);
  });

  it.each(['zhang', 'nobody'])('stops guessing at %s after five failures for a quarter of an hour, right password or not', async (login) => {
    await doorkeeper.addAccount(person, password);
    for (let attempt = 0; attempt < 5; attempt += 1) await expect(doorkeeper.signIn(login, 'wrong', `address ${attempt}`)).rejects.toMatchObject({ code: 'login.refused' });
    await expect(doorkeeper.signIn(login, password, 'b')).rejects.toMatchObject({ code: 'login.throttled', details: { retryAfterSeconds: 900 } });
    now += 15 * minute;
    const last = doorkeeper.signIn(login, password, 'b');
    await (login === 'zhang' ? expect(last).resolves.toBeDefined() : expect(last).rejects.toMatchObject({ code: 'login.refused' }));
  });

  it('stops one address that tries many logins', async () => {
    const quick = new Doorkeeper(store, () => now, Object.assign(new PasswordHashes(), { verify: () => Promise.resolve(false) }));
    for (let attempt = 0; attempt < 50; attempt += 1) await expect(quick.signIn(`nobody${attempt}`, 'wrong', 'one')).rejects.toMatchObject({ code: 'login.refused' });
    await expect(quick.signIn('somebody', 'wrong', 'one')).rejects.toMatchObject({ code: 'login.throttled' });
    await expect(quick.signIn('somebody', 'wrong', 'another')).rejects.toMatchObject({ code: 'login.refused' });
  });

  const signedIn = async (): Promise<{ readonly token: string; readonly accountId: string }> => {
    const account = await doorkeeper.addAccount(person);
    const { token } = await doorkeeper.signInByLink(tokenIn(await loginLink(doorkeeper, account.id)), 'a');
    return { token, accountId: account.id };
  };

  it('ends a session after half an hour without use, and keeps one that is used', async () => {
    const { token } = await signedIn();
    for (let use = 0; use < 5; use += 1) {
      now += 29 * minute;
      expect(await doorkeeper.resolve(token)).not.toBeNull();
    }
    now += 30 * minute;
    expect(await doorkeeper.resolve(token)).toBeNull();
  });

  it('does not take looking for use', async () => {
    const { token } = await signedIn();
    now += 20 * minute;
    expect(await doorkeeper.resolve(token, false)).not.toBeNull();
    now += 10 * minute;
    expect(await doorkeeper.resolve(token, false)).toBeNull();
  });

  it('ends a session after twelve hours however much it is used', async () => {
    const { token } = await signedIn();
    for (let passed = 0; passed < 12 * hour - 10 * minute; passed += 10 * minute) {
      now += 10 * minute;
      expect(await doorkeeper.resolve(token)).not.toBeNull();
    }
    now += 10 * minute;
    expect(await doorkeeper.resolve(token)).toBeNull();
  });

  it('asks the store once for many requests within seconds, and again after that', async () => {
    const { token } = await signedIn();
    await Promise.all(Array.from({ length: 100 }, () => doorkeeper.resolve(token)));
    expect(store.looks).toBe(1);
    expect(doorkeeper.recall(token)).not.toBeNull();
    now += 3 * second;
    expect(doorkeeper.recall(token)).toBeNull();
    await doorkeeper.resolve(token);
    expect(store.looks).toBe(2);
  });

  it('forgets at once whoever signs out, is closed or gets a new password', async () => {
    const first = await signedIn();
    const caller = await doorkeeper.resolve(first.token);
    await doorkeeper.signOut(caller?.sessionHash ?? '');
    expect(await doorkeeper.resolve(first.token)).toBeNull();

    const again = await doorkeeper.signInByLink(tokenIn(await loginLink(doorkeeper, first.accountId)), 'a');
    await doorkeeper.resolve(again.token);
    await doorkeeper.resetPassword(tokenIn(await resetLink(doorkeeper, first.accountId)), password, 'a');
    expect(await doorkeeper.resolve(again.token)).toBeNull();

    const third = await doorkeeper.signIn('zhang', password, 'a');
    await doorkeeper.resolve(third.token);
    await doorkeeper.setActive(first.accountId, false);
    expect(await doorkeeper.resolve(third.token)).toBeNull();
    await expect(loginLink(doorkeeper, first.accountId)).rejects.toMatchObject({ code: 'account.inactive' });
  });

  it('stores no token and no password in the clear', async () => {
    const account = await doorkeeper.addAccount(person, password);
    const { token } = await doorkeeper.signIn('zhang', password, 'a');
    const link = tokenIn(await loginLink(doorkeeper, account.id));
    const kept = JSON.stringify(store, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
    for (const secret of [token, link, password]) expect(kept).not.toContain(secret);
    expect(kept).toMatch(/\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it.each(['x', '', '../../etc', 'y'.repeat(43)])('knows no session "%s"', async (token) => {
    expect(await doorkeeper.resolve(token)).toBeNull();
  });

  it('makes the first administrator once, by a link that works once within half an hour', async () => {
    const link = tokenIn(await setupLink(doorkeeper));
    await expect(doorkeeper.setUp(link, { login: 'root', displayName: '管理员' }, 'short', 'a')).rejects.toMatchObject({ code: 'password.too-short' });
    const { account } = await doorkeeper.setUp(link, { login: 'root', displayName: '管理员' }, password, 'a');
    expect(account).toMatchObject({ role: 'administrator', login: 'root' });
    await expect(doorkeeper.setUp(link, { login: 'root2', displayName: '又一个' }, password, 'a')).rejects.toMatchObject({ code: 'link.invalid' });
    await expect(setupLink(doorkeeper)).rejects.toMatchObject({ code: 'setup.done' });
  });

  it('makes one first administrator even when two links are used at the same moment', async () => {
    const [old, link] = [tokenIn(await setupLink(doorkeeper)), tokenIn(await setupLink(doorkeeper))];
    await expect(doorkeeper.peekLink('setup', old)).rejects.toMatchObject({ code: 'link.invalid' });
    const results = await Promise.allSettled(['aa', 'bb'].map((login) => doorkeeper.setUp(link, { login, displayName: login }, password, login)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await doorkeeper.accounts()).toHaveLength(1);
  });

  it('takes no link after half an hour, none twice, and none for another purpose', async () => {
    const { id } = await doorkeeper.addAccount(person);
    const late = tokenIn(await loginLink(doorkeeper, id));
    now += 30 * minute;
    await expect(doorkeeper.signInByLink(late, 'a')).rejects.toMatchObject({ code: 'link.invalid' });
    const link = tokenIn(await loginLink(doorkeeper, id));
    await expect(doorkeeper.resetPassword(link, password, 'a')).rejects.toMatchObject({ code: 'link.invalid' });
    await doorkeeper.signInByLink(link, 'a');
    await expect(doorkeeper.signInByLink(link, 'a')).rejects.toMatchObject({ code: 'link.invalid' });
  });

  it('refuses a login that is taken', async () => {
    await doorkeeper.addAccount(person);
    await expect(doorkeeper.addAccount({ ...person, login: 'ZHANG' })).rejects.toMatchObject({ code: 'account.login-taken' });
  });
});

describe('a table of accounts', () => {
  const rows = [
    { login: 'wang', displayName: '王', role: 'grid-worker', unit: 'S1A-station', place: 'S1A' },
    { login: 'zhao', displayName: '赵', role: 'street-dispatcher', unit: 'S1-centre', place: 'S1' },
    { login: 'zheng', displayName: '郑', role: 'district-dispatcher', unit: 'YP-centre', place: 'YP' },
    { login: 'root', displayName: '管理员', role: 'administrator', unit: 'administration', place: '' },
  ];
  const city = smallLibrary.current;
  const keeper = (): Doorkeeper => new Doorkeeper(new MemoryIdentityStore(), () => 0, new PasswordHashes());

  it('comes in once; a second time adds nothing', async () => {
    const doorkeeper = keeper();
    expect((await importAccounts(rows, city, doorkeeper)).map(({ status, password: made }) => [status, made])).toEqual(rows.map(() => ['created', null]));
    expect((await importAccounts(rows, city, doorkeeper)).map(({ status }) => status)).toEqual(rows.map(() => 'present'));
    expect(await doorkeeper.accounts()).toHaveLength(rows.length);
  });

  it('comes with passwords made up for it, if asked, that work', async () => {
    const doorkeeper = keeper();
    const [first] = await importAccounts(rows.slice(0, 1), city, doorkeeper, { withPasswords: true });
    await expect(doorkeeper.signIn('wang', first?.password ?? '', 'a')).resolves.toBeDefined();
  });

  it.each([
    [{ role: 'king' }, 'account.role-unknown', 'role'], [{ role: 'engine' }, 'account.role-unknown', 'role'], [{ unit: 'S9-centre' }, 'account.unit-unknown', 'unit'],
    [{ place: 'S9' }, 'account.place-unknown', 'place'], [{ place: 'YP' }, 'account.place-kind', 'place'], [{ place: '' }, 'account.place-kind', 'place'],
    [{ login: 'Z!' }, 'account.login-unreadable', 'login'], [{ displayName: ' ' }, 'account.name-missing', 'displayName'],
  ])('with %j is refused as a whole, naming row and field', async (wrong, code, field) => {
    const doorkeeper = keeper();
    const table = [rows[0] as (typeof rows)[number], { ...(rows[1] as (typeof rows)[number]), ...wrong }];
    await expect(importAccounts(table, city, doorkeeper)).rejects.toMatchObject({ code, details: { row: 2, field } });
    expect(await doorkeeper.accounts()).toEqual([]);
  });
});
