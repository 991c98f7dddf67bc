import { fromIso, toIso } from '#kernel';
import type { DigestedFact } from './leaf.js';

/** 已读摘要 What a leaf is made of, reckoned from the stored texts at this moment. */
export interface ReadDigest extends DigestedFact {
  /** Whether the provenance names the command that the fact is recorded under; no leaf says it. */
  readonly agrees: boolean;
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

const plainFields = 10;

/** Reads lines that stand one behind the other. Throws an ordinary error for a text that `lineOf` cannot have written. */
export const factsIn = (text: string): readonly ReadDigest[] => {
  const isAscii = !beyondAscii.test(text);
  // Lengths are bytes: beyond ASCII the text is read byte by byte, too.
  const bytes = isAscii ? text : Buffer.from(text, 'utf8').toString('latin1');
  const textOf = (field: string): string => (isAscii ? field : Buffer.from(field, 'latin1').toString('utf8'));
  const facts: ReadDigest[] = [];
  for (let at = 0; at < bytes.length; ) {
    const fields: string[] = [];
    for (let field = 0; field < plainFields; field += 1) {
      const end = bytes.indexOf(separator, at);
      if (end < 0) throw new Error('a line of a fact is cut short');
      fields.push(bytes.slice(at, end));
      at = end + 1;
    }
    const [position, eventId = '', version, schema, ms, agreed, metaSha256 = '', dataSha256 = '', ofType, ofStream] = fields;
    const endOfType = at + Number(ofType);
    const end = endOfType + 1 + Number(ofStream);
    if (bytes[endOfType] !== separator || bytes[end] !== '\n') throw new Error(`the line of position ${position} is not as long as it says`);
    facts.push({
      position: Number(position), eventId, version: Number(version), schema: Number(schema), recordedAt: toIso(Number(ms)), agrees: agreed === '1', metaSha256, dataSha256,
      type: textOf(bytes.slice(at, endOfType)), stream: textOf(bytes.slice(endOfType + 1, end)),
    });
    at = end + 1;
  }
  return facts;
};
