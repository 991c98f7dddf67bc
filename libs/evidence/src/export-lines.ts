import type { StoredFact } from './leaf.js';
import { fromBase64, malformed, toBase64 } from './lines.js';
import type { TreeName } from './tree-hash.js';

const format = 'threeloops.export/1';

/** 导出 The first line of an export: which part of which log it is. */
export interface ExportHead {
  readonly logId: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** What comes before `from`, as the roots of complete subtrees: enough to reckon every root from there on. */
  readonly before: Readonly<Record<TreeName, readonly Uint8Array[]>>;
}

/** The last line: without it an export was cut. */
export interface ExportEnd {
  readonly to: number;
  /** Facts between the last one exported and the checkpoint are stood in for by a consistency proof. */
  readonly checkpoints: Readonly<Partial<Record<TreeName, string>>>;
  readonly consistency: Readonly<Partial<Record<TreeName, readonly Uint8Array[]>>>;
}

export type ExportLine =
  | { readonly kind: 'head'; readonly head: ExportHead }
  | { readonly kind: 'fact'; readonly fact: ExportedFact }
  | { readonly kind: 'checkpoint'; readonly note: string }
  | { readonly kind: 'link'; readonly note: string }
  | { readonly kind: 'end'; readonly end: ExportEnd };

/** A fact as it stands in an export: the texts still as the bytes of the file, so that they are hashed as they are. */
export interface ExportedFact extends Omit<StoredFact, 'meta' | 'data'> {
  readonly meta: Buffer;
  readonly data: Buffer;
  /** The hash of its leaf in the SHA-256 tree, so that an alteration is found at its place. */
  readonly leaf: Buffer;
}

type Both = Readonly<Partial<Record<TreeName, readonly Uint8Array[]>>>;
const written = (both: Both): object => Object.fromEntries(Object.entries(both).map(([tree, hashes]) => [tree, hashes.map(toBase64)]));

export const headLine = ({ logId, epoch, from, to, before }: ExportHead): string => `${JSON.stringify({ format, logId, epoch, from, to, before: written(before) })}\n`;

/**
 * One fact on one line of JSON. Provenance and payload stand there as the very texts that are recorded, neither escaped nor written anew;
 * `bytes` says how long they are.
 */
export const factLine = ({ position, eventId, stream, version, type, schema, recordedAt, meta, data }: StoredFact, leafHash: Uint8Array): string => {
  const bytes = [Buffer.byteLength(meta), Buffer.byteLength(data)];
  const head = JSON.stringify({ position, eventId, stream, version, type, schema, recordedAt, leaf: toBase64(leafHash), bytes });
  return `${head.slice(0, -1)},"meta":${meta},"data":${data}}\n`;
};

export const checkpointLine = (note: string): string => `${JSON.stringify({ checkpoint: note })}\n`;
export const linkLine = (note: string): string => `${JSON.stringify({ link: note })}\n`;
export const endLine = ({ to, checkpoints, consistency }: ExportEnd): string => `${JSON.stringify({ end: { to, checkpoints, consistency: written(consistency) } })}\n`;

const unreadable = (why: string): Error => malformed('evidence.export-unreadable', 'line of an export', why);

const hashesIn = (value: unknown): readonly Buffer[] => {
  if (!Array.isArray(value)) throw unreadable('hashes are missing');
  return value.map((each) => (typeof each === 'string' ? fromBase64(each) : null) ?? Buffer.alloc(0));
};

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string';

const metaMark = Buffer.from(',"meta":');
const dataMark = Buffer.from(',"data":');
const closing = '}'.charCodeAt(0);

/** As many as `factLine` writes before the texts. */
const fieldsOfHead = 9;

const parseFact = (line: Buffer, mark: number): ExportedFact => {
  const head = JSON.parse(`${line.toString('utf8', 0, mark)}}`) as Record<string, unknown>;
  const { position, eventId, stream, version, type, schema, recordedAt, leaf, bytes } = head;
  const [metaBytes, dataBytes] = Array.isArray(bytes) ? (bytes as unknown[]) : [];
  const leafHash = isText(leaf) ? fromBase64(leaf) : null;
  if (!isWhole(position) || !isWhole(version) || !isWhole(schema) || !isWhole(metaBytes) || !isWhole(dataBytes)) throw unreadable('a number is missing');
  if (!isText(eventId) || !isText(stream) || !isText(type) || !isText(recordedAt) || leafHash === null || Object.keys(head).length !== fieldsOfHead) throw unreadable('a field is missing, or there is one too many');
  const metaAt = mark + metaMark.length;
  const dataAt = metaAt + metaBytes + dataMark.length;
  const divided = line.subarray(metaAt + metaBytes, dataAt).equals(dataMark);
  if (!divided || dataAt + dataBytes + 1 !== line.length || line[line.length - 1] !== closing) throw unreadable('its texts are not as long as it says');
  return { position, eventId, stream, version, type, schema, recordedAt, leaf: leafHash, meta: line.subarray(metaAt, metaAt + metaBytes), data: line.subarray(dataAt, dataAt + dataBytes) };
};

const parseOther = (text: string): ExportLine => {
  const value = JSON.parse(text) as Record<string, unknown>;
  if (value['format'] !== undefined) {
    const { format: named, logId, epoch, from, to, before } = value;
    if (named !== format) throw unreadable(`its format is not ${format}`);
    if (!isText(logId) || !isWhole(epoch) || !isWhole(from) || !isWhole(to) || typeof before !== 'object' || before === null) throw unreadable('it does not say what it holds');
    const { sha256, sm3 } = before as Record<string, unknown>;
    return { kind: 'head', head: { logId, epoch, from, to, before: { sha256: hashesIn(sha256), sm3: hashesIn(sm3) } } };
  }
  if (isText(value['checkpoint'])) return { kind: 'checkpoint', note: value['checkpoint'] };
  if (isText(value['link'])) return { kind: 'link', note: value['link'] };
  const end = value['end'] as Record<string, unknown> | undefined;
  if (typeof end !== 'object' || end === null || !isWhole(end['to'])) throw unreadable('it is none of those that there are');
  const checkpoints = (end['checkpoints'] ?? {}) as Partial<Record<TreeName, string>>;
  const consistency = Object.fromEntries(Object.entries((end['consistency'] ?? {}) as object).map(([tree, hashes]) => [tree, hashesIn(hashes)]));
  return { kind: 'end', end: { to: end['to'], checkpoints, consistency } };
};

/** Reads one line, without its newline. Refuses with `evidence.export-unreadable`. */
export const parseExportLine = (line: Buffer): ExportLine => {
  try {
    const mark = line.indexOf(metaMark);
    return mark < 0 ? parseOther(line.toString('utf8')) : { kind: 'fact', fact: parseFact(line, mark) };
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable('it is no JSON');
    throw error;
  }
};
