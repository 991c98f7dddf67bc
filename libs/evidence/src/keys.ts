import { createPublicKey, verify as verifyBytes } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { fromBase64, malformed, toBase64 } from './lines.js';
import type { Note, NoteSignature } from './note.js';
import { digestOf } from './tree-hash.js';

/**
 * What a signature says and how it is made: `ed25519` a log's own (C2SP type 0x01), `cosignature` a witness's with its time (0x04), `sm2`
 * a log's own by GB/T 32918 with SM3 (the format's escape 0xff and a name of ours; who does not know it passes it by).
 */
export type KeyKind = 'ed25519' | 'cosignature' | 'sm2';

const kindBytes: Readonly<Record<KeyKind, Buffer>> = {
  ed25519: Buffer.from([0x01]),
  cosignature: Buffer.from([0x04]),
  sm2: Buffer.concat([Buffer.from([0xff]), Buffer.from('sm2-sm3/v1')]),
};
const keyLengths: Readonly<Record<KeyKind, number>> = { ed25519: 32, cosignature: 32, sm2: 65 };
const kinds = Object.keys(kindBytes) as readonly KeyKind[];

/** 公钥 A key that somebody trusts, under the name that its signatures carry. */
export interface VerifierKey {
  readonly name: string;
  readonly kind: KeyKind;
  readonly publicKey: Buffer;
  readonly keyId: Buffer;
}

export const verifierKey = (name: string, kind: KeyKind, publicKey: Uint8Array): VerifierKey => ({
  name, kind, publicKey: Buffer.from(publicKey), keyId: digestOf(Buffer.concat([Buffer.from(`${name}\n`), kindBytes[kind], publicKey])).subarray(0, 4),
});

/** `name+id+key`, the one line by which people hand a key on (C2SP signed-note, verifier keys). */
export const formatKey = ({ name, kind, publicKey, keyId }: VerifierKey): string => `${name}+${keyId.toString('hex')}+${toBase64(Buffer.concat([kindBytes[kind], publicKey]))}`;

/** Refuses with `evidence.key-unreadable`. */
export const parseKey = (line: string): VerifierKey => {
  const unreadable = (why: string): Error => malformed('evidence.key-unreadable', 'verifier key', why);
  const [name = '', id = '', ...rest] = line.trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  if (name === '' || /\s/.test(name) || !/^[0-9a-f]{8}$/.test(id) || bytes === null) throw unreadable('a key is written name+id+key');
  const kind = kinds.find((each) => bytes.subarray(0, kindBytes[each].length).equals(kindBytes[each]) && bytes.length === kindBytes[each].length + keyLengths[each]);
  if (kind === undefined) throw unreadable('its algorithm is not known here');
  const key = verifierKey(name, kind, bytes.subarray(kindBytes[kind].length));
  if (key.keyId.toString('hex') !== id) throw unreadable('its number does not belong to it; perhaps a character was lost');
  return key;
};

/** The identity under which SM2 signatures are made where no other is agreed on (GB/T 35276). */
export const sm2Identity = '1234567812345678';

const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

const verifyEd25519 = (message: string, signature: Uint8Array, publicKey: Buffer): boolean => {
  if (signature.length !== 64) return false;
  try {
    return verifyBytes(null, Buffer.from(message), createPublicKey({ key: Buffer.concat([ed25519Prefix, publicKey]), format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
};

const verifySm2 = (message: string, signature: Buffer, publicKey: Buffer): boolean => {
  if (signature.length !== 64) return false;
  try {
    return sm2.doVerifySignature(Buffer.from(message), signature.toString('hex'), publicKey.toString('hex'), { hash: true, userId: sm2Identity });
  } catch {
    // The library throws for numbers that no signature can have.
    return false;
  }
};

/** The message of a cosignature: its time goes before the note's text (C2SP tlog-cosignature). */
export const cosignedMessage = (text: string, seconds: number): string => `cosignature/v1\ntime ${seconds}\n${text}`;

/** When a cosignature says it was made, in seconds since 1970. */
export const cosignedSeconds = (signature: Buffer): number => (signature.length === 72 ? Number(signature.readBigUInt64BE(0)) : Number.NaN);

const isBy = (key: VerifierKey, { name, keyId }: NoteSignature): boolean => key.name === name && key.keyId.equals(keyId);

const holds = ({ kind, publicKey }: VerifierKey, text: string, signature: Buffer): boolean => {
  switch (kind) {
    case 'ed25519': return verifyEd25519(text, signature, publicKey);
    case 'sm2': return verifySm2(text, signature, publicKey);
    case 'cosignature': return verifyEd25519(cosignedMessage(text, cosignedSeconds(signature)), signature.subarray(8), publicKey);
  }
};

/**
 * Which of the known keys signed a note. Null when a signature that bears the name and number of a known key does not hold: then the whole
 * note is worthless. Signatures of unknown keys are passed by.
 */
export const signersOf = ({ text, signatures }: Note, known: readonly VerifierKey[]): readonly VerifierKey[] | null => {
  const signers: VerifierKey[] = [];
  for (const each of signatures) {
    const key = known.find((candidate) => isBy(candidate, each));
    if (key === undefined) continue;
    if (!holds(key, text, each.signature)) return null;
    if (!signers.includes(key)) signers.push(key);
  }
  return signers;
};
