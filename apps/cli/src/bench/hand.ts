import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Group } from './group.js';

const startMs = 60_000;
const flags = ['--max-semi-space-size=16', '--max-old-space-size=1024'];
const kinds = { door: { file: 'api', words: / answers at (\S+) / }, worker: { file: 'worker', words: /(does its work)/ } } as const;

/** Everything that was started and not yet ended: it must not outlive the measurement. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A door or a worker in a process of its own, as `start:api` and `start:worker` run them, on the database of the group. */
export class Hand {
  private constructor(
    private readonly child: ChildProcess,
    /** Where a door answers. */
    readonly url: string,
    private readonly ended: Promise<unknown>,
  ) {}

  static async start(kind: keyof typeof kinds, { databaseUrl, folder }: Group): Promise<Hand> {
    const { file, words } = kinds[kind];
    const environment = { ...process.env, DATABASE_URL: databaseUrl, THREELOOPS_DATA: folder, THREELOOPS_PORT: '0', THREELOOPS_HOST: '127.0.0.1', THREELOOPS_LOG: 'silent' };
    const child = spawn(process.execPath, [...flags, fileURLToPath(new URL(`../../../${file}/src/main.js`, import.meta.url))], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    alive.add(child);
    const ended = new Promise((resolve) => void child.once('exit', resolve));
    void ended.then(() => alive.delete(child));
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      const timer = setTimeout(() => reject(new Error(`a ${kind} was not ready within ${startMs} ms`)), startMs);
      child.stdout.on('data', (part: Buffer) => {
        said += part.toString();
        const found = words.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      void ended.then(() => reject(new Error(`a ${kind} ended before it was ready`)));
      void ended.finally(() => clearTimeout(timer));
    });
    return new Hand(child, url, ended);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async end(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
