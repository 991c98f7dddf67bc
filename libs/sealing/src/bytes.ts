import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

// Random bytes for many nonces are drawn together: one draw costs nearly as much as one sealing.
const pool = Buffer.alloc(nonceBytes * 341);
let drawn = pool.length;

const nextNonce = (): Buffer => {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += nonceBytes;
  return pool.subarray(drawn - nonceBytes, drawn);
};

/** AES-256-GCM: nonce, ciphertext and tag in one. `context` is bound to it: opened under another one it is unreadable. */
export const sealBytes = (key: Uint8Array, plain: Uint8Array | string, context: string): Buffer => {
  const nonce = nextNonce();
  const sealing = createCipheriv(cipher, key, nonce);
  sealing.setAAD(Buffer.from(context));
  const body = typeof plain === 'string' ? sealing.update(plain, 'utf8') : sealing.update(plain);
  return Buffer.concat([nonce, body, sealing.final(), sealing.getAuthTag()]);
};

/** Null when the key or the context is another one or the bytes were touched. */
export const openBytes = (key: Uint8Array, sealed: Uint8Array, context: string): Buffer | null => {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(context));
  opening.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    return Buffer.concat([opening.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), opening.final()]);
  } catch {
    return null;
  }
};
