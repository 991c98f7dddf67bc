import { existsSync, statSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SecretMarks } from '#postgres';
import { withPostgres } from '#testing';
import { loadSecrets, secretsOfLog } from './secrets.js';

const postgres = withPostgres();

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'threeloops-secrets-'));
  folders.push(made);
  return made;
};

afterAll(async () => {
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

describe('the secrets of an engine 密钥文件', () => {
  it('are made once and stay the same', async () => {
    const home = await folder();
    const first = await loadSecrets(home);
    expect(first.keyEncryptionKey).toHaveLength(32);
    expect(first.keyEncryptionKey.equals(first.digestKey)).toBe(false);
    expect(await loadSecrets(home)).toEqual(first);
  });

  it('are the same for all that start at once', async () => {
    const home = await folder();
    const [first, ...others] = await Promise.all(Array.from({ length: 24 }, () => loadSecrets(home)));
    for (const other of others) expect(other).toEqual(first);
    expect((await readdir(join(home, 'secrets'))).sort()).toEqual(['digest.key', 'key-encryption.key', 'log-ed25519.key', 'log-sm2.key']);
  });

  it('appear whole or not at all, so that a start that is cut off leaves no half key behind', async () => {
    const home = await folder();
    const path = join(home, 'secrets', 'key-encryption.key');
    const sizes = new Set<number>();
    let making = true;
    const look = (): void => {
      if (existsSync(path)) sizes.add(statSync(path).size);
      if (making) setImmediate(look);
    };
    look();
    await loadSecrets(home);
    making = false;
    expect([...sizes]).toEqual([44]);
  });

  it('are refused when they are damaged or when others can read them', async () => {
    const home = await folder();
    await loadSecrets(home);
    const path = join(home, 'secrets', 'digest.key');
    await writeFile(path, 'short');
    await expect(loadSecrets(home)).rejects.toMatchObject({ code: 'data.secret-damaged' });
    await chmod(path, 0o644);
    await expect(loadSecrets(home)).rejects.toMatchObject({ code: 'data.secret-exposed' });
  });
});

describe('the secrets of a log', () => {
  const renewed = false;
  const marks = async (): Promise<SecretMarks> => new SecretMarks((await postgres.openLog()).pool);

  it('are those that it began with, wherever their folder lies now', async () => {
    const [known, home, moved] = [await marks(), await folder(), await folder()];
    const secrets = await secretsOfLog(home, known, { renewed });
    expect(await secretsOfLog(home, known, { renewed })).toEqual(secrets);
    await cp(home, moved, { recursive: true });
    expect(await secretsOfLog(moved, known, { renewed })).toEqual(secrets);
    const all = [...(await known.all())];
    expect(all.map(([name]) => name).sort()).toEqual(['digest.key', 'key-encryption.key', 'log-ed25519.key', 'log-sm2.key']);
    for (const [, mark] of all) expect(mark).toMatch(/^[0-9a-f]{64}$/);
    for (const secret of Object.values(secrets) as Buffer[]) for (const form of ['hex', 'base64'] as const) expect(JSON.stringify(all)).not.toContain(secret.toString(form));
  });

  it('are not made anew in another folder, and none is left behind there', async () => {
    const [known, elsewhere] = [await marks(), await folder()];
    await secretsOfLog(await folder(), known, { renewed });
    await expect(secretsOfLog(elsewhere, known, { renewed })).rejects.toMatchObject({ code: 'data.secret-missing' });
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('are not those of another log, and not one of them', async () => {
    const [known, home, other] = [await marks(), await folder(), await folder()];
    const before = await secretsOfLog(home, known, { renewed });
    await loadSecrets(other);
    await expect(secretsOfLog(other, known, { renewed })).rejects.toMatchObject({ code: 'data.secrets-differ', details: { differing: ['key-encryption.key', 'digest.key', 'log-ed25519.key', 'log-sm2.key'] } });
    await cp(join(other, 'secrets', 'log-sm2.key'), join(home, 'secrets', 'log-sm2.key'));
    await expect(secretsOfLog(home, known, { renewed })).rejects.toMatchObject({ code: 'data.secrets-differ', details: { differing: ['log-sm2.key'] } });
    // Lost for good: somebody says so, and from then on they are the log's.
    const after = await secretsOfLog(home, known, { renewed: true });
    expect([after.logKey.equals(before.logKey), after.logSm2Key.equals(before.logSm2Key)]).toEqual([true, false]);
    expect(await secretsOfLog(home, known, { renewed })).toEqual(after);
    await expect(secretsOfLog(other, known, { renewed })).rejects.toMatchObject({ code: 'data.secrets-differ' });
  });

  it('are agreed on by those that start at once with folders of their own: one goes on, the others are refused', async () => {
    const known = await marks();
    const started = await Promise.allSettled((await Promise.all([folder(), folder(), folder()])).map((home) => secretsOfLog(home, known, { renewed })));
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
