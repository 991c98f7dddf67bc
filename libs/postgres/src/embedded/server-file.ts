import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { goneWithin, servesFolder, serversIn } from './processes.js';

/** What a running server writes into `postmaster.pid`. */
interface ServerFile {
  readonly pid: number;
  readonly socketFolder: string;
  readonly status: string;
}

const pathIn = (folder: string): string => join(folder, 'postmaster.pid');

export const readServerFile = async (folder: string): Promise<ServerFile | null> => {
  const text = await readFile(pathIn(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n').map((line) => line.trim());
  return { pid: Number(lines[0]), socketFolder: lines[4] ?? '', status: lines[7] ?? '' };
};

/** What was found of an earlier server. */
export interface Orphan {
  /** Id of the server that was stopped; null when only its file was left. */
  readonly stopped: number | null;
  readonly socketFolder: string;
}

/**
 * Ends a server that outlived its engine: cleanly, then as a crash would, then by force. A file whose process id belongs to
 * another program by now is removed, and that program is left alone. Call only under the folder's lock.
 */
export const stopOrphan = async (folder: string): Promise<Orphan | null> => {
  const found = await readServerFile(folder);
  if (!found || !Number.isInteger(found.pid) || found.pid <= 0) return null;
  const { pid, socketFolder } = found;
  if (await servesFolder(pid, folder)) {
    for (const [signal, patienceMs] of [['SIGINT', 60_000], ['SIGQUIT', 10_000], ['SIGKILL', 10_000]] as const) {
      send(pid, signal);
      if (await goneWithin(pid, patienceMs)) break;
    }
    return { stopped: pid, socketFolder };
  }
  // A dead server's file is PostgreSQL's own to judge. It only cannot tell that the process which has the id now is a
  // stranger, or a dead one that nobody has reaped.
  if (send(pid, 0)) {
    await endChildren(folder);
    await unlink(pathIn(folder)).catch(() => undefined);
  }
  return { stopped: null, socketFolder };
};

/** Without its file a dead server's children would go unnoticed, and they may still be writing. */
const endChildren = async (folder: string): Promise<void> => {
  for (const child of await serversIn(folder)) {
    send(child, 'SIGQUIT');
    if (!(await goneWithin(child, 5_000))) send(child, 'SIGKILL');
  }
};

/** False when there is no such process, or it is not ours to signal. */
const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};
