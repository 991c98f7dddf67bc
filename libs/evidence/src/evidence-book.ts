import type { LeafContent } from './leaf.js';
import type { Receipt } from './receipt.js';
import type { TreeName } from './tree-hash.js';

/** How far one of the two logs has been signed. */
export interface SignedState {
  readonly origin: string;
  readonly size: number;
  /** Base64, as the checkpoint has it. */
  readonly root: string;
  readonly signedAt: string;
}

export interface WitnessState {
  readonly name: string;
  readonly url: string;
  /** Facts under the last checkpoint that it cosigned; 0 when there is none. */
  readonly size: number;
  readonly cosignedAt: string | null;
  /** Why it does not cosign, as far as this process knows. */
  readonly problem: string | null;
}

/** 存证状态 What the evidence covers, and what it does not cover yet. */
export interface EvidenceStatus {
  readonly logId: string;
  readonly epoch: number;
  readonly logPosition: number;
  readonly treeSize: number;
  readonly checkpoints: Readonly<Record<TreeName, SignedState | null>>;
  /** Keys by which all this is verified, one on a line: a file for whoever verifies. */
  readonly keys: string;
  readonly witnesses: readonly WitnessState[];
  /** So many of the witnesses make a checkpoint a witnessed one; 0 where there are no witnesses. */
  readonly witnessesNeeded: number;
  /** Position up to which facts are under a witnessed checkpoint. */
  readonly witnessedPosition: number;
  /** Age of the oldest fact that no witnessed checkpoint covers: so far back something could be altered unnoticed. */
  readonly unwitnessedSeconds: number;
  readonly alarm: { readonly code: string; readonly message: string; readonly position: number | null; readonly foundAt: string } | null;
  /** Links to the epochs before, as signed notes, oldest first. */
  readonly links: readonly string[];
}

/** A leaf with its place under the last checkpoint of each tree. */
export interface LeafProof {
  readonly position: number;
  readonly leaf: Buffer;
  readonly content: LeafContent;
  readonly trees: Readonly<Record<TreeName, { readonly hash: Buffer; readonly size: number; readonly proof: readonly Buffer[]; readonly checkpoint: string }>>;
}

/**
 * 存证簿 What people ask of the evidence. Everything it hands out can be verified without asking it again.
 *
 * Refuses with `evidence.not-signed-yet` what no checkpoint covers, `evidence.position-unknown` a position beyond the end of the log,
 * `evidence.range-unknown` a stretch that does not exist; fails with `Unavailable` when the store is away.
 */
export interface EvidenceBook {
  status(): Promise<EvidenceStatus>;
  /** The last checkpoint with what witnesses put under it. */
  checkpoint(tree: TreeName): Promise<string>;
  consistency(tree: TreeName, from: number, to: number): Promise<readonly Buffer[]>;
  leaf(position: number): Promise<LeafProof>;
  /** By the SHA-256 tree, under the last checkpoint. */
  receipt(position: number): Promise<Receipt>;
  /** Lines of an export, in order; `to` left out is the last signed position. */
  exportLines(from: number, to?: number): Promise<AsyncIterable<string>>;
}
