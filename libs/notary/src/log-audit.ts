import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompactRange, encodeDigested, hashBytes, leafIndexOf, sha256, tileWidth } from '#evidence';
import type { ReadDigest } from '#evidence';
import { checkpointsBetween, tileReader } from './evidence-tables.js';
import type { Database, Finding } from './evidence-tables.js';
import { readDigests } from './stored-facts.js';
import type { StoredFacts } from './stored-facts.js';

const page = 1_000;
/** Facts hashed in one go, a tenth of a millisecond: who appends meanwhile keeps the store busy only if it is let in at once. */
const hashedAtATime = 16;
const checkpointsMost = 1_000_000;

/** Hashes of leaves as the tiles have them, by position. */
const kept = async (database: Database, epoch: number, from: number, to: number): Promise<(position: number) => Buffer | null> => {
  const indices = Array.from({ length: Math.floor(leafIndexOf(to) / tileWidth) - Math.floor(leafIndexOf(from) / tileWidth) + 1 }, (_none, at) => Math.floor(leafIndexOf(from) / tileWidth) + at);
  const tiles = new Map((await tileReader(database, epoch, 'sha256')(indices.map((index) => ({ level: 0, index })))).map(({ index, hashes }) => [index, Buffer.from(hashes)]));
  return (position) => {
    const at = leafIndexOf(position) % tileWidth;
    const hash = tiles.get(Math.floor(leafIndexOf(position) / tileWidth))?.subarray(at * hashBytes, (at + 1) * hashBytes);
    return hash?.length === hashBytes ? hash : null;
  };
};

const differs = (position: number, why: string): Finding => ({ code: 'evidence.fact-differs', position, message: `The fact at position ${position} is not the one that was recorded: ${why}.` });

/**
 * Reads rows of the log again, compares them with the tiles, and tells the leaf hash of each. Answers what is wrong, or null. Nothing of
 * the rows is kept: what a flood leaves to be read between two checkpoints is more than memory should hold.
 */
export const reread = async (
  stored: StoredFacts, database: Database, logId: string, epoch: number, from: number, to: number, onLeaf: (hash: Buffer) => Finding | null = () => null,
): Promise<Finding | null> => {
  const read = (after: number): Promise<readonly ReadDigest[]> => readDigests(stored, after, page, to);
  // While one page is hashed the store fetches the next.
  let coming = read(from - 1);
  for (let next = from; next <= to; ) {
    const facts = await coming;
    coming = facts.length > 0 && next + facts.length <= to ? read(next + facts.length - 1) : Promise.resolve([]);
    coming.catch(() => undefined);
    if (facts.length === 0) return { code: 'evidence.tail-lost', position: next, message: `The log ends before position ${next}, and the tree has leaves up to ${to}.` };
    const hashAt = await kept(database, epoch, next, Math.max(next, facts.at(-1)?.position ?? next));
    for (const fact of facts) {
      if (next % hashedAtATime === 0) await nextTurn();
      if (fact.position !== next) return differs(next, 'it is missing');
      if (!fact.agrees) return differs(next, 'it was asked for by another command than its provenance says');
      const hash = sha256.leaf(encodeDigested(logId, fact));
      if (hashAt(next)?.equals(hash) !== true) return differs(next, 'its hash is another one');
      const finding = onLeaf(hash);
      if (finding) return finding;
      next += 1;
    }
  }
  return null;
};

/**
 * 复核 Goes through the log from its beginning, as many facts at a time as one likes: every row is compared with the tiles, and at every
 * checkpoint the root of what was read with the root that was signed. At the end it begins anew.
 */
export class LogAudit {
  private range = new CompactRange(sha256);
  private epoch = 0;

  constructor(
    private readonly logId: string,
    private readonly stored: StoredFacts,
  ) {}

  /** The last position of this round that was found to be as it was signed, or at least as the tiles have it. */
  get position(): number {
    return this.range.size;
  }

  /** Goes on by at most so many facts, not beyond `until`, the size of a checkpoint. */
  async advance(database: Database, epoch: number, until: number, most: number): Promise<Finding | null> {
    if (this.epoch !== epoch || this.range.size >= until) this.restart(epoch);
    const [from, to] = [this.range.size + 1, Math.min(until, this.range.size + most)];
    if (to < from) return null;
    const signed = new Map((await checkpointsBetween(database, epoch, 'sha256', from, to, checkpointsMost)).map(({ size, checkpoint }) => [size, checkpoint.root]));
    const found = await reread(this.stored, database, this.logId, epoch, from, to, (hash) => {
      this.range.push(hash);
      const root = signed.get(this.range.size);
      if (!root || this.range.root().equals(root)) return null;
      return { code: 'evidence.root-differs', position: null, message: `The facts up to position ${this.position} are not those for which a checkpoint of that size was signed.` };
    });
    if (found) this.restart(epoch);
    return found;
  }

  private restart(epoch: number): void {
    this.range = new CompactRange(sha256);
    this.epoch = epoch;
  }
}
