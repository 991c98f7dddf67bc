import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from '#kernel';
import type { PhotoStore } from './photo-store.js';

const hashPattern = /^[0-9a-f]{64}$/;
const passingCodes = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'EROFS', 'EACCES'];

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const orUnavailable = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    if (!passingCodes.includes(codeOf(error))) throw error;
    throw Object.assign(new Unavailable('photo.store-away', 'Photos cannot be stored or read at this moment.', 5), { cause: error });
  }
};

/** Photos as files, `ab/cdef….photo`: names are made here from hashes and never come from outside. */
export class FolderPhotoStore implements PhotoStore {
  constructor(private readonly folder: string) {}

  async keep(sha256: string, bytes: Uint8Array): Promise<void> {
    await orUnavailable(async () => {
      const path = this.pathOf(sha256);
      const known = await this.sizeOf(sha256);
      if (known === bytes.length) return;
      const shelf = join(this.folder, sha256.slice(0, 2));
      await mkdir(shelf, { recursive: true, mode: 0o700 });
      // Under a name of its own first, so that a crash leaves no half photo under a hash.
      const draft = join(shelf, `.${randomUUID()}`);
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await this.syncFolder(shelf);
      await this.syncFolder(this.folder);
    });
  }

  async read(sha256: string): Promise<Uint8Array | null> {
    return orUnavailable(() =>
      readFile(this.pathOf(sha256)).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }),
    );
  }

  async sizes(sha256s: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await orUnavailable(() => Promise.all(sha256s.map(async (sha256) => [sha256, await this.sizeOf(sha256)] as const)));
    return new Map(found.filter((entry): entry is readonly [string, number] => entry[1] !== null));
  }

  private async sizeOf(sha256: string): Promise<number | null> {
    return stat(this.pathOf(sha256)).then(
      ({ size }) => size,
      (error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      },
    );
  }

  private pathOf(sha256: string): string {
    if (!hashPattern.test(sha256)) throw new Error('a photo is named by 64 lower-case hexadecimal digits');
    return join(this.folder, sha256.slice(0, 2), `${sha256.slice(2)}.photo`);
  }

  /** A renamed file survives a crash only after its folder was written too; some systems cannot open folders, and need not. */
  private async syncFolder(path: string): Promise<void> {
    const folder = await open(path, 'r').catch(() => null);
    if (!folder) return;
    try {
      await folder.sync().catch(() => undefined);
    } finally {
      await folder.close();
    }
  }
}
