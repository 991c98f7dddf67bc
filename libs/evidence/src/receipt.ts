import { parseCheckpoint, treeOfOrigin } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import type { LeafContent } from './leaf.js';
import { decodeLeaf, leafIndexOf } from './leaf.js';
import { fromBase64, malformed, toBase64, wholeNumberIn } from './lines.js';
import type { Note } from './note.js';
import { verifyInclusion } from './proofs.js';
import { treeHashOf } from './tree-hash.js';

/** 回执 That a fact stands in the log, for whoever reported it (C2SP tlog-proof). It proves itself without asking anybody. */
export interface Receipt {
  /** The leaf itself: what it is that was recorded. */
  readonly leaf: Buffer;
  readonly index: number;
  readonly proof: readonly Buffer[];
  /** A checkpoint as it was signed. */
  readonly checkpoint: string;
}

const header = 'c2sp.org/tlog-proof@v1';
const stepsMost = 63;

export const formatReceipt = ({ leaf, index, proof, checkpoint }: Receipt): string =>
  `${[header, `extra ${toBase64(leaf)}`, `index ${index}`, ...proof.map(toBase64)].join('\n')}\n\n${checkpoint}`;

/** Refuses with `evidence.receipt-unreadable`. */
export const parseReceipt = (text: string): Receipt => {
  const unreadable = (why: string): Error => malformed('evidence.receipt-unreadable', 'receipt', why);
  const split = text.indexOf('\n\n');
  if (split < 0) throw unreadable('it is cut short');
  const [first, extra = '', indexLine = '', ...steps] = text.slice(0, split).split('\n');
  if (first !== header) throw unreadable(`its first line is not ${header}`);
  const leaf = extra.startsWith('extra ') ? fromBase64(extra.slice(6)) : null;
  const index = indexLine.startsWith('index ') ? wholeNumberIn(indexLine.slice(6)) : null;
  if (leaf === null || index === null) throw unreadable('it does not say what was recorded and where');
  if (steps.length > stepsMost) throw unreadable('its proof is too long');
  const proof = steps.map((step) => fromBase64(step) ?? Buffer.alloc(0));
  return { leaf, index, proof, checkpoint: text.slice(split + 2) };
};

interface ReadReceipt {
  readonly note: Note;
  readonly checkpoint: Checkpoint;
  readonly content: LeafContent;
  /** Whether the leaf stands at its place in the tree of the checkpoint; whose checkpoint it is, is another question. */
  readonly included: boolean;
}

/** Refuses with `evidence.receipt-unreadable`, `evidence.note-unreadable`, `evidence.checkpoint-unreadable`, `evidence.leaf-unreadable`. */
export const readReceipt = ({ leaf, index, proof, checkpoint: text }: Receipt): ReadReceipt => {
  const { note, checkpoint } = parseCheckpoint(text);
  const hash = treeHashOf(treeOfOrigin(checkpoint.origin));
  const content = decodeLeaf(leaf);
  const included = index === leafIndexOf(content.position) && verifyInclusion(hash, hash.leaf(leaf), index, checkpoint.size, proof, checkpoint.root);
  return { note, checkpoint, content, included };
};
