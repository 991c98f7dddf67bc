import { describe, expect, it } from '@jest/globals';
import { formatReceipt, originOf, parseCheckpoint, parseLink, parseReceipt, readReceipt, signersOf, treeHashOf, trust, verifyConsistency, verifyInclusion } from '#evidence';
import { minute } from '#kernel';
import { EvidenceLog, verifyExport, withPostgres } from '#testing';

const postgres = withPostgres();

const withLog = async (work: (log: EvidenceLog) => Promise<void>): Promise<void> => {
  const log = await EvidenceLog.open(await postgres.freshDatabase());
  try {
    await work(log);
  } finally {
    await log.close();
  }
};

describe('the notary 公证', () => {
  it('signs both trees over the whole log, and what it hands out proves itself', () => withLog(async (log) => {
    await log.record(300);
    await log.sign();
    await log.record(41);
    await log.sign();
    const status = await log.book.status();
    expect(status).toMatchObject({ epoch: 1, logPosition: 341, treeSize: 341, alarm: null, checkpoints: { sha256: { size: 341 }, sm3: { size: 341 } } });
    const policy = await log.policy();
    for (const tree of ['sha256', 'sm3'] as const) {
      const hash = treeHashOf(tree);
      const { note, checkpoint } = parseCheckpoint(await log.book.checkpoint(tree));
      expect(trust(note, policy)).toMatchObject({ trusted: true, checkpoint: { origin: originOf(status.logId, tree), size: 341 } });
      expect(signersOf(note, policy.logs)?.map(({ kind }) => kind)).toEqual(['ed25519', 'sm2']);
      const { leaf, content, trees } = await log.book.leaf(17);
      expect(content).toMatchObject({ logId: status.logId, position: 17, type: 'SomethingHappened' });
      expect(verifyInclusion(hash, hash.leaf(leaf), 16, 341, trees[tree].proof, checkpoint.root)).toBe(true);
      const earlier = parseCheckpoint(await noteOf(log, tree, 300)).checkpoint;
      expect(verifyConsistency(hash, 300, 341, await log.book.consistency(tree, 300, 341), earlier.root, checkpoint.root)).toBe(true);
    }
    const receipt = readReceipt(parseReceipt(await receiptOf(log, 300)));
    expect(receipt).toMatchObject({ included: true, content: { position: 300 } });
  }), 30_000);

  it('refuses what is not there or not signed yet', () => withLog(async (log) => {
    await expect(log.book.checkpoint('sha256')).rejects.toMatchObject({ code: 'evidence.not-signed-yet' });
    await log.record(3);
    await log.sign();
    await log.record(1);
    await expect(log.book.leaf(4)).rejects.toMatchObject({ code: 'evidence.not-signed-yet' });
    await expect(log.book.leaf(5)).rejects.toMatchObject({ code: 'evidence.position-unknown' });
    await expect(log.book.consistency('sm3', 3, 2)).rejects.toMatchObject({ code: 'evidence.range-unknown' });
    await expect(log.book.exportLines(2, 4)).rejects.toMatchObject({ code: 'evidence.range-unknown' });
    expect((await log.book.status()).unwitnessedSeconds).toBe(0);
    log.clock.advance(minute);
    expect((await log.book.status()).unwitnessedSeconds).toBe(60);
  }), 30_000);

  it('exports what anybody can verify with the keys, whole or in part, and knows the keys of another log', () => withLog(async (log) => {
    for (const count of [120, 90, 60]) {
      await log.record(count);
      await log.sign();
    }
    const policy = await log.policy();
    const whole = await log.exported();
    expect(verifyExport(whole, policy)).toMatchObject({ verdict: 'ok', details: { facts: 270 } });
    expect(verifyExport(await log.exported(100, 199), policy)).toMatchObject({ verdict: 'ok', details: { facts: 100 } });
    expect(verifyExport(whole)).toMatchObject({ verdict: 'undecided', code: 'evidence.no-key' });
    const mine = parseCheckpoint(await noteOf(log, 'sm3', 120));
    expect(verifyExport(whole, undefined, mine)).toMatchObject({ verdict: 'ok' });
    expect(verifyExport(await log.exported(130), policy, mine)).toMatchObject({ verdict: 'undecided', code: 'evidence.export-too-short' });
    await withLog(async (other) => {
      await other.record(1);
      await other.sign();
      expect(verifyExport(whole, await other.policy())).toMatchObject({ verdict: 'undecided', code: 'evidence.key-of-another-log' });
    });
  }), 30_000);

  it.each([
    ['a payload', `update engine.events set data = replace(data, '"ordinal":7', '"ordinal":8') where data like '%"ordinal":7,%'`, null],
    ['an actor', `update engine.events set meta = replace(meta, 'u-7f3a', 'u-0000') where position = 23`, 23],
    ['a time', `update engine.events set recorded_at = recorded_at - interval '1 ms' where position = 31`, 31],
    ['the command', `update engine.events set command_id = gen_random_uuid() where position = 12`, 12],
    ['a fact in the middle', 'delete from engine.events where position = 40', 40],
    ['the tail', 'delete from engine.events where position > 45', 46],
  ] as const)('finds that somebody with all rights has changed %s, signs nothing more, and lets everybody work on', (_what, statement, position) => withLog(async (log) => {
    await log.record(50);
    await log.sign();
    await log.tamper(statement);
    await log.notary.step();
    const { alarm } = await log.book.status();
    expect(alarm?.position).toEqual(position ?? expect.any(Number));
    expect(log.notices).toEqual([expect.stringContaining('the log is not signed any more')]);
    if (position === 40) return;
    await log.record(1);
    await log.notary.step();
    expect((await log.book.status()).checkpoints.sha256?.size).toBe(50);
  }), 30_000);

  it('finds a change between recording and signing', () => withLog(async (log) => {
    await log.record(10);
    await log.grow();
    await log.tamper(`update engine.events set data = '{}' where position = 4`);
    await log.notary.step();
    expect((await log.book.status()).alarm).toMatchObject({ code: 'evidence.fact-differs', position: 4 });
    expect((await log.book.status()).checkpoints.sha256).toBeNull();
  }), 30_000);

  it.each([
    ['a leaf of the SHA-256 tree', 'sha256', 0, 'evidence.fact-differs'],
    ['a leaf of the SM3 tree', 'sm3', 0, 'evidence.root-differs'],
    ['a node of the SHA-256 tree', 'sha256', 1, 'evidence.root-differs'],
    ['a node of the SM3 tree', 'sm3', 1, 'evidence.root-differs'],
  ] as const)('finds that %s was changed after the tree had grown', (_what, tree, level, code) => withLog(async (log) => {
    await log.record(300);
    await log.grow();
    await log.tamper(`update evidence.tiles set hashes = set_byte(hashes, 7, get_byte(hashes, 7) # 1) where tree = '${tree}' and level = ${level} and tile = 0`);
    await log.notary.step();
    expect((await log.book.status()).alarm).toMatchObject({ code });
    expect((await log.book.status()).checkpoints.sha256).toBeNull();
  }), 30_000);

  it('signs what another process let grow, by reckoning it again leaf by leaf', () => withLog(async (log) => {
    await log.record(30);
    await log.grow();
    await log.forgetful().notary.step();
    expect((await log.book.status()).checkpoints).toMatchObject({ sha256: { size: 30 }, sm3: { size: 30 } });
    await log.record(5);
    await log.grow();
    await log.tamper(`update engine.events set data = '{}' where position = 33`);
    await log.forgetful().notary.step();
    expect((await log.book.status()).alarm).toMatchObject({ code: 'evidence.fact-differs', position: 33 });
  }), 30_000);

  it('does not sign another history under the old name after a database was put back to an earlier state', () => withLog(async (log) => {
    await log.record(30);
    await log.sign();
    await log.record(20);
    await log.sign();
    const before = await log.exported();
    const [policy, mine] = [await log.policy(), parseCheckpoint(await log.book.checkpoint('sha256'))];
    // A backup of the moment after the first checkpoint, and then a history of its own.
    await log.tamper(
      'delete from engine.events where position > 30', 'delete from evidence.checkpoints where size > 30', 'delete from evidence.tiles',
      `update engine.subscriptions set position = 0 where name = 'evidence'`,
    );
    await log.record(25);
    await log.sign();
    expect((await log.book.status()).alarm).toMatchObject({ code: 'evidence.root-differs' });
    expect(log.memory.signed?.epoch).toBe(1);

    await expect(log.beginEpoch('  ')).rejects.toMatchObject({ code: 'evidence.reason-unreadable' });
    const { epoch, link, lastGoodPosition } = await log.beginEpoch('disk of the server failed, backup of the night');
    expect([epoch, lastGoodPosition]).toEqual([2, 30]);
    expect(parseLink(link).link).toMatchObject({ previous: { size: 50 }, lastGoodPosition: 30 });
    await log.sign();
    const status = await log.book.status();
    expect(status).toMatchObject({ epoch: 2, alarm: null, checkpoints: { sha256: { size: 55, origin: `threeloops/${status.logId}/e2` } } });
    const after = await log.exported();
    expect(verifyExport(after, await log.policy())).toMatchObject({ verdict: 'ok' });
    expect(verifyExport(after, await log.policy(), mine)).toMatchObject({ verdict: 'altered', code: 'evidence.epoch-lost-tail', firstBadPosition: 31, badNotAfter: 50 });
    expect(verifyExport(before, policy, mine)).toMatchObject({ verdict: 'ok' });
  }), 30_000);

  it('tells by which of several new epochs what somebody holds a checkpoint of is not as it was any more', () => withLog(async (log) => {
    await log.record(20);
    await log.sign();
    const held = await Promise.all((['sha256', 'sm3'] as const).map(async (tree) => parseCheckpoint(await log.book.checkpoint(tree))));
    await log.record(10);
    await log.sign();
    await log.beginEpoch('another machine');
    await log.sign();
    const still = await log.exported();
    await log.tamper(`update engine.events set data = '{}' where position = 5`);
    await log.beginEpoch('position 5 was altered');
    await log.sign();
    const after = await log.exported();
    for (const mine of held) {
      expect(verifyExport(still, await log.policy(), mine)).toMatchObject({ verdict: 'ok' });
      expect(verifyExport(after, await log.policy(), mine)).toMatchObject({
        verdict: 'altered', code: 'evidence.epoch-lost-tail', message: expect.stringContaining('(position 5 was altered): what stood behind position 0'), firstBadPosition: 1, badNotAfter: 20,
      });
    }
  }), 30_000);

  it('goes over the old facts again and again, and finds what was changed together with its hash', () => withLog(async (log) => {
    await log.record(40);
    await log.sign();
    await log.record(40);
    await log.sign();
    await log.tamper(`update engine.events set data = '{}' where position = 5`);
    await log.tamper('delete from evidence.tiles', `update engine.subscriptions set position = 0 where name = 'evidence'`);
    await log.sign();
    expect((await log.book.status()).alarm).toMatchObject({ code: 'evidence.root-differs' });
  }), 30_000);
});

const noteOf = async ({ log }: EvidenceLog, tree: string, size: number): Promise<string> =>
  (await log.pool.query<{ note: string }>('select note from evidence.checkpoints where tree = $1 and size = $2', [tree, size])).rows[0]?.note ?? '';

const receiptOf = async ({ book }: EvidenceLog, position: number): Promise<string> => {

  return formatReceipt(await book.receipt(position));
};
