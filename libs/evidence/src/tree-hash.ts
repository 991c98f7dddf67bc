import { hash } from 'node:crypto';
import { laneCount, Sm3Lanes } from './sm3-lanes.js';

export type TreeName = 'sha256' | 'sm3';

/**
 * 杂凑 The two ways of hashing a leaf and an inner node (RFC 6962 section 2.1): a leaf behind a byte 0, a node behind a byte 1, so that
 * neither can pass for the other. SHA-256 is what the world's witnesses speak; SM3 (GB/T 32905-2016) is what the country asks for.
 */
export interface TreeHash {
  readonly name: TreeName;
  leaf(bytes: Uint8Array): Buffer;
  /** Puts the hash of a leaf that stands behind its byte 0 already into a row, at a byte. */
  leafInto(row: Buffer, at: number, behindZero: Uint8Array): void;
  /** The same of some neighbouring leaves, one behind the other; fastest four by four. */
  leavesInto(row: Buffer, at: number, behindZero: readonly Uint8Array[]): void;
  node(left: Uint8Array, right: Uint8Array): Buffer;
  /** Puts the node over the two neighbours in a row that begin at a byte where the first of them stands. */
  joinAt(row: Buffer, at: number): void;
  /** Puts the node over each two neighbours of a row of so many hashes where the row begins; what was there is gone. */
  foldRow(row: Buffer, count: number): void;
  /** Root of the tree without leaves. */
  readonly empty: Buffer;
}

/** Bytes of every hash here. */
export const hashBytes = 32;

/** A digest as a text of single bytes costs a third of what it costs as a buffer, for which memory outside the heap is fetched each time. */
const digestText = (name: TreeName, content: Uint8Array | string): string => hash(name, content, 'binary');
const digest = (name: TreeName, content: Uint8Array | string): Buffer => Buffer.from(digestText(name, content), 'latin1');

const treeHash = (name: TreeName): TreeHash => {
  // One buffer for all nodes and one for all leaves: each is hashed before anything else can ask for it.
  const pair = Buffer.alloc(1 + 2 * hashBytes, 1);
  let prefixed = Buffer.alloc(1_024);
  const leafInto: TreeHash['leafInto'] = (row, at, behindZero) => void row.write(digestText(name, behindZero), at, hashBytes, 'latin1');
  const foldRow: TreeHash['foldRow'] = (row, count) => {
    for (let at = 0; at < count / 2; at += 1) {
      row.copy(pair, 1, 2 * at * hashBytes, 2 * (at + 1) * hashBytes);
      row.write(digestText(name, pair), at * hashBytes, hashBytes, 'latin1');
    }
  };
  return {
    name,
    leaf: (bytes) => {
      if (prefixed.length <= bytes.length) prefixed = Buffer.alloc(2 * bytes.length);
      prefixed.set(bytes, 1);
      return digest(name, prefixed.subarray(0, 1 + bytes.length));
    },
    leafInto,
    leavesInto: (row, at, all) => all.forEach((behindZero, index) => leafInto(row, at + index * hashBytes, behindZero)),
    node: (left, right) => {
      pair.set(left, 1);
      pair.set(right, 1 + hashBytes);
      return digest(name, pair);
    },
    joinAt: (row, at) => {
      row.copy(pair, 1, at, at + 2 * hashBytes);
      row.write(digestText(name, pair), at, hashBytes, 'latin1');
    },
    foldRow,
    empty: digest(name, new Uint8Array()),
  };
};

/** Four at a time wherever there are four; the code for it is made when it is first asked for. */
const inLanes = (alone: TreeHash): TreeHash => {
  let made: Sm3Lanes | null | undefined;
  const lanes = (): Sm3Lanes | null => (made === undefined ? (made = Sm3Lanes.get()) : made);
  return {
    ...alone,
    leavesInto: (row, at, all) => {
      if (lanes()?.messages(all, row, at) !== true) alone.leavesInto(row, at, all);
    },
    foldRow: (row, count) => {
      const four = count % (2 * laneCount) === 0 ? lanes() : null;
      if (!four) return alone.foldRow(row, count);
      for (let at = 0; at < count / 2; at += laneCount) four.nodes(row, 2 * at * hashBytes, row, at * hashBytes);
    },
  };
};

export const sha256: TreeHash = treeHash('sha256');
export const sm3: TreeHash = inLanes(treeHash('sm3'));
export const treeHashes: readonly TreeHash[] = [sha256, sm3];
export const treeNames: readonly TreeName[] = treeHashes.map(({ name }) => name);
/** One thing for each of the trees. */
export type PerTree<Value> = Readonly<Record<TreeName, Value>>;
export const perTree = <Value>(of: (hash: TreeHash) => Value): PerTree<Value> => ({ sha256: of(sha256), sm3: of(sm3) });
export const treeHashOf = (name: TreeName): TreeHash => (name === 'sm3' ? sm3 : sha256);

export const digestOf = (content: Uint8Array | string): Buffer => digest('sha256', content);
export const hexDigestOf = (content: Uint8Array | string): string => hash('sha256', content, 'hex');
