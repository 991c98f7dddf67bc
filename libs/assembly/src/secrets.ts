import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '#kernel';

/** 密钥文件 What the engine keeps to itself, 32 random bytes each: made at the first start, readable by the owner only. */
export interface Secrets {
  /** Wraps the keys of the subjects in the vault. */
  readonly keyEncryptionKey: Buffer;
  /** Digests of requests, and of telephone numbers as subjects. */
  readonly digestKey: Buffer;
  /** Signs checkpoints of the log by Ed25519. */
  readonly logKey: Buffer;
  /** Signs them by SM2. */
  readonly logSm2Key: Buffer;
}

const bytes = 32;

/** A key appears with its whole content or not at all: neither a start that is cut off nor another process that starts with it meets half a key. */
const make = async (path: string): Promise<void> => {
  const fresh = `${path}.${randomUUID()}`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(bytes).toString('base64'));
    await file.sync();
  } finally {
    await file.close();
  }
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(fresh);
};

const readOrMake = async (folder: string, name: string): Promise<Buffer> => {
  const path = join(folder, name);
  if (!(await stat(path).catch(() => null))) await make(path);
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Refusal('data.secret-exposed', `${path} can be read by others; it must be readable by its owner only (chmod 600).`, { path });
  }
  const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (secret.length !== bytes) throw new Refusal('data.secret-damaged', `${path} does not hold ${bytes} bytes; restore it from a backup: without it sealed texts stay unreadable and the log cannot be signed.`, { path });
  return secret;
};

export const loadSecrets = async (dataFolder: string): Promise<Secrets> => {
  const folder = join(dataFolder, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    keyEncryptionKey: await readOrMake(folder, 'key-encryption.key'), digestKey: await readOrMake(folder, 'digest.key'),
    logKey: await readOrMake(folder, 'log-ed25519.key'), logSm2Key: await readOrMake(folder, 'log-sm2.key'),
  };
};
