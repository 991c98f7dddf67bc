import type { Pool } from 'pg';
import { formatNote, linkText, originOf, parseCheckpoint, sha256, signNote, CompactRange, encodeDigested } from '#evidence';
import type { Checkpoint, Signer } from '#evidence';
import type { Instant } from '#kernel';
import { Refusal, toIso } from '#kernel';
import { inTransaction, putCheckpoints } from '#postgres';
import type { SignedMemory } from './checkpoint-file.js';
import { checkpointsBetween, currentEpoch, lastCheckpoint } from './evidence-tables.js';
import { readDigests } from './stored-facts.js';
import type { StoredFacts } from './stored-facts.js';

interface NewEpochParts {
  readonly pool: Pool;
  readonly facts: StoredFacts;
  readonly logId: string;
  readonly signers: readonly Signer[];
  readonly memory: SignedMemory;
  readonly now: Instant;
  readonly reason: string;
}

const page = 1_000;
const everyCheckpoint = Number.MAX_SAFE_INTEGER;

/** The largest position at which the log as it is now has the root that was signed then. */
const lastGood = async (stored: StoredFacts, logId: string, signed: readonly Checkpoint[]): Promise<number> => {
  const roots = new Map(signed.map(({ size, root }) => [size, root]));
  const until = Math.max(0, ...roots.keys());
  const range = new CompactRange(sha256);
  let good = 0;
  for (;;) {
    const facts = await readDigests(stored, range.size, page, until);
    if (facts.length === 0) return good;
    for (const fact of facts) {
      if (fact.position !== range.size + 1) return good;
      range.push(sha256.leaf(encodeDigested(logId, fact)));
      if (roots.get(range.size)?.equals(range.root())) good = range.size;
    }
  }
};

/**
 * 新纪元 Begins a new epoch after facts were lost or altered: a new name, a signed link that says where the old one ended, and trees made
 * anew from the log as it is. Nothing of the old epoch is touched.
 *
 * Refuses with `evidence.reason-unreadable`, and with `evidence.nothing-signed` where the epoch has no checkpoint that could be contradicted.
 */
export const beginEpoch = async ({ pool, facts, logId, signers, memory, now, reason }: NewEpochParts): Promise<{ readonly epoch: number; readonly link: string; readonly lastGoodPosition: number }> => {
  const remembered = await memory.read();
  return inTransaction(pool, async (tx) => {
    const known = await currentEpoch(tx);
    const ending = Math.max(known, remembered?.epoch ?? 0);
    const stored = await lastCheckpoint(tx, known, 'sha256');
    const outside = remembered && remembered.epoch === ending ? parseCheckpoint(remembered.sha256).checkpoint : null;
    const candidates = [stored?.checkpoint, outside].filter((each): each is Checkpoint => each !== null && each !== undefined);
    const previous = outside && (stored === null || stored.epoch < ending || outside.size >= stored.size) ? outside : stored?.checkpoint;
    if (!previous) throw new Refusal('evidence.nothing-signed', 'Nothing was signed in this epoch yet, so there is nothing that a new one would have to answer for.');
    const earlier = await checkpointsBetween(tx, known, 'sha256', 1, everyCheckpoint, everyCheckpoint);
    const lastGoodPosition = await lastGood(facts, logId, [...candidates, ...earlier.map(({ checkpoint }) => checkpoint)]);
    const epoch = ending + 1;
    const opens = originOf(logId, 'sha256', epoch);
    const text = linkText({ opens, previous, lastGoodPosition, openedAt: toIso(now), reason });
    const link = formatNote({ text, signatures: await Promise.all(signers.map((signer) => signNote(text, opens, signer))) });
    await tx.query('insert into evidence.epochs (epoch, opened_at, link) values ($1, $2, $3)', [epoch, toIso(now), link]);
    // Whoever runs the subscription is fenced out and begins anew, at the first fact.
    await putCheckpoints(tx, 'evidence', 0);
    return { epoch, link, lastGoodPosition };
  });
};
