import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

/**
 * A mark that no other process ever has: process ids are used again, a pair of id and moment of birth is not.
 * Null when there is no such process, and for one that is dead but not yet reaped.
 */
export const markOfProcess = async (pid: number): Promise<string | null> => {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null) return null;
    // The second field is the command in parentheses and may hold anything, so count from the last one.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : `${bootId()}:${rest[18] ?? ''}`;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (process.platform === 'win32') return `pid:${pid}`;
  const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const [state = '', ...born] = stdout.trim().split(/\s+/);
  return state === '' || state.startsWith('Z') ? null : born.join(' ');
};

/** Whether a process is a PostgreSQL server that works in the folder. Never true for a stranger that inherited its id. */
export const servesFolder = async (pid: number, folder: string): Promise<boolean> => {
  if ((await markOfProcess(pid)) === null) return false;
  if (process.platform === 'linux') {
    const [cwd, command, real] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
      readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
      realpath(folder).catch(() => folder),
    ]);
    return command.trim() === 'postgres' && cwd === real;
  }
  if (process.platform === 'win32') {
    const { stdout } = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']).catch(() => ({ stdout: '' }));
    return stdout.includes('postgres.exe');
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres') && stdout.includes(folder);
};

/** All server processes, parents and children, that work in the folder; known on Linux only. */
export const serversIn = async (folder: string): Promise<readonly number[]> => {
  if (process.platform !== 'linux') return [];
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const serving = await Promise.all(all.map((pid) => servesFolder(pid, folder)));
  return all.filter((_, index) => serving[index]);
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Whether a promise settles in time; keeps no timer when it does. */
export const settlesWithin = async (promise: Promise<void>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => { timer = setTimeout(() => resolve(false), ms); });
  const settled = await Promise.race([promise.then(() => true as const), tooLate]);
  clearTimeout(timer);
  return settled;
};

/** Waits until the process is gone; false when it outlives the time given. */
export const goneWithin = async (pid: number, ms: number): Promise<boolean> => {
  const mark = await markOfProcess(pid);
  if (mark === null) return true;
  for (const start = performance.now(); performance.now() - start < ms; ) {
    await pause(5);
    if ((await markOfProcess(pid)) !== mark) return true;
  }
  return false;
};
