import { fromIso, toIso } from '#kernel';
import type { DigestedFact } from './leaf.js';

/** 已读摘要 What a leaf is made of, reckoned from the stored texts at this moment. */
export interface ReadDigest extends DigestedFact {
  /** Whether the provenance names the command that the fact is recorded under; no leaf says it. */
  readonly agrees: boolean;
}

/** Facts as lines, see `lineOf`, one behind the other in the order of the log. */
export interface FactLines {
  readonly count: number;
  readonly lines: string;
}

/** Stands between the fields of a line. Two of them may hold anything: they stand behind their lengths. */
const separator = '\u001F';
const beyondAscii = /[^\0-\x7f]/;

/**
 * One fact as a line that nothing else can be read as: position, event id, version, schema, moment in milliseconds since 1970, 1 or 0 for
 * whether it agrees, the SHA-256 digests of provenance and payload, the lengths of type and stream in bytes, type, stream, a line feed. Many of them in one
 * text are sent, hashed and handed on at a hundredth of what as many objects would cost.
 */
export const lineOf = ({ position, eventId, version, schema, recordedAt, agrees, metaSha256, dataSha256, type, stream }: ReadDigest): string =>
  `${[position, eventId, version, schema, fromIso(recordedAt), agrees ? 1 : 0, metaSha256, dataSha256, Buffer.byteLength(type), Buffer.byteLength(stream), type, stream].join(separator)}\n`;

/** Bytes read at a time. A whole page as one text would be moved about by the collector, and let its memory grow for good. */
const windowBytes = 16_384;

/**
 * Reads lines, as UTF-8, that stand one behind the other, and hands over each fact before it reads the next: whoever is done with a fact at once keeps none
 * in memory. Throws an ordinary error for what `lineOf` cannot have written, and what `each` throws.
 */
export const eachFactIn = (lines: Uint8Array, each: (fact: ReadDigest, at: number) => void): void => {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  for (let [at, count, width] = [0, 0, windowBytes]; at < bytes.length; ) {
    const text = bytes.toString('latin1', at, at + width);
    let read = 0;
    for (let line = lineAt(text, read); line; line = lineAt(text, read)) {
      each(line.fact, count);
      count += 1;
      read = line.end;
    }
    if (read === 0 && at + width >= bytes.length) throw new Error('a line of a fact is cut short');
    // A line longer than the window, which hardly any is, gets a wider one.
    width = read === 0 ? 2 * width : windowBytes;
    at += read;
  }
};

/** The line that begins there in a text of single bytes, and where the next begins; null when the text ends before it does. */
const lineAt = (text: string, from: number): { readonly fact: ReadDigest; readonly end: number } | null => {
  let at = from;
  const field = (): string => {
    const [start, end] = [at, text.indexOf(separator, at)];
    at = end < 0 ? Number.POSITIVE_INFINITY : end + 1;
    return text.slice(start, Math.max(start, end));
  };
  const [position, eventId, version, schema, ms, agreed, metaSha256, dataSha256, ofType, ofStream] = [field(), field(), field(), field(), field(), field(), field(), field(), field(), field()] as const;
  const endOfType = at + Number(ofType);
  const end = endOfType + 1 + Number(ofStream);
  if (!(end < text.length)) return null;
  if (text[endOfType] !== separator || text[end] !== '\n') throw new Error(`the line of position ${position} is not as long as it says`);
  const [type, stream] = [textOf(text.slice(at, endOfType)), textOf(text.slice(endOfType + 1, end))];
  return { fact: { position: Number(position), eventId, version: Number(version), schema: Number(schema), recordedAt: toIso(Number(ms)), agrees: agreed === '1', metaSha256, dataSha256, type, stream }, end: end + 1 };
};

const textOf = (bytes: string): string => (beyondAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes);

export const factsIn = (lines: string): readonly ReadDigest[] => {
  const facts: ReadDigest[] = [];
  eachFactIn(Buffer.from(lines, 'utf8'), (fact) => void facts.push(fact));
  return facts;
};
