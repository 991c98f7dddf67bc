import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { RunAs } from './binaries.js';
import { isReachable } from './ownership.js';

/** The kernel's limit for the path of a unix socket is 107 bytes, and PostgreSQL adds a name of 14. */
const longestFolderBytes = 90;
const temporaryPrefix = 'threeloops-socket-';

/** A folder for the socket that only the server's user and root may enter: whoever gets in is trusted by the server. */
export const makeSocketFolder = async (home: string, runAs: RunAs | undefined): Promise<string> => {
  const beside = join(home, 'socket');
  const fits = Buffer.byteLength(beside) <= longestFolderBytes && (!runAs || (await isReachable(home, runAs)));
  const folder = fits ? beside : await mkdtemp(join(tmpdir(), temporaryPrefix));
  if (fits) await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
  return folder;
};

/** Removes a socket folder that was made in the temporary one; any other is left alone. */
export const removeSocketFolder = async (folder: string | undefined): Promise<void> => {
  if (folder && basename(folder).startsWith(temporaryPrefix)) await rm(folder, { recursive: true, force: true });
};
