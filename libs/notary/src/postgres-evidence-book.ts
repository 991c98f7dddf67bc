import type { Pool } from 'pg';
import { decodeLeaf, encodeLeaf, formatPolicy, keyOfSigner, leafIndexOf, originOf, TiledTree, toBase64, treeHashes, treeHashOf, treeNames } from '#evidence';
import type { EvidenceBook, EvidenceStatus, LeafProof, Receipt, Signer, SignedState, TreeName, VerifierKey } from '#evidence';
import type { Clock } from '#kernel';
import { fromIso, Refusal, Unavailable } from '#kernel';
import { orUnavailable } from '#postgres';
import { currentEpoch, epochLinks, lastCheckpoint, lastCosignatures, openAlarm, sizes, tileReader, withCosignatures } from './evidence-tables.js';
import type { StoredCheckpoint } from './evidence-tables.js';
import { exportLines } from './export-log.js';
import type { StoredFacts } from './stored-facts.js';
import type { WitnessAddress } from './witness-client.js';
import { witnessId } from './witnessing.js';

interface EvidenceBookParts {
  readonly pool: Pool;
  readonly facts: StoredFacts;
  readonly logId: string;
  readonly signers: readonly Signer[];
  readonly clock: Clock;
  readonly witnesses: readonly WitnessAddress[];
  /** What keeps a witness from cosigning, as far as this process knows. */
  readonly problemOf: (witness: WitnessAddress) => string | null;
  /** How many of the witnesses must have cosigned. */
  readonly witnessesNeeded: number;
}

const notYet = (): Unavailable => new Unavailable('evidence.not-signed-yet', 'The next checkpoint will cover this; it is signed every few seconds.', 5);

const stateOf = (stored: StoredCheckpoint | null): SignedState | null => (stored ? { origin: stored.checkpoint.origin, size: stored.size, root: toBase64(stored.checkpoint.root), signedAt: stored.signedAt } : null);

/** Keys of a log in all its epochs, under every name that it signs with. */
const keysOf = (logId: string, signers: readonly Signer[], epochs: number): readonly VerifierKey[] =>
  Array.from({ length: epochs }, (_none, index) => treeNames.flatMap((tree) => signers.map((signer) => keyOfSigner(originOf(logId, tree, index + 1), signer)))).flat();

/** 存证簿(PostgreSQL) Reads what the notary keeps. */
export class PostgresEvidenceBook implements EvidenceBook {
  constructor(private readonly parts: EvidenceBookParts) {}

  status(): Promise<EvidenceStatus> {
    return orUnavailable(async () => {
      const { pool, facts, logId, signers, witnesses: known, problemOf, witnessesNeeded, clock } = this.parts;
      const epoch = await currentEpoch(pool);
      const [{ tree: treeSize, log: logPosition }, sha256, sm3, cosigned, alarm, links] = await Promise.all([
        sizes(pool, facts), lastCheckpoint(pool, epoch, 'sha256'), lastCheckpoint(pool, epoch, 'sm3'), lastCosignatures(pool, epoch, 'sha256'), openAlarm(pool, epoch), epochLinks(pool),
      ]);
      const witnesses = known.map((witness) => {
        const found = cosigned.find((each) => each.witness === witnessId(witness));
        return { name: witness.key.name, url: witness.url, size: found?.size ?? 0, cosignedAt: found?.cosignedAt ?? null, problem: problemOf(witness) };
      });
      const covered = witnesses.map(({ size }) => size).sort((a, b) => b - a);
      const witnessedPosition = witnessesNeeded === 0 ? 0 : (covered[witnessesNeeded - 1] ?? 0);
      const [oldest] = await facts.readAll(witnessedPosition, 1, witnessedPosition + 1);
      return {
        logId, epoch, logPosition, treeSize, checkpoints: { sha256: stateOf(sha256), sm3: stateOf(sm3) }, witnesses, witnessesNeeded, witnessedPosition, alarm, links,
        keys: formatPolicy(keysOf(logId, signers, epoch), known.map(({ key }) => key), witnessesNeeded),
        unwitnessedSeconds: oldest ? Math.max(0, Math.round((clock.now() - fromIso(oldest.recordedAt)) / 1_000)) : 0,
      };
    });
  }

  checkpoint(tree: TreeName): Promise<string> {
    return orUnavailable(async () => withCosignatures(this.parts.pool, await this.last(tree)));
  }

  consistency(tree: TreeName, from: number, to: number): Promise<readonly Buffer[]> {
    return orUnavailable(async () => {
      const { epoch, size } = await this.last(tree);
      if (from < 1 || from > to || to > size) throw new Refusal('evidence.range-unknown', `There are proofs between sizes from 1 to ${size}, the smaller one first.`, { from, to, size });
      return this.treeOf(epoch, tree).consistency(from, to);
    });
  }

  leaf(position: number): Promise<LeafProof> {
    return orUnavailable(async () => {
      const { pool, facts, logId } = this.parts;
      const [fact] = await facts.readAll(position - 1, 1, position);
      if (!fact) throw new Refusal('evidence.position-unknown', `The log has no position ${position}.`, { position });
      const leaf = encodeLeaf(logId, fact);
      const trees = Object.fromEntries(await Promise.all(treeHashes.map(async (hash) => {
        const last = await this.last(hash.name);
        if (position > last.size) throw notYet();
        const proof = await this.treeOf(last.epoch, hash.name).inclusion(leafIndexOf(position), last.size);
        return [hash.name, { hash: hash.leaf(leaf), size: last.size, proof, checkpoint: await withCosignatures(pool, last) }];
      }))) as LeafProof['trees'];
      return { position, leaf, content: decodeLeaf(leaf), trees };
    });
  }

  async receipt(position: number): Promise<Receipt> {
    const { leaf, trees: { sha256: { proof, checkpoint } } } = await this.leaf(position);
    return { leaf, index: leafIndexOf(position), proof, checkpoint };
  }

  exportLines(from: number, to?: number): Promise<AsyncIterable<string>> {
    return orUnavailable(async () => {
      const { pool, facts, logId } = this.parts;
      const last = { sha256: await this.last('sha256'), sm3: await this.last('sm3') };
      const signed = Math.min(last.sha256.size, last.sm3.size);
      const until = to ?? signed;
      if (from < 1 || from > until || until > signed) throw new Refusal('evidence.range-unknown', `Positions 1 to ${signed} are signed and can be exported, the smaller one first.`, { from, to: until, signed });
      return exportLines({ database: pool, facts, logId, epoch: last.sha256.epoch, last }, from, until);
    });
  }

  private async last(tree: TreeName): Promise<StoredCheckpoint> {
    const found = await lastCheckpoint(this.parts.pool, await currentEpoch(this.parts.pool), tree);
    if (!found) throw notYet();
    return found;
  }

  private treeOf(epoch: number, tree: TreeName): TiledTree {
    return new TiledTree(treeHashOf(tree), tileReader(this.parts.pool, epoch, tree));
  }
}
