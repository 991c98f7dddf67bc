import { fromBase64, malformed, toBase64 } from './lines.js';

/** A line under a note: who signed, by which of their keys, and the signature itself. */
export interface NoteSignature {
  readonly name: string;
  /** First four bytes of the digest that names key and algorithm. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** 签名文书 A text with signatures under it, as C2SP signed-note writes it. The text ends in a newline, which is signed too. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const dash = '\u2014';
const signaturesMost = 64;
const keyName = /^[^\s+]+$/u;
/** Newline is the only control character that a note may contain; what is no UTF-8 was read as U+FFFD. */
const isForeign = (character: string): boolean => (character < ' ' && character !== '\n') || character === '\ufffd';

const refuse = (why: string): never => {
  throw malformed('evidence.note-unreadable', 'signed note', why);
};

export const signatureLine = ({ name, keyId, signature }: NoteSignature): string => `${dash} ${name} ${toBase64(Buffer.concat([keyId, signature]))}\n`;

export const formatNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(signatureLine).join('')}`;

/** Reads signature lines alone, as a witness answers them. Refuses with `evidence.note-unreadable`. */
export const parseSignatures = (text: string): readonly NoteSignature[] => {
  if (!text.endsWith('\n')) refuse('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > signaturesMost) refuse(`it has more than ${signaturesMost} signatures`);
  return lines.map((line) => {
    const [mark, name = '', encoded = '', ...rest] = line.split(' ');
    const bytes = fromBase64(encoded);
    if (mark !== dash || !keyName.test(name) || bytes === null || bytes.length < 5 || rest.length > 0) return refuse('a signature line cannot be read');
    return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
};

/** Refuses with `evidence.note-unreadable` what is not written exactly as the format wants it. */
export const parseNote = (text: string): Note => {
  if ([...text].some(isForeign)) refuse('it has control characters');
  const split = text.lastIndexOf('\n\n');
  if (split < 0) refuse('no empty line divides text and signatures');
  return { text: text.slice(0, split + 1), signatures: parseSignatures(text.slice(split + 2)) };
};
