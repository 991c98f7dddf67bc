import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StandaloneRig } from './rigs.js';

/** Enough for a new database and what a trial writes; a disk in memory, so that filling it takes a moment. */
const megabytes = 512;
const fullMs = 2_000;
const patienceMs = 20_000;

const mounted = new Set<string>();
const unmount = (folder: string): void => {
  if (mounted.delete(folder)) execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
};
process.on('exit', () => {
  for (const folder of mounted) unmount(folder);
});

/** 满盘 npm start on a small disk of its own, which somebody fills and clears again while people work. */
export class FullDiskRig extends StandaloneRig {
  override readonly name = 'full disk';
  override readonly blows = ['nothing left on the disk', 'nothing left on the disk, and the engine killed on it'];
  readonly problems: string[] = [];
  /** Session of somebody who may ask how the engine is. */
  token = '';

  private constructor(private readonly disk: string) {
    super(join(disk, 'data'));
  }

  /** Null where this process may not mount a disk. */
  static on(folder: string): FullDiskRig | null {
    mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'threeloops-trial', folder], { stdio: 'ignore' });
    } catch {
      return null;
    }
    mounted.add(folder);
    return new FullDiskRig(folder);
  }

  override async strike(blow: string): Promise<void> {
    this.fill();
    try {
      await this.insist('ready', false);
      if (blow.endsWith('killed on it')) await super.strike('kill -9 of the engine');
      await sleep(fullMs);
    } finally {
      rmSync(this.ballast, { force: true });
    }
    if (this.running) await this.insist('ready', true);
  }

  /** A start on a full disk is none of the blows: it is refused, and the trial would wait for it. */
  override stumble(): Promise<void> {
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    unmount(this.disk);
  }

  private get ballast(): string {
    return join(this.disk, 'ballast');
  }

  /** Down to the last block, though others write meanwhile. */
  private fill(): void {
    const file = openSync(this.ballast, 'w');
    for (const block of [Buffer.alloc(1_048_576), Buffer.alloc(4_096)]) {
      for (let room = true; room; ) {
        try {
          writeSync(file, block);
        } catch {
          room = false;
        }
      }
    }
    closeSync(file);
  }

  /** Whoever balances requests asks this address: it must tell that nothing can be written, and that it can be again. */
  private async insist(path: string, well: boolean): Promise<void> {
    const until = performance.now() + patienceMs;
    let last = 0;
    while (performance.now() < until) {
      last = await fetch(`${this.address()}/api/health/${path}`, { headers: { authorization: `Bearer ${this.token}` }, signal: AbortSignal.timeout(5_000) }).then(({ status }) => status, () => 0);
      if (last === (well ? 200 : 503)) return;
      await sleep(50);
    }
    this.problems.push(`the engine answered ${last} to ${path} for ${patienceMs} ms, ${well ? 'with room on the disk again' : 'while nothing could be written'}`);
  }
}
