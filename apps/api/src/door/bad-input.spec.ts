import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '#kernel';
import { FrontDoor } from '../../spec/front-door.js';
import type { Answer } from '../../spec/front-door.js';

const report = { channel: 'grid', gridCode: 'S1A1' };
const anId = '0190a0f0-0000-4000-8000-000000000001';

const fieldsIn = (answer: Answer): readonly string[] => (answer.json.errors ?? []).map(({ field, code }: { field: string; code: string }) => `${field} ${code}`);

describe('bad input', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it.each([
    ['an unknown field', { ...report, status: 'closed' }, 'status unknown-field'],
    ['a field of the log', { ...report, recordedAt: '2026-11-23T01:00:00Z' }, 'recordedAt unknown-field'],
    ['an unknown field in a part', { ...report, reporter: { name: '张三', id: '1' } }, 'reporter.id unknown-field'],
    ['a number for a text', { ...report, description: 7 }, 'description is-string'],
    ['nothing for something', { ...report, description: null }, 'description is-string'],
    ['a list for a text', { ...report, gridCode: ['S1A1'] }, 'gridCode is-string'],
    ['a text for a part', { ...report, location: 'here' }, 'location is-object'],
    ['a text for a number', { ...report, location: { longitude: '121.5', latitude: 31.2 } }, 'location.longitude is-number'],
    ['no channel', { gridCode: 'S1A1' }, 'channel is-in'],
    ['an unknown channel', { ...report, channel: 'pigeon' }, 'channel is-in'],
    ['30 February', { ...report, claimedAt: '2026-02-30T08:00:00+08:00' }, 'claimedAt real-moment'],
    ['a moment without a zone', { ...report, claimedAt: '2026-02-03T08:00:00' }, 'claimedAt real-moment'],
    ['an hour that no day has', { ...report, deviceTime: '2026-02-03T25:00:00Z' }, 'deviceTime real-moment'],
    ['a latitude beyond the pole', { ...report, location: { longitude: 121.5, latitude: 91 } }, 'location.latitude max'],
    ['seven photos', { ...report, photos: Array.from({ length: 7 }, (_each, index) => `${index}`.padStart(64, '0')) }, 'photos array-max-size'],
    ['a photo by a path', { ...report, photos: ['../../etc/passwd'] }, 'photos matches'],
    ['the same photo twice', { ...report, photos: ['a'.repeat(64), 'a'.repeat(64)] }, 'photos array-unique'],
    ['a text beyond its length', { ...report, description: '长'.repeat(2_001) }, 'description max-length'],
    ['a control character in a code', { ...report, externalId: 'A\u00001' }, 'externalId matches'],
    ['half a character in a code', { ...report, externalId: 'A\ud800' }, 'externalId matches'],
    ['a number that is no UUID', { ...report, incidentId: '17' }, 'incidentId is-uuid'],
    ['neither grid nor place', { channel: 'grid' }, 'gridCode required'],
  ])('names the field for %s', async (_what, body, field) => {
    const before = (await door.store.head()).position;
    const answer = await door.post('gridWorker', '/api/incidents', body);
    expect(answer).toMatchObject({ status: 400, json: { code: 'input.invalid', status: 400, type: 'urn:threeloops:problem:input.invalid' } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(fieldsIn(answer)).toContain(field);
    expect((await door.store.head()).position).toBe(before);
  });

  it.each([
    ['an unknown grid', { ...report, gridCode: 'S9Z9' }, 'place.unknown-grid'],
    ['a place outside the city', { channel: 'grid', location: { longitude: 2.35, latitude: 48.85 } }, 'place.outside-city'],
    ['a place outside the city beside a good grid', { ...report, location: { longitude: 2.35, latitude: 48.85 } }, 'place.outside-city'],
    ['an unknown rule', { ...report, ruleHint: 'X-99-99.9' }, 'catalogue.unknown-rule'],
    ['a photo that nobody sent', { ...report, photos: ['a'.repeat(64)] }, 'photo.unknown'],
  ])('refuses %s with a code of its own', async (_what, body, code) => {
    expect(await door.post('gridWorker', '/api/incidents', body)).toMatchObject({ status: 422, json: { code } });
  });

  it('names every field once in the sentence, and all that is wrong with it beside it', async () => {
    const answer = await door.post('street', `/api/incidents/${await door.reported()}/dispatch`, { wrong: 1 });
    expect(answer.json).toMatchObject({ code: 'input.invalid', detail: 'Some fields are not right: wrong, unit.' });
    expect(fieldsIn(answer).filter((field) => field.startsWith('unit ')).length).toBeGreaterThan(1);
  });

  it('names what a command lacks', async () => {
    const id = await door.reported();
    expect(fieldsIn(await door.post('street', `/api/incidents/${id}/file`, { ruleId: 'E-01-02.1' }))).toEqual(['grade is-in']);
    expect(fieldsIn(await door.post('street', `/api/incidents/${id}/decline`, {}))).toEqual(['reason is-object']);
    expect(fieldsIn(await door.post('street', `/api/incidents/${id}/decline`, { reason: { code: 'because' } }))).toEqual(['reason.code is-in']);
    expect(fieldsIn(await door.post('street', `/api/incidents/${id}/accept`, { by: 'me' }))).toEqual(['by unknown-field']);
  });

  it.each([
    ['sort=reporter', 'sort is-in'], ['sort=changedAt;drop table x', 'sort is-in'], ['sort[]=changedAt', 'sort[] unknown-field'], ['sort=dueAt&sort=changedAt', 'sort is-in'],
    ['direction=sideways', 'direction is-in'], ['limit=0', 'limit min'], ['limit=201', 'limit max'], ['limit=1e2', 'limit is-int'], ['limit=abc', 'limit is-int'],
    ['open=yes', 'open is-boolean'], ['breached=1', 'breached is-boolean'], ['reportedFrom=2026-02-30T00:00:00Z', 'reportedFrom real-moment'], ['where=1', 'where unknown-field'],
    ['stage=gone', 'stage is-in'], ['holder=', 'holder matches'],
  ])('refuses the query %s', async (query, field) => {
    const answer = await door.get('street', `/api/incidents?${query}`);
    expect(answer).toMatchObject({ status: 400, json: { code: 'input.invalid' } });
    expect(fieldsIn(answer)).toContain(field);
  });

  it('refuses a body over 256 KiB', async () => {
    const answer = await door.post('gridWorker', '/api/incidents', { ...report, description: 'x'.repeat(300 * 1024) });
    expect(answer).toMatchObject({ status: 413, json: { code: 'request.too-large' } });
  });

  it.each([
    ['no JSON', '{"channel":', 'request.body-unreadable'],
    ['nesting without end', '['.repeat(100_000) + ']'.repeat(100_000), 'request.body-unreadable'],
    ['nesting 40 levels deep', `{"channel":${'['.repeat(40)}${']'.repeat(40)}}`, 'request.body-unreadable'],
    ['a poisoned prototype', '{"channel":"grid","gridCode":"S1A1","__proto__":{"polluted":true}}', 'request.body-unreadable'],
    ['a poisoned constructor', '{"channel":"grid","reporter":{"constructor":{"prototype":{"polluted":true}}}}', 'request.body-unreadable'],
  ])('refuses %s', async (_what, body, code) => {
    expect(await door.post('gridWorker', '/api/incidents', body)).toMatchObject({ status: 400, json: { code } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses content that is announced as something else', async () => {
    for (const type of ['application/xml', 'text/plain', 'multipart/form-data; boundary=x', 'application/octet-stream']) {
      expect(await door.ask('gridWorker', 'POST', '/api/incidents', { body: 'channel=grid', type })).toMatchObject({ status: 415, json: { code: 'request.media-type' } });
    }
  });

  it('reads no photo where a command is expected', async () => {
    expect(await door.ask('gridWorker', 'POST', '/api/incidents', { body: Buffer.from([0xff, 0xd8]), type: 'image/jpeg' })).toMatchObject({ status: 400 });
  });

  it.each([
    [{ 'idempotency-key': 'twice' }, 'request.idempotency-key'],
    [{ 'if-match': 'latest' }, 'request.revision-unreadable'],
    [{ 'x-expected-revision': '-1' }, 'request.revision-unreadable'],
  ])('refuses the headers %j', async (headers, code) => {
    expect(await door.post('gridWorker', '/api/incidents', report, headers as unknown as Record<string, string>)).toMatchObject({ status: 400, json: { code } });
  });

  it.each(['not-a-number', anId, '%00', '..%2f..%2fetc', 'x'.repeat(300)])('knows no incident "%s"', async (id) => {
    const answer = await door.get('street', `/api/incidents/${id}`);
    expect([400, 404, 414]).toContain(answer.status);
    expect(answer.json.code).not.toBe('engine.defect');
  });

  it('answers an address that cannot be decoded as a problem', async () => {
    expect(await door.get('street', '/api/incidents/%zz')).toMatchObject({ status: 400, json: { code: expect.stringMatching(/^request\./) } });
  });

  it('says of a defect nothing but where to find it', async () => {
    const broken = await FrontDoor.open({}, ({ views }) => ({
      views: Object.assign(Object.create(views) as typeof views, { queues: () => Promise.reject(new Error('relation "secret" does not exist')) }),
    }));
    try {
      const answer = await broken.get('street', '/api/queues');
      expect(answer).toMatchObject({ status: 500, json: { code: 'engine.defect', traceId: answer.headers['x-correlation-id'] } });
      expect(answer.text).not.toContain('secret');
      expect(broken.logged.join('')).toContain('secret');
    } finally {
      await broken.close();
    }
  });

  it('asks to come back when the engine cannot answer now', async () => {
    const away = await FrontDoor.open({}, ({ desk }) => ({
      desk: { load: (id) => desk.load(id), loadAsOf: (id, position) => desk.loadAsOf(id, position), execute: () => Promise.reject(new Unavailable('store.away', 'the database cannot be reached', 3)) },
    }));
    try {
      expect(await away.post('gridWorker', '/api/incidents', report)).toMatchObject({ status: 503, headers: { 'retry-after': '3' }, json: { code: 'store.away' } });
    } finally {
      await away.close();
    }
  });
});
