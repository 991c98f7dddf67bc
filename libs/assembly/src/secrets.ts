import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '#kernel';
import type { Marks, SecretMarks } from '#postgres';

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

const restore = 'restore it from a backup: without it sealed texts stay unreadable and the log cannot be signed';
const lost = 'where they are lost for good, "evidence new-epoch --new-secrets" goes on with new ones';

const read = async (path: string): Promise<Buffer> => {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Refusal('data.secret-exposed', `${path} can be read by others; it must be readable by its owner only (chmod 600).`, { path });
  }
  const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (secret.length !== bytes) throw new Refusal('data.secret-damaged', `${path} does not hold ${bytes} bytes; ${restore}.`, { path });
  return secret;
};

const files: Readonly<Record<keyof Secrets, string>> = { keyEncryptionKey: 'key-encryption.key', digestKey: 'digest.key', logKey: 'log-ed25519.key', logSm2Key: 'log-sm2.key' };

/** Makes what is not there, as far as that may be made. Refuses with `data.secret-exposed`, `data.secret-damaged`, `data.secret-missing`. */
export const loadSecrets = async (dataFolder: string, mayMake: (file: string) => boolean = () => true): Promise<Secrets> => {
  const folder = join(dataFolder, 'secrets');
  const secretIn = async (file: string): Promise<Buffer> => {
    const path = join(folder, file);
    if (!(await stat(path).catch(() => null))) {
      if (!mayMake(file)) throw new Refusal('data.secret-missing', `${path} is not there, and this log has worked with one; name its data folder by THREELOOPS_DATA, or ${restore}; ${lost}.`, { path });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await make(path);
    }
    return read(path);
  };
  return {
    keyEncryptionKey: await secretIn(files.keyEncryptionKey), digestKey: await secretIn(files.digestKey), logKey: await secretIn(files.logKey), logSm2Key: await secretIn(files.logSm2Key),
  };
};

const marksOf = (secrets: Secrets): Marks => new Map(Object.entries(secrets).map(([name, secret]: [string, Buffer]) => {
  const file = files[name as keyof Secrets];
  return [file, createHmac('sha256', secret).update(`threeloops mark of ${file}`).digest('hex')];
}));

/**
 * The secrets of a log, and no others: with other keys it would be signed by somebody whom nobody knows, and what is sealed would be readable with neither.
 * `renewed` takes those of the folder for the log's from now on, as after keys were lost for good. Refuses with `data.secrets-differ` and as `loadSecrets` does.
 */
export const secretsOfLog = async (dataFolder: string, known: SecretMarks, { renewed }: { readonly renewed: boolean }): Promise<Secrets> => {
  const before = await known.all();
  const secrets = await loadSecrets(dataFolder, (file) => renewed || !before.has(file));
  const marks = marksOf(secrets);
  const after = await known.put(marks, { inPlace: renewed });
  const differing = [...marks].filter(([file, mark]) => after.get(file) !== mark).map(([file]) => file);
  if (differing.length > 0) {
    throw new Refusal('data.secrets-differ', `The secrets in ${join(dataFolder, 'secrets')} are not those of this log (${differing.join(', ')}); name its data folder by THREELOOPS_DATA, or restore them from a backup; ${lost}.`, { dataFolder, differing });
  }
  return secrets;
};
