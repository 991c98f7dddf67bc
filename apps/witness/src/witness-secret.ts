import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '#evidence';
import { Refusal } from '#kernel';

const bytes = 32;

/** The secret of a witness, made at its first start and readable by its owner only. Refuses with `data.secret-exposed`, `data.secret-damaged`. */
export const witnessSecret = async (folder: string): Promise<Buffer> => {
  const path = join(folder, 'witness.key');
  if (!(await stat(path).catch(() => null))) await writeDurably(path, randomBytes(bytes).toString('base64'));
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw new Refusal('data.secret-exposed', `${path} can be read by others; it must be readable by its owner only (chmod 600).`, { path });
  const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (secret.length !== bytes) throw new Refusal('data.secret-damaged', `${path} does not hold ${bytes} bytes; restore it from a backup.`, { path });
  return secret;
};
