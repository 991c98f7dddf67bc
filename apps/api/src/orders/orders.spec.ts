import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { streamOf } from '#engine';
import { FrontDoor } from '../../spec/front-door.js';

const duty = { code: 'not-our-duty' };
const factsOf = async (door: FrontDoor, id: string): Promise<readonly string[]> => (await door.store.readStream(streamOf(id))).map(({ type }) => type);

describe('commands through the door', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it('carry an incident from its report to its end, each by those whose part it is', async () => {
    const id = await door.reported();
    await door.told(
      id,
      ['gridWorker', 'verify', { outcome: 'true', note: '属实' }], ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.2', grade: 'general' }],
      ['street', 'dispatch', { unit: 'S1-sanitation', informed: ['S1-order'] }], ['sanitation', 'return', { reason: { code: 'not-our-duty', note: '不归我们' } }],
      ['street', 'dispatch', { unit: 'S1-roads' }], ['roads', 'acknowledge'], ['roads', 'first-contact'], ['roads', 'arrive', { location: { longitude: 121.5, latitude: 31.2 } }],
      ['roads', 'handle', { note: '已更换井盖' }], ['street', 'fail-inspection', { reason: { code: 'not-done' } }], ['roads', 'handle'],
      ['street', 'pass-inspection'], ['street', 'close'], ['street', 'visit', { reached: true }], ['street', 'satisfaction', { grade: 'satisfied' }],
    );
    expect(await factsOf(door, id)).toEqual([
      'IncidentReported', 'Verified', 'Accepted', 'Filed', 'Dispatched', 'DispatchReturned', 'Dispatched', 'DispatchAcknowledged', 'FirstContactMade', 'Arrived', 'Handled',
      'InspectionFailed', 'ReworkOrdered', 'Handled', 'InspectionPassed', 'Closed', 'Visited', 'SatisfactionRecorded',
    ]);
  });

  it('tell the city\'s no with its code and record nothing', async () => {
    const id = await door.reported();
    const answer = await door.post('street', `/api/incidents/${id}/close`);
    expect(answer).toMatchObject({ status: 422, json: { code: 'incident.wrong-stage', details: { stage: 'reported' } } });
    expect(await factsOf(door, id)).toEqual(['IncidentReported']);
  });

  it('answer where the incident and the log stand', async () => {
    const answer = await door.post('gridWorker', '/api/incidents', { channel: 'grid', gridCode: 'S1A1' });
    const { position } = await door.store.head();
    expect(answer).toMatchObject({ status: 201, headers: { 'x-log-position': String(position) }, json: { status: 'recorded', revision: 1, position } });
    expect(await door.post('street', `/api/incidents/${answer.json.incidentId}/urge`)).toMatchObject({ status: 422, headers: { 'x-log-position': expect.stringMatching(/^\d+$/) } });
  });

  it('find the grid where only a place is given', async () => {
    const id = await door.reported({ gridCode: undefined, location: { longitude: 121.51, latitude: 31.26 } });
    const [reported] = await door.store.readStream(streamOf(id));
    expect(reported?.data).toMatchObject({ place: { street: expect.any(String) }, location: { longitude: 121.51, latitude: 31.26 } });
  });

  it('keep who acted, for whom, when it happened and how far the sender\'s clock was off', async () => {
    const id = await door.reported({ claimedAt: '2026-11-23T08:30:00+08:00', deviceTime: '2026-11-23T09:00:05+08:00', onBehalfOf: 'caller' });
    const [reported] = await door.store.readStream(streamOf(id));
    expect(reported).toMatchObject({
      actor: { id: door.accounts.get('gridWorker')?.id, role: 'grid-worker', unit: 'S1A-station' },
      claimedAt: '2026-11-23T00:30:00.000Z', deviceSkewMs: 5_000, onBehalfOf: 'caller', recordedAt: '2026-11-23T01:00:00.000Z',
    });
  });

  it('keep the correlation id that the sender brought, and make one where there is none', async () => {
    const correlationId = randomUUID();
    const answer = await door.post('gridWorker', '/api/incidents', { channel: 'grid', gridCode: 'S1A1' }, { 'x-correlation-id': correlationId });
    const [reported] = await door.store.readStream(streamOf(answer.json.incidentId));
    expect([answer.headers['x-correlation-id'], reported?.correlationId]).toEqual([correlationId, correlationId]);
  });

  it('take a grid worker\'s handling on the spot with photos only', async () => {
    const report = { channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingNote: '已清理' };
    expect(await door.post('gridWorker', '/api/incidents/on-the-spot', report)).toMatchObject({ status: 400, json: { errors: expect.arrayContaining([expect.objectContaining({ field: 'handlingPhotos' })]) } });
    await door.photos.keep('b'.repeat(64), new Uint8Array(3));
    const answer = await door.post('gridWorker', '/api/incidents/on-the-spot', { ...report, handlingPhotos: ['b'.repeat(64)] });
    expect(answer.status).toBe(201);
    const events = await door.store.readStream(streamOf(answer.json.incidentId));
    expect(events.find(({ type }) => type === 'Handled')?.data).toMatchObject({ onTheSpot: true, photos: [{ sha256: 'b'.repeat(64), bytes: 3 }], note: { sealed: expect.any(String) } });
    const { json } = await door.get('gridWorker', `/api/incidents/${answer.json.incidentId}/timeline`);
    expect(json.items.find(({ type }: { type: string }) => type === 'Handled').data.note).toBe('已清理');
  });

  it('are told apart from what the engine had proposed', async () => {
    const id = await door.reported({ ruleHint: 'C-01-01.1' });
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const { json } = await door.get('street', `/api/incidents/${id}/suggestions`);
    expect(json.items).toEqual([{ rank: 1, unit: 'S1-roads', name: 'S1市政', dutyId: 'street-C-01-roads', match: 'class', basis: '街道权责清单' }]);
    await door.told(id, ['street', 'dispatch', { unit: 'S1-roads' }]);
    const dispatched = (await door.store.readStream(streamOf(id))).find(({ type }) => type === 'Dispatched');
    expect(dispatched?.data).toMatchObject({ suggestion: { rank: 1, dutyId: 'street-C-01-roads', match: 'class' } });
  });

  it('give a whistle and a supervision order the number of their command', async () => {
    const id = await door.reported();
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const whistle = await door.post('street', `/api/incidents/${id}/whistle`, { units: ['S1-order'], reason: { code: 'needs-law-enforcement' } });
    expect(whistle.status).toBe(200);
    const supervision = await door.post('district', `/api/incidents/${id}/supervise`, { reason: { code: 'public-concern', note: '请尽快' } });
    expect(supervision.status).toBe(200);
    const data = Object.fromEntries((await door.store.readStream(streamOf(id))).map((event) => [event.type, event.data])) as Record<string, Record<string, unknown>>;
    expect(data['Whistled']?.['whistleId']).toBe(whistle.json.commandId);
    expect(data['SupervisionIssued']?.['supervisionId']).toBe(supervision.json.commandId);
  });

  it('merge an incident only into one that the sender sees', async () => {
    // Of two reports of one moment the one with the lower number counts as the earlier.
    const [first, second] = [await door.reported(), await door.reported()].sort() as [string, string];
    const elsewhere = await door.reported({ channel: 'hotline', gridCode: 'S2A1' }, 'hotline');
    const merge = (into: string) => door.post('street', `/api/incidents/${second}/merge`, { into, reason: { code: 'same-matter' } });
    expect(await merge(elsewhere)).toMatchObject({ status: 404, json: { code: 'incident.unknown' } });
    expect(await merge(first)).toMatchObject({ status: 200, json: { status: 'recorded' } });
  });

  it('are carried only for channels that the role speaks for', async () => {
    expect(await door.post('gridWorker', '/api/incidents', { channel: 'hotline', gridCode: 'S1A1' })).toMatchObject({ status: 403, json: { code: 'channel.not-permitted' } });
    expect(await door.post('hotline', '/api/incidents', { channel: 'grid', gridCode: 'S1A1' })).toMatchObject({ status: 403, json: { code: 'channel.not-permitted' } });
  });
});

describe('asking the same thing twice', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it('with one Idempotency-Key records once and answers the same', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { channel: 'grid', gridCode: 'S1A1', description: '垃圾堆放' };
    const first = await door.post('gridWorker', '/api/incidents', body, headers);
    const second = await door.post('gridWorker', '/api/incidents', { description: '垃圾堆放', gridCode: 'S1A1', channel: 'grid' }, headers);
    expect(second).toMatchObject({ status: 201, json: { incidentId: first.json.incidentId, revision: 1, position: first.json.position } });
    expect(['duplicate', 'ignored']).toContain(second.json.status);
    expect(await factsOf(door, first.json.incidentId)).toEqual(['IncidentReported']);
  });

  it('records once although the sender\'s clock has gone on between the two', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { channel: 'grid', gridCode: 'S1A1', claimedAt: '2026-11-23T08:59:00+08:00' };
    const first = await door.post('gridWorker', '/api/incidents', { ...body, deviceTime: '2026-11-23T09:00:00+08:00' }, headers);
    const second = await door.post('gridWorker', '/api/incidents', { ...body, deviceTime: '2026-11-23T09:00:30+08:00' }, headers);
    expect([first.status, second.status, second.json.incidentId]).toEqual([201, 201, first.json.incidentId]);
    expect(await factsOf(door, first.json.incidentId)).toEqual(['IncidentReported']);
  });

  it('with one Idempotency-Key for something else is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const id = await door.reported();
    expect(await door.post('gridWorker', `/api/incidents/${id}/accept`, {}, headers)).toMatchObject({ status: 200 });
    expect(await door.post('gridWorker', `/api/incidents/${id}/decline`, { reason: { code: 'not-real' } }, headers)).toMatchObject({ status: 422, json: { code: 'command.id-reused' } });
    expect(await factsOf(door, id)).toEqual(['IncidentReported', 'Accepted']);
  });

  it('with one Idempotency-Key and other words, or by somebody else, is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const id = await door.reported();
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const urge = (note: string, person: 'street' | 'district' = 'street') => door.post(person, `/api/incidents/${id}/urge`, { note }, headers);
    expect(await urge('请尽快')).toMatchObject({ status: 200, json: { status: 'recorded' } });
    expect(await urge('请尽快')).toMatchObject({ status: 200, json: { status: 'duplicate' } });
    expect(await urge('请慢慢')).toMatchObject({ status: 422, json: { code: 'command.id-reused' } });
    expect(await urge('请尽快', 'district')).toMatchObject({ status: 422, json: { code: 'command.id-reused' } });
    expect((await factsOf(door, id)).filter((type) => type === 'Urged')).toHaveLength(1);
  });

  it('under the number of the reporting system is one report', async () => {
    const body = { channel: 'hotline', gridCode: 'S1A1', externalId: '12345-2026-000017' };
    const first = await door.post('hotline', '/api/incidents', body);
    expect(await door.post('hotline', '/api/incidents', body)).toMatchObject({ status: 201, json: { status: 'ignored', incidentId: first.json.incidentId } });
  });

  it('under the number that a telephone gave it is one report', async () => {
    const incidentId = randomUUID();
    expect(await door.reported({ incidentId })).toBe(incidentId);
    expect(await door.reported({ incidentId })).toBe(incidentId);
    expect(await factsOf(door, incidentId)).toEqual(['IncidentReported']);
    expect(await door.post('neighbour', '/api/incidents', { incidentId, channel: 'grid', gridCode: 'S1B1' })).toMatchObject({ status: 422, json: { code: 'incident.number-taken' } });
  });
});

describe('an expected revision', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it.each([['if-match', '"1"'], ['if-match', 'W/"1"'], ['x-expected-revision', '1']])('that still holds lets the command through (%s: %s)', async (header, value) => {
    const id = await door.reported();
    expect(await door.post('gridWorker', `/api/incidents/${id}/accept`, {}, { [header]: value })).toMatchObject({ status: 200, json: { revision: 2 } });
  });

  it('that was missed tells the revision by now and who changed it last', async () => {
    const id = await door.reported();
    await door.told(id, ['gridWorker', 'accept']);
    const answer = await door.post('street', `/api/incidents/${id}/file`, { ruleId: 'C-01-01.1', grade: 'general' }, { 'if-match': '"1"' });
    expect(answer).toMatchObject({
      status: 409,
      json: {
        code: 'incident.revision-conflict',
        details: { expectedRevision: 1, revision: 2, change: 'Accepted', changedBy: { id: door.accounts.get('gridWorker')?.id, unit: 'S1A-station' }, changedAt: '2026-11-23T01:00:00.000Z' },
      },
    });
  });
});

describe('jurisdiction', () => {
  let door: FrontDoor;
  let id: string;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  beforeEach(async () => {
    id = await door.reported();
  });
  afterAll(() => door.close());

  it.each(['otherStreet', 'neighbour', 'sanitation'] as const)('hides an incident from %s as if it did not exist', async (person) => {
    const nothing = await door.get(person, '/api/incidents/0190a0f0-0000-4000-8000-000000000001');
    const command = person === 'sanitation' ? 'acknowledge' : 'declare-beyond-ability';
    const body = person === 'sanitation' ? {} : { reason: { code: 'beyond-authority' } };
    for (const answer of [
      await door.get(person, `/api/incidents/${id}`), await door.get(person, `/api/incidents/${id}/timeline`), await door.get(person, `/api/incidents/${id}/deadlines`),
      await door.post(person, `/api/incidents/${id}/${command}`, body),
    ]) {
      expect([answer.status, answer.json.code, answer.json.detail]).toEqual([404, nothing.json.code, nothing.json.detail]);
    }
    expect((await door.get(person, '/api/incidents')).json.items).toEqual([]);
    expect((await door.get(person, '/api/queues')).json.items).toEqual([]);
  });

  it.each(['gridWorker', 'street', 'district', 'city', 'analyst', 'auditor'] as const)('shows it to %s', async (person) => {
    expect(await door.get(person, `/api/incidents/${id}`)).toMatchObject({ status: 200, json: { incident: { incidentId: id } } });
  });

  it('shows a unit what it holds, and what it held', async () => {
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }], ['street', 'dispatch', { unit: 'S1-sanitation' }]);
    expect(await door.get('sanitation', `/api/incidents/${id}`)).toMatchObject({ status: 200 });
    expect(await door.get('roads', `/api/incidents/${id}`)).toMatchObject({ status: 404 });
    await door.told(id, ['sanitation', 'return', { reason: duty }], ['street', 'dispatch', { unit: 'S1-roads' }]);
    expect(await door.get('sanitation', `/api/incidents/${id}`)).toMatchObject({ status: 200 });
    expect(await door.get('roads', `/api/incidents/${id}`)).toMatchObject({ status: 200 });
  });

  it('tells a channel what became of its own report and of no other', async () => {
    const own = await door.reported({ channel: 'hotline', externalId: 'H-1' }, 'hotline');
    expect(await door.get('hotline', `/api/reports/${own}`)).toMatchObject({ status: 200, json: { stage: 'reported', externalId: 'H-1', revision: 1 } });
    expect(Object.keys((await door.get('hotline', `/api/reports/${own}`)).json)).not.toEqual(expect.arrayContaining(['description', 'reporter', 'place']));
    expect(await door.get('sensors', `/api/reports/${own}`)).toMatchObject({ status: 404, json: { code: 'report.unknown' } });
    expect(await door.get('hotline', `/api/incidents/${own}`)).toMatchObject({ status: 403 });
  });
});
