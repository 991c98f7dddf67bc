import { existsSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadSecrets } from './secrets.js';

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
