import { hash } from 'node:crypto';

export type TreeName = 'sha256' | 'sm3';

/**
 * 杂凑 The two ways of hashing a leaf and an inner node (RFC 6962 section 2.1): a leaf behind a byte 0, a node behind a byte 1, so that
 * neither can pass for the other. SHA-256 is what the world's witnesses speak; SM3 (GB/T 32905-2016) is what the country asks for.
 */
export interface TreeHash {
  readonly name: TreeName;
  leaf(bytes: Uint8Array): Buffer;
  node(left: Uint8Array, right: Uint8Array): Buffer;
  /** Root of the tree without leaves. */
  readonly empty: Buffer;
}

/** Bytes of every hash here. */
export const hashBytes = 32;

const treeHash = (name: TreeName): TreeHash => {
  const of = (bytes: Uint8Array): Buffer => hash(name, bytes, 'buffer');
  // One buffer for all nodes: a node is hashed before anything else can ask for one.
  const pair = Buffer.alloc(1 + 2 * hashBytes, 1);
  return {
    name,
    leaf: (bytes) => {
      const prefixed = Buffer.allocUnsafe(1 + bytes.length);
      prefixed[0] = 0;
      prefixed.set(bytes, 1);
      return of(prefixed);
    },
    node: (left, right) => {
      pair.set(left, 1);
      pair.set(right, 1 + hashBytes);
      return of(pair);
    },
    empty: of(new Uint8Array()),
  };
};

export const sha256: TreeHash = treeHash('sha256');
export const sm3: TreeHash = treeHash('sm3');
export const treeHashes: readonly TreeHash[] = [sha256, sm3];
export const treeHashOf = (name: TreeName): TreeHash => (name === 'sm3' ? sm3 : sha256);

export const digestOf = (content: Uint8Array | string): Buffer => hash('sha256', content, 'buffer');
