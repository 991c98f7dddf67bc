import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactRange } from './compact-range.js';
import { factsIn, recordOf } from './fact-records.js';
import type { FactRecords, ReadDigest } from './fact-records.js';
import { encodeDigested } from './leaf.js';
import { RecordLeafWriter } from './record-leaf.js';
import { TreeGrower } from './tree-grower.js';
import { hexDigestOf, treeHashes } from './tree-hash.js';

const logId = '6a1f0f4e-3c1c-4b52-9d5e-0f6f2f4b7a11';

const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const factAt = (position: number, changes: Partial<ReadDigest> = {}): ReadDigest => ({
  position, eventId: uuidOf(position), commandId: uuidOf(2 * position), stream: `incident-${position % 7}`, version: 1 + (position % 5), type: 'IncidentReported', schema: 1,
  recordedAt: new Date(Date.UTC(2026, 10, 23, 3, 30) + position * 7).toISOString(), agrees: true, metaSha256: hexDigestOf(`meta ${position}`), dataSha256: hexDigestOf(`data ${position}`), ...changes,
});

const factsFrom = (from: number, count: number): readonly ReadDigest[] => Array.from({ length: count }, (_none, index) => factAt(from + index));
const recordsOf = (facts: readonly ReadDigest[]): Buffer => Buffer.concat(facts.map(recordOf));
const asRecords = (facts: readonly ReadDigest[], count = facts.length): FactRecords => ({
  count, records: recordsOf(facts), disagreeing: facts.filter(({ agrees }) => !agrees).map(({ position }) => position),
});

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('井盖缺失', 'a\u001Fb', 'a\nb', '\u{1F6B2}', '', '盖'.repeat(900)));
const anyFact = fc.record({
  position: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 9, 10, 99, 100)), eventId: fc.uuid(), commandId: fc.uuid(), stream: anyText, type: anyText, version: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  schema: fc.integer({ min: 0, max: 32_767 }), recordedAt: fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }).map((date) => date.toISOString()),
  metaSha256: fc.string().map(hexDigestOf), dataSha256: fc.string().map(hexDigestOf),
});

describe('facts as records', () => {
  it('are read back as they were, whatever stands in them', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(anyFact, fc.boolean()).map(([fact, agrees]) => ({ ...fact, agrees })), { maxLength: 20, selector: ({ position }) => position }), (facts) => {
      expect(factsIn(asRecords(facts))).toEqual(facts);
    }));
  });

  it('are refused when they are cut short, run on, or name something that could not be read back', () => {
    const { records, ...rest } = asRecords(factsFrom(1, 2));
    for (let length = 1; length < records.length; length += 1) {
      if (length !== records.length / 2) expect(() => factsIn({ ...rest, records: records.subarray(0, length) })).toThrow('cut short');
    }
    expect(() => factsIn({ ...rest, records: Buffer.concat([records, Buffer.alloc(1)]) })).toThrow('cut short');
    for (const wrong of [{ eventId: '7' }, { commandId: uuidOf(1).toUpperCase().replace('8000', 'A000') }]) expect(() => recordOf(factAt(1, wrong))).toThrow('no UUID');
  });

  it('make the very leaves that the facts themselves make', () => {
    const writer = new RecordLeafWriter(logId);
    const leafOf = (fact: ReadDigest): Buffer => Buffer.from(writer.behindZero(recordOf(fact), 0));
    fc.assert(fc.property(anyFact, (fact) => {
      expect(leafOf({ ...fact, agrees: true }).equals(Buffer.concat([Buffer.alloc(1), encodeDigested(logId, fact)]))).toBe(true);
    }), { numRuns: 500 });
    for (const recordedAt of ['1970-01-01T00:00:00.000Z', '1999-12-31T23:59:59.999Z', '2026-11-23T03:30:00.007Z', '9999-12-31T23:59:59.999Z', '+010000-01-01T00:00:00.120Z']) {
      expect(leafOf(factAt(1, { recordedAt })).includes(recordedAt)).toBe(true);
    }
  });
});

describe('the growing of both trees', () => {
  it('says the same of the same facts, however they are divided', () => {
    const facts = factsFrom(1, 700).map((fact) => (fact.position % 97 === 0 ? { ...fact, stream: '很长'.repeat(fact.position) } : fact));
    const whole = new TreeGrower(logId).take(asRecords(facts));
    const grower = new TreeGrower(logId);
    for (const [from, to] of [[0, 1], [1, 300], [300, 557], [557, 700]] as const) {
      const growth = grower.take(asRecords(facts.slice(from, to)));
      expect(growth).toMatchObject({ from: from + 1, to });
      expect(growth.digest).toBe(hexDigestOf(recordsOf(facts.slice(from, to))));
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
    expect(new TreeGrower(logId).take(asRecords([factAt(1), factAt(2, { agrees: false })])).digest).toBeNull();
  });

  it('takes in nothing of what does not follow, and goes on with what does', () => {
    const grower = new TreeGrower(logId);
    grower.take(asRecords(factsFrom(1, 5)));
    for (const wrong of [[factAt(7)], [factAt(6), factAt(8)], [factAt(5)]]) expect(() => grower.take(asRecords(wrong))).toThrow('the log is not dense');
    expect(() => grower.take(asRecords(factsFrom(6, 2), 3))).toThrow('of 2 facts and not of 3');
    expect(grower.take(asRecords(factsFrom(6, 3)))).toMatchObject({ from: 6, to: 8, trees: { sha256: { root: new TreeGrower(logId).take(asRecords(factsFrom(1, 8))).trees.sha256.root } } });
  });
});
