import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const mounted = new Set<SmallDisk>();
process.on('exit', () => {
  for (const disk of mounted) disk.remove();
});

/** 小盘 A disk of a few megabytes in memory, so that filling it takes a moment. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Null where this process may not mount a disk, which is root's to do. */
  static at(folder: string, megabytes: number): SmallDisk | null {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'threeloops-trial', folder], { stdio: 'ignore' });
    } catch {
      return null;
    }
    const disk = new SmallDisk(folder);
    mounted.add(disk);
    return disk;
  }

  /** Down to the last block, though others write meanwhile. */
  fill(): void {
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

  clear(): void {
    rmSync(this.ballast, { force: true });
  }

  remove(): void {
    if (mounted.delete(this)) execFileSync('umount', ['--lazy', this.folder], { stdio: 'ignore' });
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
