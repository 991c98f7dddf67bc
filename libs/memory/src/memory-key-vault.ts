import { randomBytes, randomUUID } from 'node:crypto';
import { Refusal } from '#kernel';
import type { KeyVault } from '#kernel';

interface Kept {
  readonly keyId: string;
  readonly key: Uint8Array;
}

/** 密钥库 Keys in memory, gone with the process. */
export class MemoryKeyVault implements KeyVault {
  private readonly bySubject = new Map<string, Kept | null>();

  async keyFor(subject: string): Promise<Kept> {
    const known = this.bySubject.get(subject);
    if (known === null) throw new Refusal('subject.erased', 'The person this belongs to was erased; nothing more is kept about them.');
    if (known) return known;
    const kept = { keyId: randomUUID(), key: new Uint8Array(randomBytes(32)) };
    this.bySubject.set(subject, kept);
    return kept;
  }

  keys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = new Set(keyIds);
    const found = new Map<string, Uint8Array>();
    for (const kept of this.bySubject.values()) if (kept && wanted.has(kept.keyId)) found.set(kept.keyId, kept.key);
    return Promise.resolve(found);
  }

  erase(subject: string): Promise<boolean> {
    const had = Boolean(this.bySubject.get(subject));
    this.bySubject.set(subject, null);
    return Promise.resolve(had);
  }
}
