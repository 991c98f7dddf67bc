import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = process.cwd();

/** Runs a tool of this package in a folder; what it prints counts, not its exit status. */
export const printed = async (tool: string, args: readonly string[], cwd: string): Promise<string> => {
  try {
    return (await run(process.execPath, [join(root, 'node_modules', tool), ...args], { cwd, maxBuffer: 64 * 2 ** 20 })).stdout;
  } catch (failure) {
    const { stdout, stderr } = failure as { stdout?: string; stderr?: string };
    if (!stdout) throw new Error(`${tool} printed nothing: ${stderr ?? String(failure)}`);
    return stdout;
  }
};

/** A small tree of files with violations planted in it, in a folder of its own that is gone afterwards. */
export const planted = async <Value>(files: Readonly<Record<string, string>>, look: (folder: string) => Promise<Value>): Promise<Value> => {
  const folder = await mkdtemp(join(tmpdir(), 'planted-'));
  try {
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await look(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};
