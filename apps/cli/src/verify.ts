import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  altered, ExportVerifier, fromBase64, ok, parseCheckpoint, parseLink, parsePolicy, parseReceipt, readReceipt, signersOf, treeHashOf, treeOfOrigin, trust, undecided, verifyConsistency,
} from '#evidence';
import type { Checkpoint, ExportTrust, TrustPolicy, Verdict } from '#evidence';
import { Refusal } from '#kernel';

export interface VerifyFlags {
  readonly key?: string;
  readonly checkpoint?: string;
  readonly proof?: string;
  readonly link?: string;
  readonly export?: string;
}

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Refusal('file.unreadable', `${path} cannot be read: ${(error as Error).message}`, { path });
  }
};

const policyIn = async (path: string | undefined): Promise<TrustPolicy | null> => (path === undefined ? null : parsePolicy(await textOf(path)));

const newline = 10;
const chunkBytes = 1 << 20;

/** Hands over every line of a file without its newline, until the hearer has heard enough. Files that end in `.gz` are unpacked. */
export const eachLine = async (path: string, hear: (line: Buffer) => boolean): Promise<void> => {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  // Whatever goes wrong with the file ends the unpacking too, and so is thrown here.
  const chunks = path.endsWith('.gz') ? pipeline(file, createGunzip({ chunkSize: chunkBytes }), () => undefined) : file;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let to = block.indexOf(newline, from); to >= 0; to = block.indexOf(newline, from)) {
        if (!hear(block.subarray(from, to))) return;
        from = to + 1;
      }
      rest = block.subarray(from);
    }
  } catch (error) {
    throw new Refusal('file.unreadable', `${path} cannot be read: ${(error as Error).message}`, { path });
  } finally {
    file.destroy();
  }
  if (rest.length > 0) hear(rest);
};

/** 导出验证 An export against the keys of the log, or against a checkpoint that one has from elsewhere. */
const verifyExportFile = async (path: string, trusted: ExportTrust, onLine: () => void = () => undefined): Promise<Verdict> => {
  const verifier = new ExportVerifier(trusted);
  await eachLine(path, (line) => {
    onLine();
    return verifier.take(line);
  });
  return verifier.end();
};

/** What the files say that a verifier was given. */
export const trustIn = async ({ key, checkpoint }: VerifyFlags): Promise<ExportTrust> => {
  const policy = await policyIn(key);
  return { ...(policy ? { policy } : {}), ...(checkpoint === undefined ? {} : { checkpoint: parseCheckpoint(await textOf(checkpoint)) }) };
};

export const verifyExport = async (path: string, flags: VerifyFlags, onLine?: () => void): Promise<Verdict> => verifyExportFile(path, await trustIn(flags), onLine);

/** 回执验证 That what a receipt tells of stands in the log whose keys are given. */
export const verifyReceipt = async (path: string, { key }: VerifyFlags): Promise<Verdict> => {
  const { note, checkpoint, content, included } = readReceipt(parseReceipt(await textOf(path)));
  if (!included) return altered('evidence.receipt-wrong', `The receipt does not lead to the checkpoint that it carries: the fact at position ${content.position} is not as it was signed.`, content.position);
  const policy = await policyIn(key);
  if (!policy) return undecided('evidence.no-key', 'The receipt agrees with itself, but without the key of the log (--key) anybody could have made it.');
  const belief = trust(note, policy);
  if (!belief.trusted) {
    return belief.code === 'evidence.signature-wrong'
      ? altered(belief.code, `Not believed: ${belief.why}.`, content.position)
      : undecided(belief.code, `Cannot tell: ${belief.why}.`);
  }
  if (!checkpoint.origin.startsWith(`threeloops/${content.logId}`)) return altered('evidence.key-of-another-log', `The receipt is of log ${content.logId}, its checkpoint of ${checkpoint.origin}.`, content.position);
  const { position, type, stream, recordedAt } = content;
  return ok(`${type} of ${stream} stands at position ${position}, recorded ${recordedAt}; signed with ${checkpoint.size} facts.`, { position, type, stream, recordedAt, origin: checkpoint.origin });
};

const proofIn = async (path: string | undefined): Promise<readonly Buffer[]> => {
  if (path === undefined) return [];
  const text = (await textOf(path)).trim();
  const steps = text.startsWith('{') ? (JSON.parse(text) as { proof?: unknown }).proof : text === '' ? [] : text.split(/\s+/);
  if (!Array.isArray(steps)) throw new Refusal('evidence.proof-unreadable', `${path} holds no proof.`);
  return steps.map((step) => (typeof step === 'string' ? fromBase64(step) : null) ?? Buffer.alloc(0));
};

const believed = async (path: string, policy: TrustPolicy): Promise<Checkpoint | Verdict> => {
  const { note } = parseCheckpoint(await textOf(path));
  const belief = trust(note, policy);
  if (belief.trusted) return belief.checkpoint;
  return belief.code === 'evidence.signature-wrong' ? altered(belief.code, `${path} is not believed: ${belief.why}.`) : undecided(belief.code, `${path}: ${belief.why}.`);
};

/** Up to where the log of a new epoch is the one of the old; what lay behind it is said to be lost. */
const acrossEpochs = async (older: Checkpoint, newer: Checkpoint, policy: TrustPolicy, linkFile: string | undefined): Promise<Verdict | null> => {
  if (linkFile === undefined) return undecided('evidence.another-log', `${older.origin} and ${newer.origin} are two logs; if one is a later epoch of the other, give its link (--link).`);
  const { note, link } = parseLink(await textOf(linkFile));
  if (!signersOf(note, policy.logs)?.some(({ name }) => name === link.opens)) return altered('evidence.signature-wrong', `The link ${linkFile} is not signed by the log whose keys were given.`);
  const suffix = treeOfOrigin(older.origin) === 'sm3' ? '/sm3' : '';
  if (`${link.previous.origin}${suffix}` !== older.origin || `${link.opens}${suffix}` !== newer.origin) return undecided('evidence.another-log', `The link leads from ${link.previous.origin} to ${link.opens}, and not from ${older.origin} to ${newer.origin}.`);
  return older.size <= link.lastGoodPosition ? null
    : altered('evidence.epoch-lost-tail', `The log began a new epoch on ${link.openedAt} (${link.reason}): what stood behind position ${link.lastGoodPosition} before is not there any more, or not as it was.`, link.lastGoodPosition + 1, older.size);
};

/** 一致性验证 That an older checkpoint is the beginning of a newer one. */
export const verifyConsistencyOf = async (olderFile: string, newerFile: string, { key, proof, link }: VerifyFlags): Promise<Verdict> => {
  const policy = await policyIn(key);
  if (!policy) return undecided('evidence.no-key', 'Without the key of the log (--key) anybody could have made these checkpoints.');
  const [older, newer] = [await believed(olderFile, policy), await believed(newerFile, policy)];
  if ('verdict' in older) return older;
  if ('verdict' in newer) return newer;
  const tree = treeOfOrigin(older.origin);
  if (tree !== treeOfOrigin(newer.origin)) return undecided('evidence.another-log', `${older.origin} and ${newer.origin} are hashed in two ways and cannot be compared.`);
  if (older.origin !== newer.origin) {
    const verdict = await acrossEpochs(older, newer, policy, link);
    if (verdict) return verdict;
  }
  if (older.size > newer.size) return undecided('evidence.order', `The first checkpoint has ${older.size} facts and the second ${newer.size}; the older one comes first.`);
  if (older.size < newer.size && proof === undefined) return undecided('evidence.no-proof', 'A consistency proof is needed (--proof), as GET /api/evidence/consistency gives it.');
  return verifyConsistency(treeHashOf(tree), older.size, newer.size, await proofIn(proof), older.root, newer.root)
    ? ok(`The log of ${older.size} facts is the beginning of the log of ${newer.size} facts.`, { origin: newer.origin, from: older.size, to: newer.size })
    : altered('evidence.not-consistent', `The log of ${older.size} facts is not the beginning of the log of ${newer.size} facts, or the proof is of others.`);
};
