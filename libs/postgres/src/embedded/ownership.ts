import { chown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '#kernel';
import type { RunAs } from './binaries.js';

/** `nobody` of every Linux: an id that owns nothing else and needs no account to be made. */
const nobody: RunAs = { uid: 65_534, gid: 65_534 };

/**
 * Who the server runs as: ourselves, or, because PostgreSQL refuses root, the owner of the data that is there, or nobody.
 *
 * Refuses with `data.not-ours` when the data belongs to another user and we are not root.
 */
export const chooseUser = async (folder: string): Promise<RunAs | undefined> => {
  const ourselves = process.getuid?.();
  if (ourselves === undefined) return undefined;
  const found = await stat(folder).catch(() => null);
  if (ourselves !== 0) {
    if (found && found.uid !== ourselves) {
      throw new Refusal('data.not-ours', `the data in ${folder} belongs to another user (${found.uid}); start the engine as that user or as root`, { folder, owner: found.uid });
    }
    return undefined;
  }
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : nobody;
};

/** Gives the folder and all in it to the server's user, where it is not already so. */
export const giveTo = async (folder: string, runAs: RunAs | undefined): Promise<void> => {
  if (!runAs || (await stat(folder)).uid === runAs.uid) return;
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if (!(await lstat(path)).isSymbolicLink()) await chown(path, runAs.uid, runAs.gid);
  }
  // Last, because it is the sign that the rest is done.
  await chown(folder, runAs.uid, runAs.gid);
};

/** Whether a user may pass through every folder on the way down to this one. */
export const isReachable = async (folder: string, { uid, gid }: RunAs): Promise<boolean> => {
  for (let parent = folder; ; parent = dirname(parent)) {
    const { uid: owner, gid: group, mode } = await stat(parent);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (parent === dirname(parent)) return true;
  }
};
