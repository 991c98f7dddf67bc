import { createPrivateKey, createPublicKey, sign as signBytes } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import type { VerifierKey } from './keys.js';
import { cosignedMessage, sm2Identity, verifierKey } from './keys.js';
import type { NoteSignature } from './note.js';

/**
 * 签名机 Whoever holds a private key. The software below holds it in memory; a certified machine behind the same port does not give it away.
 *
 * Fails with an ordinary error when it cannot sign; then nothing was signed.
 */
export interface Signer {
  readonly kind: 'ed25519' | 'sm2';
  readonly publicKey: Buffer;
  sign(message: Uint8Array): Promise<Buffer>;
}

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const rawLength = 32;

/** Ed25519 (RFC 8032) from 32 secret bytes. */
export const ed25519Signer = (secret: Uint8Array): Signer => {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-rawLength);
  return { kind: 'ed25519', publicKey, sign: (message) => Promise.resolve(signBytes(null, message, key)) };
};

/** Order of the SM2 curve less two (GB/T 32918.5): private keys go from 1 to it. */
const sm2PrivateMost = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121n;

/** SM2 with SM3 (GB/T 32918.2) by software, from 32 secret bytes. For checkpoints, a few a minute; never for anything that strangers can ask for. */
export const sm2Signer = (secret: Uint8Array): Signer => {
  const privateKey = ((BigInt(`0x${Buffer.from(secret).toString('hex')}`) % sm2PrivateMost) + 1n).toString(16).padStart(64, '0');
  const publicKey = sm2.getPublicKeyFromPrivateKey(privateKey);
  return {
    kind: 'sm2',
    publicKey: Buffer.from(publicKey, 'hex'),
    sign: (message) => Promise.resolve(Buffer.from(sm2.doSignature(message, privateKey, { hash: true, publicKey, userId: sm2Identity }), 'hex')),
  };
};

export const keyOfSigner = (name: string, { kind, publicKey }: Signer): VerifierKey => verifierKey(name, kind, publicKey);

/** The signature of a note's text under a name. */
export const signNote = async (text: string, name: string, signer: Signer): Promise<NoteSignature> => ({
  name, keyId: keyOfSigner(name, signer).keyId, signature: await signer.sign(Buffer.from(text)),
});

export const witnessKey = (name: string, { publicKey }: Signer): VerifierKey => verifierKey(name, 'cosignature', publicKey);

/** What a witness puts under a checkpoint: that at this time it was the largest consistent tree that it had seen. */
export const cosign = async (text: string, name: string, signer: Signer, seconds: number): Promise<NoteSignature> => {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  return { name, keyId: witnessKey(name, signer).keyId, signature: Buffer.concat([time, await signer.sign(Buffer.from(cosignedMessage(text, seconds)))]) };
};
