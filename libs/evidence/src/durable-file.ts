import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file whole or not at all, and has it on disk before it returns. */
export const writeDurably = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const folder = await open(dirname(path), 'r').catch(() => null);
  // Some systems cannot sync a folder; there the rename itself is what they promise.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
};
