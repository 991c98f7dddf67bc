import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactRange } from './compact-range.js';
import { verifyConsistency, verifyInclusion } from './proofs.js';
import { edgeOf, TileWriter } from './tile-writer.js';
import { TiledTree } from './tiles.js';
import type { Tile } from './tiles.js';
import { sha256, sm3, treeHashes } from './tree-hash.js';
import type { TreeHash } from './tree-hash.js';

const vectorFile = new URL('../../../../shared/data/rfc6962_vectors.json', import.meta.url);

interface Vector {
  readonly name: string;
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly (string | null)[] | null;
  readonly root?: string;
  readonly leafIdx?: number;
  readonly treeSize?: number;
  readonly leafHash?: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

const bytes = (text: string | null | undefined): Buffer => Buffer.from(text ?? '', 'base64');

/** The definition of RFC 6962 section 2.1, word for word. */
const rootOf = (hash: TreeHash, leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 0) return hash.empty;
  if (leaves.length === 1) return hash.leaf(leaves[0] as Buffer);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash.node(rootOf(hash, leaves.slice(0, split)), rootOf(hash, leaves.slice(split)));
};

const leavesOf = (count: number): readonly Buffer[] => Array.from({ length: count }, (_none, index) => Buffer.from(`leaf ${index}`));

/** A tree in tiles, filled in batches of so many leaves, each by a writer that starts from what is kept. */
const tiled = (hash: TreeHash, leaves: readonly Buffer[], batch: number): TiledTree => {
  const kept = new Map<string, Tile>();
  for (let size = 0; size < leaves.length; size += batch) {
    const writer = new TileWriter(hash, size, edgeOf(size).map(({ level, index }) => kept.get(`${level}/${index}`) as Tile));
    for (const leaf of leaves.slice(size, size + batch)) writer.push(hash.leaf(leaf));
    for (const tile of writer.takeChanged()) kept.set(`${tile.level}/${tile.index}`, tile);
  }
  return new TiledTree(hash, (wanted) => Promise.resolve(wanted.flatMap(({ level, index }) => kept.get(`${level}/${index}`) ?? [])));
};

describe('the tree 默克尔树', () => {
  (existsSync(vectorFile) ? it : it.skip)('passes the public vectors of transparency-dev/merkle, good and bad ones', () => {
    const vectors = JSON.parse(readFileSync(vectorFile, 'utf8')) as readonly Vector[];
    const wrong = vectors.filter(({ name, wantErr, proof, ...vector }) => {
      const steps = (proof ?? []).map(bytes);
      const holds = name.startsWith('inclusion')
        ? verifyInclusion(sha256, bytes(vector.leafHash), vector.leafIdx ?? 0, vector.treeSize ?? 0, steps, bytes(vector.root))
        : verifyConsistency(sha256, vector.size1, vector.size2, steps, bytes(vector.root1), bytes(vector.root2));
      return holds === wantErr;
    });
    expect(vectors).toHaveLength(98);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('has the roots that two other implementations found for eight well-known leaves', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((text) => Buffer.from(text, 'hex'));
    expect(rootOf(sha256, leaves).toString('hex')).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
    expect([0, 1, 8].map((count) => rootOf(sm3, leaves.slice(0, count)).toString('hex').slice(0, 8))).toEqual(['1ab21d83', '2daef60e', 'bc48ba7a']);
  });

  it.each(treeHashes.map((hash) => [hash.name, hash] as const))('reckons every root and every proof of every size from tiles as the definition has it (%s)', async (_name, hash) => {
    const most = 40;
    const leaves = leavesOf(most);
    const roots = Array.from({ length: most + 1 }, (_none, size) => rootOf(hash, leaves.slice(0, size)));
    const tree = tiled(hash, leaves, 7);
    for (let size = 1; size <= most; size += 1) {
      expect((await tree.rootAt(size)).equals(roots[size] as Buffer)).toBe(true);
      for (let index = 0; index < size; index += 1) {
        const proof = await tree.inclusion(index, size);
        expect(verifyInclusion(hash, hash.leaf(leaves[index] as Buffer), index, size, proof, roots[size] as Buffer)).toBe(true);
        expect(verifyInclusion(hash, hash.leaf(leaves[(index + 1) % most] as Buffer), index, size, proof, roots[size] as Buffer)).toBe(false);
      }
      for (let older = 1; older <= size; older += 1) {
        const proof = await tree.consistency(older, size);
        expect(verifyConsistency(hash, older, size, proof, roots[older] as Buffer, roots[size] as Buffer)).toBe(true);
        expect(verifyConsistency(hash, older, size, proof, roots[older - 1] as Buffer, roots[size] as Buffer)).toBe(false);
      }
    }
  });

  it('goes over many tiles and levels, however the leaves were batched', async () => {
    const count = 70_000;
    const leaves = leavesOf(count);
    const range = new CompactRange(sha256);
    for (const leaf of leaves) range.push(sha256.leaf(leaf));
    for (const batch of [997, 256, count]) {
      const tree = tiled(sha256, leaves, batch);
      expect((await tree.rootAt(count)).equals(range.root())).toBe(true);
      const [index, older] = [65_535, 65_537];
      expect(verifyInclusion(sha256, sha256.leaf(leaves[index] as Buffer), index, count, await tree.inclusion(index, count), range.root())).toBe(true);
      expect(verifyConsistency(sha256, older, count, await tree.consistency(older, count), await tree.rootAt(older), range.root())).toBe(true);
      const resumed = new CompactRange(sha256, older, await tree.rangeAt(older));
      for (const leaf of leaves.slice(older)) resumed.push(sha256.leaf(leaf));
      expect(resumed.root().equals(range.root())).toBe(true);
    }
  });

  it.each(treeHashes.map((hash) => [hash.name, hash] as const))('knows the root of every size while it grows, by rows of any length (%s)', (_name, hash) => {
    const leaves = leavesOf(1_100);
    const range = new CompactRange(hash);
    const writer = new TileWriter(hash);
    expect(writer.root().equals(hash.empty)).toBe(true);
    for (let at = 0, length = 1; at < leaves.length; at += length, length = (length * 7) % 300 + 1) {
      const hashes = leaves.slice(at, at + length).map((leaf) => hash.leaf(leaf));
      for (const each of hashes) range.push(each);
      writer.push(Buffer.concat(hashes));
      expect(writer.root().equals(range.root())).toBe(true);
    }
    expect(range.size).toBe(1_100);
  });

  it('says which tile it misses', async () => {
    const tree = new TiledTree(sha256, () => Promise.resolve([]));
    await expect(tree.rootAt(3)).rejects.toThrow('tile 0/0 of the sha256 tree is missing or cut short');
    expect(() => new TileWriter(sha256, 3, [])).toThrow('tile 0/0');
    expect(() => new CompactRange(sha256, 3, [])).toThrow(expect.objectContaining({ code: 'evidence.range-unreadable' }));
  });

  it('accepts no proof of which a single bit is other', async () => {
    const leaves = leavesOf(13);
    const tree = tiled(sha256, leaves, 13);
    const [inclusion, consistency, root, older] = [await tree.inclusion(5, 13), await tree.consistency(6, 13), await tree.rootAt(13), await tree.rootAt(6)];
    fc.assert(fc.property(fc.nat(), fc.nat(31), fc.nat(7), (which, byte, bit) => {
      const broken = (proof: readonly Buffer[]): readonly Buffer[] => proof.map((step, at) => {
        const copy = Buffer.from(step);
        if (at === which % proof.length) copy[byte] = (copy[byte] ?? 0) ^ (1 << bit);
        return copy;
      });
      expect(verifyInclusion(sha256, sha256.leaf(leaves[5] as Buffer), 5, 13, broken(inclusion), root)).toBe(false);
      expect(verifyConsistency(sha256, 6, 13, broken(consistency), older, root)).toBe(false);
    }));
  });
});
