import { describe, expect, it } from '@jest/globals';
import { minute } from '#kernel';
import { withPostgres } from '#testing';
import type { Account } from './account.js';
import type { IdentityStore } from './identity-store.js';
import { MemoryIdentityStore } from './memory-identity-store.js';
import { identityMigrations } from './migrations.js';
import { PostgresIdentityStore } from './postgres-identity-store.js';

const now = Date.parse('2026-11-23T01:00:00.000Z');
const account = (number: number): Account => ({
  id: `0190a0f0-0000-4000-8000-${String(number).padStart(12, '0')}`, login: `login-${number}`, displayName: `名 ${number}`, role: 'street-dispatcher', unit: 'S1-centre',
  place: number % 2 === 0 ? null : 'S1', active: true, createdAt: '2026-11-23T00:00:00.000Z',
});

/** What every identity store promises. */
const identityStoreContract = (open: () => Promise<IdentityStore>): void => {
  it('keeps accounts as they were given, by login and by id', async () => {
    const store = await open();
    await store.addAccount(account(1), 'hash');
    await store.addAccount(account(2), null);
    expect(await store.accounts()).toEqual([account(1), account(2)]);
    expect(await store.account(account(2).id)).toEqual(account(2));
    expect(await store.accountByLogin('login-1')).toEqual({ account: account(1), passwordHash: 'hash' });
    expect(await store.accountByLogin('login-2')).toEqual({ account: account(2), passwordHash: null });
    expect([await store.accountByLogin('login-3'), await store.account(account(3).id), await store.countAccounts()]).toEqual([null, null, 2]);
  });

  it('refuses a login twice', async () => {
    const store = await open();
    await store.addAccount(account(1), null);
    await expect(store.addAccount({ ...account(2), login: 'login-1' }, null)).rejects.toMatchObject({ code: 'account.login-taken' });
    expect(await store.countAccounts()).toBe(1);
  });

  it('opens, touches and ends sessions', async () => {
    const store = await open();
    await store.addAccount(account(1), null);
    await store.openSession('a', account(1).id, now);
    await store.openSession('b', account(1).id, now);
    await store.touchSession('a', now + minute);
    expect(await store.session('a')).toEqual({ account: account(1), createdAt: now, lastSeenAt: now + minute });
    await store.endSession('a');
    expect([await store.session('a'), (await store.session('b'))?.lastSeenAt, await store.session('c')]).toEqual([null, now, null]);
    await store.endSessionsOf(account(1).id);
    expect(await store.session('b')).toBeNull();
  });

  it('closes an account together with its sessions and links', async () => {
    const store = await open();
    await store.addAccount(account(1), null);
    await store.openSession('a', account(1).id, now);
    await store.openLink('l', 'login', account(1).id, now + minute);
    expect(await store.setActive(account(1).id, false)).toBe(true);
    expect([await store.session('a'), await store.peekLink('l', 'login', now), (await store.account(account(1).id))?.active]).toEqual([null, null, false]);
    expect(await store.setActive(account(1).id, true)).toBe(true);
    expect([await store.session('a'), await store.redeemLoginLink('l', now)]).toEqual([null, null]);
    expect(await store.setActive(account(9).id, false)).toBe(false);
  });

  it('redeems a login link once, in time, for its own purpose', async () => {
    const store = await open();
    await store.addAccount(account(1), null);
    await store.openLink('l', 'login', account(1).id, now + minute);
    expect(await store.peekLink('l', 'login', now)).toEqual({ account: account(1) });
    expect([await store.peekLink('l', 'reset', now), await store.redeemLoginLink('l', now + minute), await store.redeemResetLink('l', now, 'hash')]).toEqual([null, null, null]);
    const both = await Promise.all([store.redeemLoginLink('l', now), store.redeemLoginLink('l', now)]);
    expect(both.filter(Boolean)).toEqual([account(1)]);
    expect(await store.peekLink('l', 'login', now)).toBeNull();
  });

  it('sets a password through a reset link and ends every session with it', async () => {
    const store = await open();
    await store.addAccount(account(1), 'old');
    await store.openSession('a', account(1).id, now);
    await store.openLink('l', 'reset', account(1).id, now + minute);
    expect(await store.redeemResetLink('l', now, 'new')).toEqual(account(1));
    expect([(await store.accountByLogin('login-1'))?.passwordHash, await store.session('a'), await store.redeemResetLink('l', now, 'newer')]).toEqual(['new', null, null]);
  });

  it('makes the first account by the last setup link and by no other, and only while there is none', async () => {
    const store = await open();
    await store.openLink('old', 'setup', null, now + minute);
    await store.openLink('new', 'setup', null, now + minute);
    expect(await store.peekLink('new', 'setup', now)).toEqual({ account: null });
    expect(await store.redeemSetupLink('old', now, account(1), 'hash')).toBe(false);
    const both = await Promise.all([store.redeemSetupLink('new', now, account(1), 'hash'), store.redeemSetupLink('new', now, account(2), 'hash')]);
    expect([both.filter(Boolean).length, await store.countAccounts()]).toEqual([1, 1]);
    await store.openLink('late', 'setup', null, now + minute);
    expect(await store.redeemSetupLink('late', now, account(3), 'hash')).toBe(false);
  });

  it('sweeps what is over', async () => {
    const store = await open();
    await store.addAccount(account(1), null);
    await store.openSession('old', account(1).id, now - minute);
    await store.openSession('new', account(1).id, now);
    await store.openLink('dead', 'login', account(1).id, now - minute);
    await store.sweep(now, now);
    expect([await store.session('old'), (await store.session('new'))?.account.id]).toEqual([null, account(1).id]);
  });
};

describe('the identity store in memory', () => {
  identityStoreContract(async () => new MemoryIdentityStore());
});

describe('the identity store in PostgreSQL', () => {
  const postgres = withPostgres();
  let database: ReturnType<typeof postgres.freshDatabase> | null = null;

  identityStoreContract(async () => {
    database ??= postgres.freshDatabase();
    const { pool } = await postgres.openLog({ connection: await database, moreMigrations: identityMigrations });
    await pool.query('truncate identity.link, identity.session, identity.account');
    return new PostgresIdentityStore(pool);
  });
});
