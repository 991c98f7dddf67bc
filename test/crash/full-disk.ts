import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StandaloneRig } from './rigs.js';
import { SmallDisk } from './small-disk.js';

/** Enough for a new database and what a trial writes. */
const megabytes = 512;
const fullMs = 2_000;
const patienceMs = 20_000;

/** 满盘 npm start on a small disk of its own, which somebody fills and clears again while people work. */
export class FullDiskRig extends StandaloneRig {
  override readonly name = 'full disk';
  override readonly blows = ['nothing left on the disk', 'nothing left on the disk, and the engine killed on it'];
  readonly problems: string[] = [];
  /** Session of somebody who may ask how the engine is. */
  token = '';

  private constructor(private readonly disk: SmallDisk) {
    super(join(disk.folder, 'data'));
  }

  /** Null where this process may not mount a disk. */
  static on(folder: string): FullDiskRig | null {
    const disk = SmallDisk.at(folder, megabytes);
    return disk && new FullDiskRig(disk);
  }

  override async strike(blow: string): Promise<void> {
    this.disk.fill();
    try {
      await this.insist('ready', false);
      if (blow.endsWith('killed on it')) await super.strike('kill -9 of the engine');
      await sleep(fullMs);
    } finally {
      this.disk.clear();
    }
    if (this.running) await this.insist('ready', true);
  }

  /** A start on a full disk is none of the blows: it is refused, and the trial would wait for it. */
  override stumble(): Promise<void> {
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    this.disk.remove();
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
