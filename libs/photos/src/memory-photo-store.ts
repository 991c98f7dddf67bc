import type { PhotoStore } from './photo-store.js';

/** The same promises, except durability. */
export class MemoryPhotoStore implements PhotoStore {
  private readonly photos = new Map<string, Uint8Array>();

  async keep(sha256: string, bytes: Uint8Array): Promise<void> {
    this.photos.set(sha256, Uint8Array.from(bytes));
  }

  async read(sha256: string): Promise<Uint8Array | null> {
    return this.photos.get(sha256) ?? null;
  }

  async sizes(sha256s: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(sha256s.flatMap((sha256) => (this.photos.has(sha256) ? [[sha256, (this.photos.get(sha256) as Uint8Array).length] as const] : [])));
  }
}
