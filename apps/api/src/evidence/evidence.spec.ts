import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExportVerifier, parseCheckpoint, parsePolicy, parseReceipt, readReceipt, treeHashOf, trust, verifyConsistency, verifyInclusion } from '#evidence';
import { minute } from '#kernel';
import { FrontDoor } from '../../spec/front-door.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

describe('the evidence through the door 存证', () => {
  let door: FrontDoor;
  let mine: string;
  let hotlines: string;
  beforeAll(async () => {
    door = await FrontDoor.open();
    mine = await door.reported();
    hotlines = await door.reported({ channel: 'hotline', externalId: 'H-9', gridCode: 'S1A1' }, 'hotline');
    await door.told(mine, ['gridWorker', 'accept']);
  });
  afterAll(() => door.close());

  it('says how far the log is signed, and gives the keys', async () => {
    const { json, headers } = await door.get('auditor', '/api/evidence');
    expect(json).toMatchObject({ epoch: 1, logPosition: 3, treeSize: 3, alarm: null, checkpoints: { sha256: { size: 3 }, sm3: { size: 3 } } });
    expect(headers['x-log-position']).toBe('3');
    for (const tree of ['sha256', 'sm3'] as const) {
      const { text } = await door.get('street', `/api/evidence/checkpoint?tree=${tree}`);
      expect(trust(parseCheckpoint(text).note, parsePolicy(json.keys))).toMatchObject({ trusted: true, checkpoint: { size: 3 } });
    }
  });

  it('proves a leaf and a growth', async () => {
    const { json } = await door.get('auditor', '/api/evidence/leaves/2');
    for (const tree of ['sha256', 'sm3'] as const) {
      const hash = treeHashOf(tree);
      const { checkpoint } = parseCheckpoint(json.trees[tree].checkpoint);
      expect(verifyInclusion(hash, hash.leaf(bytes(json.leaf)), json.index, checkpoint.size, json.trees[tree].proof.map(bytes), checkpoint.root)).toBe(true);
    }
    const { json: grown } = await door.get('auditor', '/api/evidence/consistency?from=3&to=3&tree=sm3');
    const { checkpoint } = parseCheckpoint(json.trees.sm3.checkpoint);
    expect(verifyConsistency(treeHashOf('sm3'), 3, 3, grown.proof.map(bytes), checkpoint.root, checkpoint.root)).toBe(true);
  });

  it('shows the leaves of an incident to those who may see it, all of them to auditors', async () => {
    expect(await door.get('gridWorker', '/api/evidence/leaves/1')).toMatchObject({ status: 200 });
    expect(await door.get('otherStreet', '/api/evidence/leaves/1')).toMatchObject({ status: 404, json: { code: 'evidence.position-unknown' } });
    expect(await door.get('auditor', '/api/evidence/leaves/1')).toMatchObject({ status: 200 });
    expect(await door.get('hotline', '/api/evidence/leaves/1')).toMatchObject({ status: 403 });
  });

  it('gives the receipt of a report to whoever reported or sees it, as a file that proves itself', async () => {
    const { text, headers } = await door.get('hotline', `/api/incidents/${hotlines}/receipt`);
    expect(headers['content-disposition']).toBe(`attachment; filename="${hotlines}.tlog-proof"`);
    expect(readReceipt(parseReceipt(text))).toMatchObject({ included: true, content: { position: 2, type: 'IncidentReported', stream: `incident-${hotlines}` } });
    expect(await door.get('hotline', `/api/incidents/${mine}/receipt`)).toMatchObject({ status: 404, json: { code: 'incident.unknown' } });
    expect(await door.get('street', `/api/incidents/${mine}/receipt`)).toMatchObject({ status: 200 });
    expect(await door.get('otherStreet', `/api/incidents/${mine}/receipt`)).toMatchObject({ status: 404 });
  });

  it('exports the log to those who examine it, and to nobody else', async () => {
    const { text, headers } = await door.get('auditor', '/api/evidence/export?from=2&to=3');
    expect(headers['content-type']).toContain('application/x-ndjson');
    const verifier = new ExportVerifier({ policy: parsePolicy((await door.get('auditor', '/api/evidence')).json.keys) });
    for (const line of text.trimEnd().split('\n')) verifier.take(Buffer.from(line));
    expect(verifier.end()).toMatchObject({ verdict: 'ok', details: { facts: 2 } });
    expect(await door.get('district', '/api/evidence/export')).toMatchObject({ status: 403 });
  });

  it.each([
    ['/api/evidence/leaves/99', 404, 'evidence.position-unknown'], ['/api/evidence/leaves/first', 404, 'evidence.position-unknown'], ['/api/evidence/leaves/0', 404, 'evidence.position-unknown'],
    ['/api/evidence/checkpoint?tree=md5', 400, 'input.invalid'], ['/api/evidence/consistency?from=2', 400, 'input.invalid'], ['/api/evidence/consistency?from=3&to=2', 400, 'evidence.range-unknown'],
    ['/api/evidence/export?from=1&to=99', 400, 'evidence.range-unknown'], ['/api/evidence/export?from=2200000000', 400, 'evidence.range-unknown'], ['/api/evidence/consistency?from=1&to=2200000000', 400, 'evidence.range-unknown'], ['/api/evidence/export?from=zero', 400, 'input.invalid'], ['/api/incidents/none/receipt', 404, 'incident.unknown'],
  ])('answers %s with %s %s', async (address, status, code) => {
    expect(await door.get('auditor', address)).toMatchObject({ status, json: { code } });
  });

  it('asks for patience with what is recorded and not signed yet', async () => {
    door.evidence.heldAt = 1;
    const answer = await door.get('hotline', `/api/incidents/${hotlines}/receipt`);
    door.evidence.heldAt = null;
    expect(answer).toMatchObject({ status: 503, json: { code: 'evidence.not-signed-yet' }, headers: { 'retry-after': '5' } });
  });

  it('shows an alarm and the age of what is not witnessed to whoever watches, while reports are taken', async () => {
    door.evidence.alarm = { code: 'evidence.fact-differs', message: 'The fact at position 1 is not the one that was recorded.', position: 1, foundAt: '2026-11-23T01:00:00.000Z' };
    door.clock.advance(minute);
    expect(await door.get('street', '/api/health/ready')).toMatchObject({ status: 200, json: { status: 'degraded', details: { evidence: { status: 'degraded', alarm: { position: 1 } } } } });
    const { text } = await door.get('administrator', '/api/health/metrics');
    expect(text).toMatch(/threeloops_evidence_alarm 1\n/);
    expect(text).toMatch(/threeloops_evidence_unwitnessed_seconds 60\n/);
    await door.reported();
    door.evidence.alarm = null;
    expect(await door.get('street', '/api/health/ready')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });
});
