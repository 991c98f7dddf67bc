import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const programs = {
  engine: 'dist/apps/standalone/src/main.js',
  api: 'dist/apps/api/src/main.js',
  worker: 'dist/apps/worker/src/main.js',
} as const;

const root = process.cwd();
const startMs = 60_000;
const endMs = 60_000;
const errorsKept = 60_000;

/** Whatever must not outlive the trial. */
const alive = new Set<Child>();
const dataFolders = new Set<string>();

/** One of the real programs, in a process of its own. */
export class Child {
  private errors = '';
  private output = '';
  readonly ended: Promise<Ended>;
  private over: Ended | null = null;
  /** Whether the trial itself killed it; dying of anything else is a flaw of the program. */
  killed = false;

  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
  ) {
    alive.add(this);
    process.stderr?.on('data', (part: Buffer) => {
      this.errors = (this.errors + part.toString()).slice(-errorsKept);
    });
    process.stdout?.on('data', (part: Buffer) => {
      this.output += part.toString();
    });
    this.ended = new Promise((resolve) => {
      const end = (ended: Ended): void => {
        alive.delete(this);
        this.over ??= ended;
        resolve(this.over);
      };
      process.once('close', (code, signal) => end({ code, signal }));
      process.once('error', () => end({ code: null, signal: null }));
    });
  }

  static start(name: string, program: keyof typeof programs, environment: Readonly<Record<string, string>>): Child {
    const { DATABASE_URL: _outside, ...inherited } = process.env;
    if (environment['THREELOOPS_DATA'] !== undefined) dataFolders.add(environment['THREELOOPS_DATA']);
    const clean = Object.fromEntries(Object.entries(inherited).filter(([key]) => !key.startsWith('THREELOOPS_')));
    const child = spawn(process.execPath, ['--enable-source-maps', join(root, programs[program])], {
      cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...clean, THREELOOPS_HOST: '127.0.0.1', THREELOOPS_PORT: '0', THREELOOPS_LOG: 'error', ...environment },
    });
    return new Child(name, child);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get running(): boolean {
    return this.over === null;
  }

  /** What it wrote to standard error, the last part of it. */
  get said(): string {
    return this.errors;
  }

  /** Waits for words on standard output; fails when the program ends before. */
  async says(words: RegExp): Promise<RegExpExecArray> {
    const until = performance.now() + startMs;
    for (;;) {
      const found = words.exec(this.output);
      if (found) return found;
      if (this.over) throw new Error(`${this.name} ended with ${this.over.signal ?? this.over.code} before it was ready: ${this.errors.slice(-2_000)}`);
      if (performance.now() > until) throw new Error(`${this.name} was not ready within ${startMs} ms: ${this.errors.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async kill(): Promise<void> {
    this.killed = true;
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to end; one that does not is killed, which shows in how it ended. */
  async terminate(): Promise<Ended> {
    this.process.kill('SIGTERM');
    const impatience = setTimeout(() => this.process.kill('SIGKILL'), endMs);
    const ended = await this.ended;
    clearTimeout(impatience);
    return ended;
  }

  killNow(): void {
    this.process.kill('SIGKILL');
  }
}

/** Id of the database server of a data folder, while there is one. */
export const serverOf = (dataFolder: string): number | null => {
  try {
    const pid = Number(readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 1) return null;
    // The file outlives a server that was killed, and its number may be a stranger's by now.
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' ? pid : null;
  } catch {
    return null;
  }
};

export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
};

export const watchFolder = (dataFolder: string): void => void dataFolders.add(dataFolder);

const endAll = (): void => {
  for (const child of alive) child.killNow();
  for (const folder of dataFolders) {
    const pid = serverOf(folder);
    if (pid !== null) signal(pid, 'SIGQUIT');
  }
};

/** However the trial ends, nothing that it started goes on. */
export const leaveNothingRunning = (): void => {
  process.on('exit', endAll);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => process.exit(130));
};
