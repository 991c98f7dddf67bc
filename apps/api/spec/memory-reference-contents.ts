import type { ReferenceContents } from '#engine';

export class MemoryReferenceContents implements ReferenceContents {
  private readonly kept = new Map<string, string>();

  keep(sha256: string, content: string): Promise<void> {
    this.kept.set(sha256, content);
    return Promise.resolve();
  }

  read(hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map([...this.kept].filter(([hash]) => hashes.includes(hash))));
  }
}
