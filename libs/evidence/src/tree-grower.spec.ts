import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactRange } from './compact-range.js';
import { factsIn, lineOf } from './fact-lines.js';
import type { ReadDigest } from './fact-lines.js';
import { encodeDigested } from './leaf.js';
import { TreeGrower } from './tree-grower.js';
import { hexDigestOf, treeHashes } from './tree-hash.js';

const logId = '6a1f0f4e-3c1c-4b52-9d5e-0f6f2f4b7a11';

const factAt = (position: number, changes: Partial<ReadDigest> = {}): ReadDigest => ({
  position, eventId: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`, stream: `incident-${position % 7}`, version: 1 + (position % 5), type: 'IncidentReported', schema: 1,
  recordedAt: new Date(Date.UTC(2026, 10, 23, 3, 30) + position * 7).toISOString(), agrees: true, metaSha256: hexDigestOf(`meta ${position}`), dataSha256: hexDigestOf(`data ${position}`), ...changes,
});

const factsFrom = (from: number, count: number): readonly ReadDigest[] => Array.from({ length: count }, (_none, index) => factAt(from + index));
const linesOf = (facts: readonly ReadDigest[]): string => facts.map(lineOf).join('');
const asLines = (facts: readonly ReadDigest[], count = facts.length): readonly [number, Buffer] => [count, Buffer.from(linesOf(facts))];

describe('facts as lines', () => {
  const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('井盖缺失', 'a\u001Fb', 'a\nb', '\u{1F6B2}', ''));

  it('are read back as they were, whatever stands in them', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(), anyText, anyText, fc.boolean()), { maxLength: 20 }), (many) => {
      const facts = many.map(([position, type, stream, agrees]) => factAt(position, { type, stream, agrees }));
      expect(factsIn(linesOf(facts))).toEqual(facts);
    }));
  });

  it('are read in stretches of any length, also when one of them is longer than what is read at a time', () => {
    const facts = [factAt(1), factAt(2, { stream: '盖'.repeat(20_000) }), ...factsFrom(3, 300)];
    expect(factsIn(linesOf(facts))).toEqual(facts);
  });

  it('are refused when they are cut short or longer than they say', () => {
    const text = linesOf([factAt(1), factAt(2)]);
    expect(() => factsIn(text.slice(0, -1))).toThrow('cut short');
    expect(() => factsIn(text.slice(0, 20))).toThrow('cut short');
    expect(() => factsIn(text.replace('incident-1', 'incident-11'))).toThrow('not as long as it says');
  });
});

describe('the growing of both trees', () => {
  it('says the same of the same facts, however they are divided', () => {
    const facts = factsFrom(1, 700);
    const whole = new TreeGrower(logId).take(...asLines(facts));
    const grower = new TreeGrower(logId);
    for (const [from, to] of [[0, 1], [1, 300], [300, 557], [557, 700]] as const) {
      const growth = grower.take(...asLines(facts.slice(from, to)));
      expect(growth).toMatchObject({ from: from + 1, to });
      expect(growth.digest).toBe(hexDigestOf(linesOf(facts.slice(from, to))));
      if (to !== 700) continue;
      for (const { name } of treeHashes) expect(growth.trees[name].root).toEqual(whole.trees[name].root);
    }
    for (const hash of treeHashes) {
      const range = new CompactRange(hash);
      const hashes = facts.map((fact) => hash.leaf(encodeDigested(logId, fact)));
      for (const each of hashes) range.push(each);
      expect(Buffer.from(whole.trees[hash.name].root).equals(range.root())).toBe(true);
      expect(whole.trees[hash.name].leaves).toBe(hexDigestOf(Buffer.concat(hashes)));
    }
  });

  it('makes no digest of facts one of which does not agree with its provenance', () => {
    expect(new TreeGrower(logId).take(...asLines([factAt(1), factAt(2, { agrees: false })])).digest).toBeNull();
  });

  it('takes in nothing of what does not follow, and goes on with what does', () => {
    const grower = new TreeGrower(logId);
    grower.take(...asLines(factsFrom(1, 5)));
    for (const wrong of [[factAt(7)], [factAt(6), factAt(8)], [factAt(5)]]) expect(() => grower.take(...asLines(wrong))).toThrow('the log is not dense');
    expect(() => grower.take(...asLines(factsFrom(6, 2), 3))).toThrow('of 2 facts and not of 3');
    expect(grower.take(...asLines(factsFrom(6, 3)))).toMatchObject({ from: 6, to: 8, trees: { sha256: { root: new TreeGrower(logId).take(...asLines(factsFrom(1, 8))).trees.sha256.root } } });
  });
});
