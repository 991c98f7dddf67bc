import {
  checkpointText, decodeLeaf, ed25519Signer, encodeLeaf, endLine, factLine, formatNote, formatPolicy, headLine, keyOfSigner, leafIndexOf, originOf, parseCheckpoint, sha256, signNote,
  sm2Signer, TiledTree, TileWriter, toBase64, treeHashes,
} from '#evidence';
import type { EvidenceBook, EvidenceStatus, LeafProof, Receipt, SignedState, StoredFact, Tile, TreeName } from '#evidence';
import { fromIso, Refusal, toIso, Unavailable } from '#kernel';
import type { Clock, EventStore, RecordedEvent } from '#kernel';

const signers = [ed25519Signer(Buffer.alloc(32, 1)), sm2Signer(Buffer.alloc(32, 2))];

const storedFact = ({ position, eventId, stream, version, type, schema, recordedAt, data, ...meta }: RecordedEvent): StoredFact => ({
  position, eventId, stream, version, type, schema, recordedAt, meta: JSON.stringify(meta), data: JSON.stringify(data),
});

interface Picture {
  readonly logId: string;
  readonly facts: readonly StoredFact[];
  readonly trees: Readonly<Record<TreeName, TiledTree>>;
  readonly notes: Readonly<Record<TreeName, string>>;
}

/** Evidence over a log in memory: made anew at every question, signed up to the end of the log or to where it is held. */
export class MemoryEvidenceBook implements EvidenceBook {
  /** Position beyond which nothing is signed; null for none. */
  heldAt: number | null = null;
  alarm: EvidenceStatus['alarm'] = null;

  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'identity' | 'head'>,
    private readonly clock: Clock,
  ) {}

  async status(): Promise<EvidenceStatus> {
    const { logId, facts, notes } = await this.picture();
    const states = Object.fromEntries(Object.entries(notes).map(([tree, note]) => {
      const { origin, size, root } = parseCheckpoint(note).checkpoint;
      return [tree, size === 0 ? null : { origin, size, root: toBase64(root), signedAt: toIso(this.clock.now()) }];
    })) as Record<TreeName, SignedState | null>;
    const { position: logPosition } = await this.store.head();
    const [oldest] = await this.store.readAll(0, 1);
    return {
      logId, epoch: 1, logPosition, treeSize: facts.length, checkpoints: states, witnesses: [], witnessesNeeded: 0, witnessedPosition: 0, alarm: this.alarm, links: [],
      keys: formatPolicy(treeHashes.flatMap(({ name }) => signers.map((signer) => keyOfSigner(originOf(logId, name), signer)))),
      unwitnessedSeconds: oldest ? Math.round((this.clock.now() - fromIso(oldest.recordedAt)) / 1_000) : 0,
    };
  }

  async checkpoint(tree: TreeName): Promise<string> {
    return (await this.picture()).notes[tree];
  }

  async consistency(tree: TreeName, from: number, to: number): Promise<readonly Buffer[]> {
    const { trees, facts } = await this.picture();
    if (from > to || to > facts.length) throw new Refusal('evidence.range-unknown', 'There is no such proof.');
    return trees[tree].consistency(from, to);
  }

  async leaf(position: number): Promise<LeafProof> {
    const { logId, facts, trees, notes } = await this.picture();
    const fact = facts[position - 1];
    if (!fact && position <= (await this.store.head()).position) throw new Unavailable('evidence.not-signed-yet', 'Soon.', 5);
    if (!fact) throw new Refusal('evidence.position-unknown', `The log has no position ${position}.`);
    const leaf = encodeLeaf(logId, fact);
    const proofs = await Promise.all(treeHashes.map(async (hash) => [
      hash.name, { hash: hash.leaf(leaf), size: facts.length, proof: await trees[hash.name].inclusion(leafIndexOf(position), facts.length), checkpoint: notes[hash.name] },
    ]));
    return { position, leaf, content: decodeLeaf(leaf), trees: Object.fromEntries(proofs) as LeafProof['trees'] };
  }

  async receipt(position: number): Promise<Receipt> {
    const { leaf, trees: { sha256: { proof, checkpoint } } } = await this.leaf(position);
    return { leaf, index: leafIndexOf(position), proof, checkpoint };
  }

  async exportLines(from: number, until?: number): Promise<AsyncIterable<string>> {
    const { logId, facts, trees, notes } = await this.picture();
    const to = until ?? facts.length;
    if (from > to || to > facts.length) throw new Refusal('evidence.range-unknown', 'There are no such positions.');
    const before = { sha256: await trees.sha256.rangeAt(from - 1), sm3: await trees.sm3.rangeAt(from - 1) };
    const consistency = { sha256: await trees.sha256.consistency(to, facts.length), sm3: await trees.sm3.consistency(to, facts.length) };
    return (async function* () {
      yield headLine({ logId, epoch: 1, from, to, before });
      for (const fact of facts.slice(from - 1, to)) yield factLine(fact, sha256.leaf(encodeLeaf(logId, fact)));
      yield endLine({ to, checkpoints: notes, consistency });
    })();
  }

  private async picture(): Promise<Picture> {
    const { logId } = this.store.identity();
    const facts = (await this.store.readAll(0, this.heldAt ?? Number.MAX_SAFE_INTEGER)).map(storedFact);
    const parts = await Promise.all(treeHashes.map(async (hash) => {
      const writer = new TileWriter(hash);
      for (const fact of facts) writer.push(hash.leaf(encodeLeaf(logId, fact)));
      const tiles = writer.takeChanged();
      const tree = new TiledTree(hash, (wanted) => Promise.resolve(wanted.flatMap(({ level, index }): readonly Tile[] => tiles.filter((tile) => tile.level === level && tile.index === index))));
      const origin = originOf(logId, hash.name);
      const text = checkpointText({ origin, size: facts.length, root: await tree.rootAt(facts.length) });
      return [hash.name, tree, formatNote({ text, signatures: await Promise.all(signers.map((signer) => signNote(text, origin, signer))) })] as const;
    }));
    return {
      logId, facts, trees: Object.fromEntries(parts.map(([name, tree]) => [name, tree])) as unknown as Picture['trees'],
      notes: Object.fromEntries(parts.map(([name, , note]) => [name, note])) as unknown as Picture['notes'],
    };
  }
}
