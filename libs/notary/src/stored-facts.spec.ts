import { describe, expect, it } from '@jest/globals';
import { factsIn, hexDigestOf, noFacts } from '#evidence';
import { appendOf, EvidenceLog, eventOf, withPostgres } from '#testing';
import { PostgresStoredFacts, readDigests, withDigests } from './stored-facts.js';

const postgres = withPostgres();

describe('the log as it stands in its store', () => {
  it('has the same records and digests whether the server reckons them or whoever reads it, whatever stands in a fact', async () => {
    const log = await EvidenceLog.open(await postgres.freshDatabase());
    try {
      const odd = ['incident-1', '案件-1', 'a\u001Fb', 'a\nb', '\u{1F6B2}'];
      for (const [at, stream] of odd.entries()) await log.log.store.append(appendOf({ stream, decidedAt: log.clock.now() + at * 333, events: [eventOf({ text: '井盖"缺失"' }, { type: odd.at(-1 - at) ?? '' })] }));
      await log.tamper('update engine.events set command_id = gen_random_uuid() where position = 2');
      const there = new PostgresStoredFacts(log.log.pool);
      const here = withDigests(there);
      expect(await there.readRecords(0, 100)).toEqual(await here.readRecords(0, 100));
      expect(await there.readRecords(1, 2)).toEqual(await here.readRecords(1, 2));
      expect(await there.readRecords(0, 100, 3)).toMatchObject({ count: 3 });
      expect(await there.readRecords(5, 100)).toEqual(noFacts);
      for (const [from, to] of [[1, 5], [2, 3], [6, 9]] as const) {
        expect(await there.digestOf(from, to)).toBe(await here.digestOf(from, to));
        expect(await there.digestOf(from, to)).toBe(hexDigestOf((await there.readRecords(from - 1, to - from + 1)).records));
      }
      const facts = factsIn(await there.readRecords(0, 100));
      expect(await readDigests(there, 0, 100)).toEqual(facts);
      expect(facts.map(({ stream }) => stream)).toEqual(odd);
      expect(facts.map(({ agrees }) => agrees)).toEqual([true, false, true, true, true]);
      expect(facts.map(({ recordedAt }) => recordedAt.slice(-5))).toEqual(odd.map((_each, at) => new Date(log.clock.now() + at * 333).toISOString().slice(-5)));
    } finally {
      await log.close();
    }
  }, 30_000);
});
