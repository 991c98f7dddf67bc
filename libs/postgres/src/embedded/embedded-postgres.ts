import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { Refusal } from '#kernel';
import type { Connection } from '../connection.js';
import { addressOf } from '../connection.js';
import type { Binaries, RunAs } from './binaries.js';
import { findBinaries } from './binaries.js';
import type { FolderLock } from './folder-lock.js';
import { lockFolder } from './folder-lock.js';
import { makeSocketFolder, removeSocketFolder } from './socket-folder.js';
import { chooseUser, giveTo, isReachable } from './ownership.js';
import { pause, settlesWithin } from './processes.js';
import { readServerFile, stopOrphan } from './server-file.js';
import { serverSettings } from './settings.js';

export interface EmbeddedOptions {
  /** Folder of the engine's data; made if there is none. The database lives in `postgres/` inside it. */
  readonly dataFolder: string;
  /** Server settings beside or instead of the engine's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told in a sentence what an operator wants to know: an orphan stopped, a crash, a restart. */
  readonly onNotice?: (notice: string) => void;
}

const superuser = 'threeloops';
const database = 'threeloops';
/** How long a shutdown may take before a harder one. */
const patienceMs = 30_000;
const windows = process.platform === 'win32';

/**
 * The PostgreSQL inside: one server on one data folder, started, watched and stopped by this process.
 *
 * It belongs to a process group of its own, so that Ctrl-C reaches the engine alone, which drains and then calls `stop`.
 * A server that dies by itself is started again. One that outlived a killed engine is stopped cleanly at the next start.
 *
 * `start` refuses with `data.folder-in-use`, `data.newer-version`, `data.older-version`, `data.unreachable`,
 * `data.not-ours`, `database.no-binaries`, `database.no-start`.
 */
export class EmbeddedPostgres {
  private child: ChildProcess | null = null;
  private ending = false;
  private ended: Promise<void> = Promise.resolve();
  private readonly atExit = (): void => void this.child?.kill('SIGINT');

  private constructor(
    private readonly options: EmbeddedOptions,
    private readonly lock: FolderLock,
    private readonly binaries: Binaries,
    private readonly runAs: RunAs | undefined,
    private readonly folder: string,
    readonly connection: Connection,
  ) {}

  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    // Others may pass through to the database's own folder but see nothing; files with secrets have modes of their own.
    await mkdir(options.dataFolder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const home = await realpath(options.dataFolder);
    const lock = await lockFolder(home);
    try {
      const folder = join(home, 'postgres');
      const runAs = await chooseUser(folder);
      const binaries = await findBinaries(home, runAs);
      await initialise(home, folder, binaries, runAs, options.settings?.['fsync'] !== 'off');
      await checkVersion(folder, binaries);
      await giveTo(folder, runAs);
      const orphan = await stopOrphan(folder);
      await removeSocketFolder(orphan?.socketFolder);
      if (orphan?.stopped) options.onNotice?.(`a database server that an earlier engine left behind (process ${orphan.stopped}) was stopped`);
      const server = new EmbeddedPostgres(options, lock, binaries, runAs, folder, await chooseConnection(home, runAs));
      await server.launch();
      await server.ensureDatabase();
      process.on('exit', server.atExit);
      return server;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Address for other processes on this machine. */
  get url(): string {
    return addressOf(this.connection);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Fast shutdown: connections are cut, everything is on the disk, the next start need not recover. */
  async stop(): Promise<void> {
    await this.end('SIGINT');
  }

  /** Stops as a crash would: the next start recovers from the write-ahead log. */
  async immediateStop(): Promise<void> {
    await this.end('SIGQUIT');
  }

  private async end(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    if (!this.ending) {
      this.ending = true;
      await this.signal(signal);
      process.off('exit', this.atExit);
    }
    for (const harder of ['SIGQUIT', 'SIGKILL'] as const) {
      if (await settlesWithin(this.ended, patienceMs)) break;
      this.child?.kill(harder);
    }
    await this.ended;
    await removeSocketFolder(this.connection.host);
    await this.lock.release();
  }

  private async signal(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    if (!windows) return void this.child?.kill(signal);
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
    await new Promise((resolve) => void execFile(this.binaries.control, ['stop', '-W', '-m', mode, '-D', this.folder], resolve));
  }

  /** Starts the server and waits until it takes connections, which after a crash means until it has recovered. */
  private async launch(): Promise<void> {
    for (const start = performance.now(); ; ) {
      const failure = await this.tryLaunch();
      if (failure === null) return;
      // Children of a killed server need a moment to notice; until then the folder counts as taken.
      const passing = /lock file .* already exists|pre-existing shared memory block/.test(failure);
      if (!passing || performance.now() - start > 15_000) {
        throw new Refusal('database.no-start', `the database in ${this.folder} did not start: ${failure}`, { folder: this.folder });
      }
      await pause(100);
      await stopOrphan(this.folder);
    }
  }

  /** Null when the server is ready, or else the last words of its log. */
  private async tryLaunch(): Promise<string | null> {
    const logPath = join(this.folder, '..', 'postgres.log');
    const before = await shortenLog(logPath);
    const log = openSync(logPath, 'a', 0o600);
    const place = await openPlace(this.folder, this.runAs);
    const child = spawn(this.binaries.postgres, ['-D', place.path, ...this.arguments()], {
      cwd: '/',
      stdio: ['ignore', log, log, ...(place.descriptor === null ? [] : [place.descriptor])],
      detached: true,
      env: serverEnvironment(),
      ...this.runAs,
    });
    closeSync(log);
    place.close();
    let failure: string | null = null;
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => { failure = error.message; resolve(); });
      child.once('exit', (code, signal) => { failure ??= `ended with ${signal ?? code}`; resolve(); });
    });
    this.child = child;
    child.unref();
    for (;;) {
      const words = failure as string | null;
      if (words !== null) return lastWords(logPath, before, words);
      const state = await readServerFile(this.folder);
      if (state?.pid === child.pid && state?.status === 'ready') break;
      await pause(5);
    }
    void this.ended.then(() => this.onDeath(child));
    return null;
  }

  private async onDeath(dead: ChildProcess): Promise<void> {
    if (this.ending || this.child !== dead) return;
    this.options.onNotice?.('the database server died; starting it again');
    for (let delay = 50; !this.ending; delay = Math.min(delay * 2, 5_000)) {
      try {
        await stopOrphan(this.folder);
        await this.launch();
        this.options.onNotice?.('the database server is up again');
        return;
      } catch (error) {
        this.options.onNotice?.(error instanceof Error ? error.message : String(error));
        await pause(delay);
      }
    }
  }

  private arguments(): string[] {
    const { host, port } = this.connection;
    const listening: Record<string, string> = windows
      ? { listen_addresses: '127.0.0.1', port: String(port) }
      : { listen_addresses: '', port: String(port), unix_socket_directories: host ?? '', unix_socket_permissions: '0700' };
    return Object.entries({ ...serverSettings, ...this.options.settings, ...listening }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  }

  private async ensureDatabase(): Promise<void> {
    const client = new pg.Client({ ...this.connection, database: 'postgres' });
    await client.connect();
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
      if (rowCount === 0) await client.query(`create database ${database}`);
    } finally {
      await client.end();
    }
  }
}

/** The server must not inherit an operator's PGDATA or PGPORT, nor a locale that is not installed. */
const serverEnvironment = (): NodeJS.ProcessEnv => {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  const entries = Object.entries({ PATH, SystemRoot, TEMP, TMP, LC_ALL: 'C', TZ: 'UTC' }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as NodeJS.ProcessEnv;
};

interface Place {
  readonly path: string;
  readonly descriptor: number | null;
  close(): void;
}

/**
 * The data folder as the server's user can name it. Root's checkout is often under /root, which no other user may pass
 * through: then the server gets the open folder itself, as its file descriptor 3.
 */
const openPlace = async (folder: string, runAs: RunAs | undefined): Promise<Place> => {
  if (!runAs || (await isReachable(folder, runAs))) return { path: folder, descriptor: null, close: () => undefined };
  if (process.platform !== 'linux') {
    throw new Refusal('data.unreachable', `the user that the database runs as cannot reach ${folder}; start the engine as a normal user or choose another folder`, { folder });
  }
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: '/proc/self/fd/3', descriptor, close: () => closeSync(descriptor) };
};

/** Makes the database cluster, aside first, so that a power cut leaves a whole one or none. */
const initialise = async (home: string, folder: string, binaries: Binaries, runAs: RunAs | undefined, durable: boolean): Promise<void> => {
  if (await stat(join(folder, 'PG_VERSION')).catch(() => null)) return;
  const half = join(home, 'postgres.new');
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { mode: 0o700 });
  await giveTo(half, runAs);
  const password = randomBytes(24).toString('base64url');
  const secret = join(home, 'postgres.password');
  if (windows) await writeFile(secret, password, { mode: 0o600 });
  const access = windows ? ['-A', 'scram-sha-256', `--pwfile=${secret}`] : ['-A', 'trust'];
  const place = await openPlace(half, runAs);
  // Text is UTF-8 in code point order on every machine; what people read in another order names its collation.
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const child = spawn(binaries.initdb, ['-D', place.path, '-U', superuser, ...access, ...locale, '--no-instructions', ...(durable ? [] : ['--no-sync'])], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', ...(place.descriptor === null ? [] : [place.descriptor])],
    env: serverEnvironment(),
    ...runAs,
  });
  let complaint = '';
  child.stderr?.on('data', (part: Buffer) => { complaint += part.toString(); });
  const status = await new Promise((resolve) => child.once('error', (error) => { complaint += error.message; resolve(null); }).once('close', resolve));
  place.close();
  if (status !== 0) throw new Refusal('database.no-start', `the database could not be made in ${folder}: ${complaint.trim()}`, { folder });
  await rename(half, folder);
};

const checkVersion = async (folder: string, binaries: Binaries): Promise<void> => {
  const found = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (found === binaries.major) return;
  const newer = Number(found) > Number(binaries.major);
  throw new Refusal(
    newer ? 'data.newer-version' : 'data.older-version',
    `the data in ${folder} was written by PostgreSQL ${found}, and this engine brings PostgreSQL ${binaries.major}; ${newer ? 'use the newer engine' : 'export it with the older engine and import it here'}`,
    { folder, found, known: binaries.major },
  );
};

const chooseConnection = async (home: string, runAs: RunAs | undefined): Promise<Connection> => {
  if (!windows) return { host: await makeSocketFolder(home, runAs), port: 5432, user: superuser, database };
  const password = await readFile(join(home, 'postgres.password'), 'utf8');
  const port = await new Promise<number>((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 5432));
    });
  });
  return { host: '127.0.0.1', port, user: superuser, password, database };
};

const logLimitBytes = 8_000_000;

/** Length of the log before this start; a log that has grown long is put aside first. */
const shortenLog = async (path: string): Promise<number> => {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size < logLimitBytes) return size;
  await rename(path, `${path}.1`);
  return 0;
};

const lastWords = async (path: string, from: number, otherwise: string): Promise<string> => {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4_000), 0, 4_000, from);
    return buffer.toString('utf8', 0, bytesRead).trim() || otherwise;
  } finally {
    await file.close();
  }
};
