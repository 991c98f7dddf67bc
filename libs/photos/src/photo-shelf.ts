import { createHash } from 'node:crypto';
import { Refusal } from '#kernel';
import type { KeyVault } from '#kernel';
import { openBytes, sealBytes } from '#sealing';
import { cleanPhoto } from './clean-photo.js';
import type { PhotoStore } from './photo-store.js';

/** 照片 As events refer to it. */
export interface KeptPhoto {
  readonly sha256: string;
  readonly bytes: number;
}

const magic = Buffer.from('TLP1');
const context = 'photo';

/**
 * 照片架 Takes photos in (cleaned, sealed under the key of their subject, named by the hash of the sealed bytes) and hands them out.
 * A stored file is the four letters TLP1, one byte with the length of the key id, the key id, and nonce, ciphertext and tag.
 */
export class PhotoShelf {
  constructor(
    private readonly store: PhotoStore,
    private readonly vault: KeyVault,
  ) {}

  async take(sent: Uint8Array, subject: string): Promise<KeptPhoto> {
    const picture = await cleanPhoto(sent);
    const { keyId, key } = await this.vault.keyFor(subject);
    const id = Buffer.from(keyId);
    const bytes = Buffer.concat([magic, Buffer.from([id.length]), id, sealBytes(key, picture, context)]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.store.keep(sha256, bytes);
    return { sha256, bytes: bytes.length };
  }

  /** Null when there is no such photo or its key was erased. */
  async show(sha256: string): Promise<Uint8Array | null> {
    const bytes = await this.store.read(sha256);
    if (!bytes || !magic.equals(bytes.subarray(0, magic.length))) return null;
    const start = magic.length + 1;
    const end = start + (bytes[magic.length] as number);
    const keyId = Buffer.from(bytes.subarray(start, end)).toString('utf8');
    const key = (await this.vault.keys([keyId])).get(keyId);
    return key ? openBytes(key, bytes.subarray(end), context) : null;
  }

  /** References for a command, in the order given. Refuses with `photo.unknown` when one was never taken in. */
  async referencesTo(sha256s: readonly string[]): Promise<readonly KeptPhoto[]> {
    if (sha256s.length === 0) return [];
    const sizes = await this.store.sizes(sha256s);
    return sha256s.map((sha256) => {
      const bytes = sizes.get(sha256);
      if (bytes === undefined) throw new Refusal('photo.unknown', 'There is no photo with this hash; send the photo first.', { field: 'photos', sha256 });
      return { sha256, bytes };
    });
  }
}
