import { hash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Sm3Lanes } from './sm3-lanes.js';
import { hashBytes, sm3 } from './tree-hash.js';

const four = (of: (lane: number) => Buffer): readonly Buffer[] => Array.from({ length: 4 }, (_none, lane) => of(lane));
const digestsOf = (messages: readonly Buffer[]): string => messages.map((message) => hash('sm3', message, 'hex')).join('');

describe('SM3 of four messages at once', () => {
  const lanes = Sm3Lanes.get() as Sm3Lanes;

  it('gives the example of the standard', () => {
    const row = Buffer.alloc(4 * hashBytes);
    expect(lanes.messages(four(() => Buffer.from('abc')), row, 0)).toBe(true);
    expect(row.toString('hex')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'.repeat(4));
    expect(lanes.messages(four(() => Buffer.from('abcd'.repeat(16))), row, 0)).toBe(true);
    expect(row.toString('hex')).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'.repeat(4));
  });

  it('gives what the library gives, for every length that there is room for, whatever was hashed before', () => {
    const row = Buffer.alloc(1 + 4 * hashBytes);
    for (let length = 887; length >= 0; length -= 1) {
      const messages = four((lane) => randomBytes(lane === 2 ? Math.max(0, length - (length % 64 > 56 ? 1 : 0)) : length));
      const done = lanes.messages(messages, row, 1);
      if (done) expect(row.toString('hex', 1)).toBe(digestsOf(messages));
      expect(done || length % 64 === 57 || length % 64 === 56).toBe(true);
    }
  });

  it('does nothing for messages of different numbers of blocks, too long ones, and another number of them', () => {
    const row = Buffer.alloc(4 * hashBytes);
    expect(lanes.messages(four((lane) => Buffer.alloc(lane === 3 ? 56 : 55)), row, 0)).toBe(false);
    expect(lanes.messages(four(() => Buffer.alloc(888)), row, 0)).toBe(false);
    expect(lanes.messages(four(() => Buffer.alloc(5)).slice(1), row, 0)).toBe(false);
    expect(lanes.messages([], row, 0)).toBe(false);
    expect(row.equals(Buffer.alloc(4 * hashBytes))).toBe(true);
  });

  it('joins neighbours where they stand, between messages of any length', () => {
    for (const count of [2, 4, 8, 16, 64, 256]) {
      const hashes = Array.from({ length: count }, () => randomBytes(hashBytes));
      const row = Buffer.concat(hashes);
      lanes.messages(four(() => randomBytes(887)), Buffer.alloc(4 * hashBytes), 0);
      sm3.foldRow(row, count);
      const nodes = Array.from({ length: count / 2 }, (_none, index) => sm3.node(hashes[2 * index] as Buffer, hashes[2 * index + 1] as Buffer));
      expect(row.subarray(0, (count / 2) * hashBytes).equals(Buffer.concat(nodes))).toBe(true);
    }
  });

  it('gives the leaves of the tree in rows, alone or four at a time', () => {
    for (const lengths of [[10, 10, 10, 10], [10, 100, 10, 10], [2_000, 2_000, 2_000, 2_000], [300, 300, 300], [50]]) {
      const leaves = lengths.map((length) => randomBytes(length));
      const row = Buffer.alloc((1 + leaves.length) * hashBytes);
      sm3.leavesInto(row, hashBytes, leaves.map((leaf) => Buffer.concat([Buffer.alloc(1), leaf])));
      expect(row.subarray(hashBytes).equals(Buffer.concat(leaves.map((leaf) => sm3.leaf(leaf))))).toBe(true);
    }
  });
});
