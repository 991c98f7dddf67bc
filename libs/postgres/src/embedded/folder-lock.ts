import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '#kernel';
import { markOfProcess, pause } from './processes.js';

interface Holder {
  readonly pid: number;
  readonly mark: string;
  readonly token: string;
}

/** The right to work in a data folder, held by one engine at a time. */
export interface FolderLock {
  readonly folder: string;
  release(): Promise<void>;
}

const readHolder = async (path: string): Promise<Holder | null> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
};

const lives = async (holder: Holder): Promise<boolean> => (await markOfProcess(holder.pid)) === holder.mark;

const inUse = (folder: string, holder: Holder): Refusal =>
  new Refusal('data.folder-in-use', `the data folder ${folder} is in use by another engine (process ${holder.pid}); stop that one first or choose another folder`, {
    folder,
    pid: holder.pid,
  });

/**
 * Takes the data folder for this process. A lock whose holder is dead, even by kill -9 and even when its process id
 * belongs to somebody else by now, is taken over.
 *
 * Refuses with `data.folder-in-use`.
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  const path = join(folder, 'engine.lock');
  const token = randomUUID();
  const mine = `${path}.${token}`;
  const holder: Holder = { pid: process.pid, mark: (await markOfProcess(process.pid)) ?? '', token };
  await writeFile(mine, JSON.stringify(holder), { mode: 0o600 });
  const release = async (): Promise<void> => {
    if ((await readHolder(path))?.token === token) await unlink(path);
  };
  try {
    // A link appears with its whole content or not at all, so nobody reads half a lock.
    if (await link(mine, path).then(() => true, () => false)) {
      await unlink(mine);
      return { folder, release };
    }
    const other = await readHolder(path);
    if (other && (await lives(other))) throw inUse(folder, other);
    await rename(mine, path);
    // Two may take over the same dead lock at once: the later rename wins, and the other one sees it here.
    await pause(100);
    const winner = await readHolder(path);
    if (winner && winner.token !== token) throw inUse(folder, winner);
    return { folder, release };
  } catch (error) {
    await unlink(mine).catch(() => undefined);
    throw error;
  }
};
