import { Refusal } from '#kernel';
import { originOf, parseCheckpoint, sha256OriginOf, treeOfOrigin } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import { CompactRange } from './compact-range.js';
import type { EpochLink } from './epoch-link.js';
import { parseLink } from './epoch-link.js';
import { parseExportLine } from './export-lines.js';
import type { ExportedFact, ExportEnd, ExportHead } from './export-lines.js';
import { signersOf } from './keys.js';
import { LeafWriter } from './leaf.js';
import type { Note } from './note.js';
import { trust } from './policy.js';
import type { TrustPolicy } from './policy.js';
import { verifyConsistency } from './proofs.js';
import { hashBytes, hexDigestOf, sha256, treeHashes, treeHashOf } from './tree-hash.js';
import type { TreeHash, TreeName } from './tree-hash.js';
import { altered, ok, undecided } from './verdict.js';
import type { Verdict } from './verdict.js';

export interface ExportTrust {
  /** Keys of the log, and of witnesses; without them only what was got from elsewhere is believed. */
  readonly policy?: TrustPolicy;
  /** A checkpoint that the verifier has from elsewhere. */
  readonly checkpoint?: { readonly note: Note; readonly checkpoint: Checkpoint };
  /** Which trees are reckoned; both when left out. */
  readonly trees?: readonly TreeName[];
}

/**
 * 导出验证 Verifies an export line by line, in memory that does not grow with it. After the first thing that is wrong it looks at nothing
 * more.
 */
export class ExportVerifier {
  private readonly hashes: readonly TreeHash[];
  private head: ExportHead | null = null;
  private leaves: LeafWriter | null = null;
  /** The hash of the leaf that is being looked at. */
  private readonly leaf = Buffer.alloc(hashBytes);
  private readonly ranges = new Map<TreeName, CompactRange>();
  /** The last position that a checkpoint in the export vouches for. */
  private goodUntil = 0;
  private next = 1;
  private lines = 0;
  private outsideMet = false;
  private readonly links: EpochLink[] = [];
  private verdict: Verdict | null = null;
  private ended: ExportEnd | null = null;

  constructor(private readonly trusted: ExportTrust) {
    const { trees, checkpoint } = trusted;
    const outside = checkpoint ? [treeOfOrigin(checkpoint.checkpoint.origin)] : [];
    this.hashes = treeHashes.filter(({ name }) => trees === undefined || [...trees, ...outside].includes(name));
  }

  /** One line without its newline; false when nothing more needs to be read. */
  take(line: Buffer): boolean {
    if (this.verdict) return false;
    this.lines += 1;
    try {
      this.verdict = this.read(line);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.verdict = this.head ? altered(error.code, `Line ${this.lines}: ${error.message}`, this.next) : undecided(error.code, `This is no export of a log: ${error.message}`);
    }
    return this.verdict === null;
  }

  end(): Verdict {
    if (this.verdict) return this.verdict;
    const { head, ended } = this;
    if (!head) return undecided('evidence.export-empty', 'There is nothing in this export.');
    if (!ended) return altered('evidence.export-cut', `The export was cut: it ends after position ${this.next - 1} without its last line.`, this.next);
    return this.judge(head, ended);
  }

  private read(line: Buffer): Verdict | null {
    if (this.ended) return altered('evidence.export-unreadable', `Line ${this.lines}: something stands behind the last line.`, this.next);
    const found = parseExportLine(line);
    if (this.head === null) {
      if (found.kind !== 'head') return undecided('evidence.export-unreadable', 'The first line is not that of an export.');
      this.begin(found.head);
      return this.meetOutside();
    }
    switch (found.kind) {
      case 'head': return altered('evidence.export-unreadable', `Line ${this.lines}: a second beginning.`, this.next);
      case 'fact': return this.fact(this.head, found.fact);
      case 'checkpoint': return this.checkpoint(this.head, found.note);
      case 'link': return this.link(found.note);
      case 'end':
        this.ended = found.end;
        return found.end.to === this.next - 1 && found.end.to === this.head.to
          ? null
          : altered('evidence.export-cut', `The export says that it ends at position ${found.end.to}, and its facts end at ${this.next - 1}.`, this.next);
    }
  }

  private begin(head: ExportHead): void {
    if (head.from < 1) throw new Refusal('evidence.export-unreadable', 'positions are counted from 1.');
    for (const hash of this.hashes) this.ranges.set(hash.name, new CompactRange(hash, head.from - 1, head.before[hash.name]));
    this.head = head;
    this.next = head.from;
    this.goodUntil = head.from - 1;
  }

  private fact({ logId }: ExportHead, fact: ExportedFact): Verdict | null {
    const { position } = fact;
    if (position !== this.next) return altered('evidence.fact-misplaced', `Where position ${this.next} belongs stands position ${position}.`, this.next);
    const { eventId, stream, version, type, schema, recordedAt, meta, data } = fact;
    this.leaves ??= new LeafWriter(logId);
    const behindZero = this.leaves.behindZero({ position, eventId, stream, version, type, schema, recordedAt, metaSha256: hexDigestOf(meta), dataSha256: hexDigestOf(data) });
    const { leaf } = this;
    for (const hash of this.hashes) {
      hash.leafInto(leaf, 0, behindZero);
      if (hash === sha256 && !leaf.equals(fact.leaf)) return altered('evidence.fact-altered', `The fact at position ${position} is not the one whose hash stands beside it.`, position);
      this.ranges.get(hash.name)?.push(leaf);
    }
    this.next += 1;
    return this.meetOutside();
  }

  private stretch(message: string): Verdict {
    return altered('evidence.root-differs', message, Math.min(this.goodUntil + 1, this.next - 1), this.next - 1);
  }

  /** The verifier's own checkpoint is compared at the very position it speaks of. */
  private meetOutside(): Verdict | null {
    const outside = this.trusted.checkpoint?.checkpoint;
    if (!outside || outside.size !== this.next - 1) return null;
    this.outsideMet = true;
    const root = this.ranges.get(treeOfOrigin(outside.origin))?.root();
    if (root?.equals(outside.root)) {
      this.goodUntil = outside.size;
      return null;
    }
    const link = this.endOf(outside);
    if (link === null) return this.stretch(`Up to position ${outside.size} the export is not what the checkpoint of ${outside.origin} was signed for.`);
    return altered('evidence.epoch-lost-tail', `The log began a new epoch on ${link.openedAt} (${link.reason}): what stood behind position ${link.lastGoodPosition} before is not there any more, or not as it was.`, link.lastGoodPosition + 1, outside.size);
  }

  /** The link to the epoch in which what a checkpoint vouched for was not all there any more, however many epochs later; the oldest links stand first. */
  private endOf({ origin, size }: Checkpoint): EpochLink | null {
    let epoch = sha256OriginOf(origin);
    for (const link of this.links) {
      if (link.previous.origin !== epoch) continue;
      if (link.lastGoodPosition < size) return link;
      epoch = link.opens;
    }
    return null;
  }

  private checkpoint({ logId, epoch }: ExportHead, text: string): Verdict | null {
    const { note, checkpoint } = parseCheckpoint(text);
    const tree = treeOfOrigin(checkpoint.origin);
    const range = this.ranges.get(tree);
    if (!range) return null;
    if (checkpoint.origin !== originOf(logId, tree, epoch)) return altered('evidence.key-of-another-log', `A checkpoint of ${checkpoint.origin} stands in an export of ${originOf(logId, tree, epoch)}.`, this.next);
    if (checkpoint.size !== range.size || !range.root().equals(checkpoint.root)) return this.stretch(`Up to position ${this.next - 1} the export is not what its own checkpoint says.`);
    const { policy } = this.trusted;
    // Along the way one signature is enough; at the end all of them are looked at.
    const keys = (policy?.logs ?? []).filter(({ name, kind }) => name === checkpoint.origin && kind === 'ed25519');
    if (keys.length > 0 && (signersOf(note, keys) ?? []).length === 0) {
      return altered('evidence.signature-wrong', `The checkpoint at position ${checkpoint.size} is not signed by the log whose keys were given.`, this.goodUntil + 1, checkpoint.size);
    }
    this.goodUntil = checkpoint.size;
    return null;
  }

  private link(text: string): Verdict | null {
    const { note, link } = parseLink(text);
    const { policy } = this.trusted;
    const keys = (policy?.logs ?? []).filter(({ name, kind }) => name === link.opens && kind === 'ed25519');
    if (keys.length > 0 && (signersOf(note, keys) ?? []).length === 0) {
      return altered('evidence.signature-wrong', `The link to the epoch ${link.opens} is not signed by the log whose keys were given.`, link.lastGoodPosition + 1);
    }
    this.links.push(link);
    return null;
  }

  private judge(head: ExportHead, { to, checkpoints, consistency }: ExportEnd): Verdict {
    const { policy, checkpoint: outside } = this.trusted;
    const origins: string[] = [];
    for (const { name } of this.hashes) {
      const text = checkpoints[name];
      if (text === undefined) return undecided('evidence.export-unsigned', `No checkpoint of the ${name} log covers this export; it says nothing about what was signed.`);
      const { note, checkpoint } = parseCheckpoint(text);
      if (checkpoint.origin !== originOf(head.logId, name, head.epoch)) return altered('evidence.key-of-another-log', `The export of ${head.logId} ends with a checkpoint of ${checkpoint.origin}.`, head.from, to);
      const root = this.ranges.get(name)?.root() as Buffer;
      if (!(to === 0 || verifyConsistency(treeHashOf(name), to, checkpoint.size, consistency[name] ?? [], root, checkpoint.root))) {
        return this.stretch(`The facts up to position ${to} are not what the checkpoint of ${checkpoint.origin} was signed for.`);
      }
      const belief = policy ? trust(note, policy) : null;
      if (belief && !belief.trusted) {
        if (belief.code === 'evidence.not-witnessed') return undecided(belief.code, `${belief.why}.`);
        return belief.code === 'evidence.key-of-another-log' ? undecided(belief.code, `Cannot tell: ${belief.why}.`) : altered(belief.code, `Not believed: ${belief.why}.`, this.goodUntil + 1, to);
      }
      origins.push(`${checkpoint.origin} at ${checkpoint.size}`);
    }
    const details = { logId: head.logId, epoch: head.epoch, from: head.from, to, facts: to - head.from + 1, checkpoints: origins };
    if (outside && !this.outsideMet) return undecided('evidence.export-too-short', `The checkpoint given speaks of position ${outside.checkpoint.size}; the export holds positions ${head.from} to ${to}.`, details);
    if (!policy && !outside) return undecided('evidence.no-key', 'The export agrees with itself, but without the key of the log (--key) or a checkpoint from elsewhere (--checkpoint) anybody could have made it.', details);
    return ok(`${details.facts} facts, positions ${head.from} to ${to}, are as they were signed.`, details);
  }
}
