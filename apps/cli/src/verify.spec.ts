import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatReceipt, toBase64 } from '#evidence';
import { EvidenceLog, withPostgres } from '#testing';
import { verifyConsistencyOf, verifyExport, verifyReceipt } from './verify.js';

const postgres = withPostgres();

describe('what an auditor verifies at home', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const write = (name: string, content: string | Buffer): Promise<void> => writeFile(path(name), content);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threeloops-verify-'));
    const [log, other] = [await EvidenceLog.open(await postgres.freshDatabase()), await EvidenceLog.open(await postgres.freshDatabase())];
    await log.record(20);
    await log.sign();
    await write('old.note', await log.book.checkpoint('sha256'));
    await write('old-sm3.note', await log.book.checkpoint('sm3'));
    await log.record(13);
    await log.sign();
    await write('new.note', await log.book.checkpoint('sha256'));
    await write('new-sm3.note', await log.book.checkpoint('sm3'));
    const proof = (await log.book.consistency('sha256', 20, 33)).map(toBase64);
    await write('proof.json', JSON.stringify({ tree: 'sha256', from: 20, to: 33, proof }));
    await write('proof.txt', `${proof.join('\n')}\n`);
    await write('log.keys', (await log.book.status()).keys);
    await write('mine.tlog-proof', formatReceipt(await log.book.receipt(7)));
    await write('log.ndjson', await log.exported());
    await write('log.ndjson.gz', gzipSync(await log.exported()));
    await other.record(33);
    await other.sign();
    await write('other.note', await other.book.checkpoint('sha256'));
    await write('other.keys', (await other.book.status()).keys);
    await write('other.tlog-proof', formatReceipt(await other.book.receipt(7)));
    await log.tamper('delete from engine.events where position > 25');
    const { link } = await log.beginEpoch('a disk was lost');
    await log.sign();
    await write('link.note', link);
    await write('epoch2.note', await log.book.checkpoint('sha256'));
    await write('epoch2.keys', (await log.book.status()).keys);
    await write('proof2.json', JSON.stringify({ proof: (await log.book.consistency('sha256', 20, 25)).map(toBase64) }));
    await Promise.all([log.close(), other.close()]);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const key = (name = 'log.keys') => ({ key: path(name) });

  it('finds an export, a receipt and two checkpoints in order', async () => {
    expect(await verifyExport(path('log.ndjson'), key())).toMatchObject({ verdict: 'ok', details: { facts: 33 } });
    expect(await verifyExport(path('log.ndjson.gz'), { ...key(), checkpoint: path('old-sm3.note') })).toMatchObject({ verdict: 'ok' });
    expect(await verifyReceipt(path('mine.tlog-proof'), key())).toMatchObject({ verdict: 'ok', details: { position: 7, type: 'SomethingHappened' } });
    for (const proof of ['proof.json', 'proof.txt']) expect(await verifyConsistencyOf(path('old.note'), path('new.note'), { ...key(), proof: path(proof) })).toMatchObject({ verdict: 'ok', details: { from: 20, to: 33 } });
    expect(await verifyConsistencyOf(path('new.note'), path('new.note'), key())).toMatchObject({ verdict: 'ok' });
  });

  it('follows the log into a new epoch, and says what was lost on the way', async () => {
    const across = { ...key('epoch2.keys'), proof: path('proof2.json'), link: path('link.note') };
    expect(await verifyConsistencyOf(path('old.note'), path('epoch2.note'), across)).toMatchObject({ verdict: 'ok' });
    expect(await verifyConsistencyOf(path('new.note'), path('epoch2.note'), across)).toMatchObject({ verdict: 'altered', code: 'evidence.epoch-lost-tail', firstBadPosition: 21, badNotAfter: 33 });
    const { link: _link, ...without } = across;
    expect(await verifyConsistencyOf(path('old.note'), path('epoch2.note'), without)).toMatchObject({ verdict: 'undecided', code: 'evidence.another-log' });
  });

  it('is told when keys or files are those of another log', async () => {
    expect(await verifyReceipt(path('other.tlog-proof'), key())).toMatchObject({ verdict: 'undecided', code: 'evidence.key-of-another-log' });
    expect(await verifyExport(path('log.ndjson'), key('other.keys'))).toMatchObject({ verdict: 'undecided', code: 'evidence.key-of-another-log' });
    expect(await verifyConsistencyOf(path('old.note'), path('other.note'), key())).toMatchObject({ verdict: 'undecided', code: 'evidence.key-of-another-log' });
    expect(await verifyConsistencyOf(path('old.note'), path('new-sm3.note'), key())).toMatchObject({ verdict: 'undecided', code: 'evidence.another-log' });
  });

  it('is told when something is missing', async () => {
    expect(await verifyExport(path('log.ndjson'), {})).toMatchObject({ verdict: 'undecided', code: 'evidence.no-key' });
    expect(await verifyReceipt(path('mine.tlog-proof'), {})).toMatchObject({ verdict: 'undecided', code: 'evidence.no-key' });
    expect(await verifyConsistencyOf(path('old.note'), path('new.note'), key())).toMatchObject({ verdict: 'undecided', code: 'evidence.no-proof' });
    expect(await verifyConsistencyOf(path('new.note'), path('old.note'), key())).toMatchObject({ verdict: 'undecided', code: 'evidence.order' });
    await expect(verifyExport(path('none.ndjson'), {})).rejects.toMatchObject({ code: 'file.unreadable' });
    await expect(verifyExport(path('none.ndjson.gz'), {})).rejects.toMatchObject({ code: 'file.unreadable' });
    await write('short.ndjson.gz', gzipSync(await readFile(path('log.ndjson'))).subarray(0, 900));
    await expect(verifyExport(path('short.ndjson.gz'), key())).rejects.toMatchObject({ code: 'file.unreadable' });
    await expect(verifyExport(path('log.ndjson'), key('old.note'))).rejects.toMatchObject({ code: 'evidence.policy-unreadable' });
    await expect(verifyExport(path('log.ndjson'), { checkpoint: path('log.keys') })).rejects.toMatchObject({ code: 'evidence.note-unreadable' });
    await expect(verifyReceipt(path('log.keys'), key())).rejects.toMatchObject({ code: 'evidence.receipt-unreadable' });
    expect(await verifyExport(path('log.keys'), key())).toMatchObject({ verdict: 'undecided', code: 'evidence.export-unreadable' });
  });

  it('finds what was altered', async () => {
    const text = await readFile(path('log.ndjson'), 'utf8');
    await write('cut.ndjson', text.split('\n').slice(0, 12).join('\n'));
    expect(await verifyExport(path('cut.ndjson'), key())).toMatchObject({ verdict: 'altered', code: 'evidence.export-cut', firstBadPosition: expect.any(Number) });
    const receipt = await readFile(path('mine.tlog-proof'), 'utf8');
    await write('moved.tlog-proof', receipt.replace('index 6', 'index 5'));
    expect(await verifyReceipt(path('moved.tlog-proof'), key())).toMatchObject({ verdict: 'altered', firstBadPosition: 7 });
    const note = await readFile(path('new.note'), 'utf8');
    await write('grown.note', note.replace('\n33\n', '\n34\n'));
    expect(await verifyConsistencyOf(path('old.note'), path('grown.note'), { ...key(), proof: path('proof.json') })).toMatchObject({ verdict: 'altered', code: 'evidence.signature-wrong' });
    expect(await verifyConsistencyOf(path('old-sm3.note'), path('new-sm3.note'), { ...key(), proof: path('proof.json') })).toMatchObject({ verdict: 'altered', code: 'evidence.not-consistent' });
  });
});
