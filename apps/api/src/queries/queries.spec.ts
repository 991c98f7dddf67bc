import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamOf } from '#engine';
import { minute, toIso } from '#kernel';
import { Sealer } from '#sealing';
import { FrontDoor } from '../../spec/front-door.js';
import type { PersonName } from '../../spec/front-door.js';

const name = '欧阳金丝雀';
const telephone = '13912345678';
const words = '三楼住户长期占道，证人王金丝雀可作证';
const address = '金丝雀路一百弄二号';
const note = '金丝雀备注：与当事人谈话';
const canaries = [name, telephone, '金丝雀', '证人'];

describe('what persons said', () => {
  let door: FrontDoor;
  let id: string;
  beforeAll(async () => {
    door = await FrontDoor.open();
    id = await door.reported({ channel: 'hotline', description: words, address, reporter: { name, telephone }, ruleHint: 'C-01-01.1' }, 'hotline');
    await door.told(
      id, ['street', 'verify', { outcome: 'true', note }], ['street', 'accept'], ['street', 'file', { ruleId: 'C-01-01.1', grade: 'general' }], ['street', 'dispatch', { unit: 'S1-sanitation' }],
      ['sanitation', 'return', { reason: { code: 'other', note } }], ['street', 'dispatch', { unit: 'S1-roads' }], ['roads', 'acknowledge'],
      ['roads', 'request-extension', { addedMinutes: 30, reason: { code: 'other', note } }],
    );
  });
  afterAll(() => door.close());

  it('stands nowhere in the log in the clear', async () => {
    const log = JSON.stringify(await door.store.readAll(0, 10_000));
    expect(canaries.filter((canary) => log.includes(canary))).toEqual([]);
    expect(log).toContain('"sealed"');
  });

  it('stands nowhere in what the engine writes about itself', () => {
    const written = door.logged.join('');
    expect(written).toContain('/api/incidents/:id/verify');
    expect(canaries.filter((canary) => written.includes(canary))).toEqual([]);
    expect(written).not.toMatch(/Bearer|token=/);
  });

  const everythingFor = async (person: PersonName): Promise<string> => {
    const addresses = [`/api/incidents/${id}`, `/api/incidents/${id}/timeline`, `/api/incidents/${id}/deadlines`, '/api/incidents', '/api/deadlines', '/api/queues', `/api/reports/${id}`];
    return (await Promise.all(addresses.map((each) => door.get(person, each)))).map(({ text }) => text).join('\n');
  };

  it.each(['analyst', 'auditor', 'administrator', 'hotline', 'sensors', 'otherStreet', 'neighbour'] as const)('is shown to %s on no page', async (person) => {
    const seen = await everythingFor(person);
    expect(canaries.filter((canary) => seen.includes(canary))).toEqual([]);
  });

  it.each(['street', 'district', 'city', 'roads', 'sanitation'] as const)('is read by %s', async (person) => {
    const { json } = await door.get(person, `/api/incidents/${id}`);
    expect(json.incident).toMatchObject({ description: words, address, reporter: { name } });
    const timeline = await door.get(person, `/api/incidents/${id}/timeline`);
    const facts = Object.fromEntries(timeline.json.items.map((fact: { type: string; data: object }) => [fact.type, fact.data]));
    expect(facts).toMatchObject({
      IncidentReported: { description: words, address, reporter: { name } }, Verified: { note }, DispatchReturned: { reason: { code: 'other', note } },
      ExtensionRequested: { reason: { note } },
    });
  });

  it.each([['roads', telephone], ['street', '139****5678'], ['district', '139****5678'], ['sanitation', '139****5678']] as const)('shows %s the telephone as %s', async (person, shown) => {
    const { json } = await door.get(person, `/api/incidents/${id}`);
    expect(json.incident.reporter.telephone).toBe(shown);
    const timeline = await door.get(person, `/api/incidents/${id}/timeline`);
    expect(timeline.json.items[0].data.reporter.telephone).toBe(shown);
  });

  it('names the reporter in no list', async () => {
    const { text, json } = await door.get('street', '/api/incidents');
    expect(json.items[0]).toMatchObject({ description: words, address });
    expect(text).not.toContain(name);
    expect(text).not.toContain('139****');
  });

  it('is gone for everybody once the person is erased, while the record goes on', async () => {
    const erased = await FrontDoor.open();
    try {
      const theirs = await erased.reported({ description: words, reporter: { name, telephone } });
      const before = (await erased.get('street', `/api/incidents/${theirs}`)).json.incident;
      expect(before.description).toBe(words);
      await erased.vault.erase(new Sealer(erased.vault, new Uint8Array(32).fill(7)).personSubject('+86 139-1234-5678'));
      expect((await erased.get('street', `/api/incidents/${theirs}`)).json.incident).toEqual({ ...before, description: '已删除', reporter: { name: '已删除', telephone: null } });
      const again = await erased.reported({ description: words, reporter: { name, telephone } });
      expect((await erased.get('street', `/api/incidents/${again}`)).json.incident.description).toBe(words);
    } finally {
      await erased.close();
    }
  });
});

describe('questions', () => {
  let door: FrontDoor;
  let id: string;
  beforeAll(async () => {
    door = await FrontDoor.open();
    id = await door.reported();
  });
  afterAll(() => door.close());

  it('tell what the caller may do with an incident, and why not', async () => {
    const { json } = await door.get('gridWorker', `/api/incidents/${id}`);
    const actions = Object.fromEntries(json.allowedActions.map(({ command, ...rest }: { command: string }) => [command, rest]));
    expect(json.actionsAtRevision).toBe(1);
    expect(actions).toMatchObject({
      AcceptIncident: { allowed: true, path: 'accept', chinese: '受理' },
      CloseIncident: { allowed: false, code: 'incident.wrong-stage' },
      ArbitrateReturn: { allowed: false, code: 'role.not-permitted' },
    });
    expect(actions).not.toHaveProperty('ReportIncident');
    const analyst = await door.get('analyst', `/api/incidents/${id}`);
    expect(analyst.json.allowedActions.every(({ allowed, code }: { allowed: boolean; code: string }) => !allowed && code === 'role.not-permitted')).toBe(true);
  });

  it('are answered page by page', async () => {
    await door.reported();
    await door.reported();
    const first = await door.get('street', '/api/incidents?limit=2&sort=reportedAt&direction=ascending&open=true');
    expect(first.json.items).toHaveLength(2);
    const rest = await door.get('street', `/api/incidents?limit=2&sort=reportedAt&direction=ascending&open=true&cursor=${first.json.nextCursor}`);
    expect(rest.json).toMatchObject({ items: [expect.anything()], nextCursor: null });
  });

  it('understand a moment in whatever zone it is asked', async () => {
    const ask = async (query: string): Promise<number> => (await door.get('street', `/api/incidents?${query}`)).json.items.length as number;
    expect(await ask(`reportedFrom=${encodeURIComponent('2026-11-23T09:00:00+08:00')}`)).toBeGreaterThan(0);
    expect(await ask(`reportedFrom=${encodeURIComponent('2026-11-23T09:00:01+08:00')}`)).toBe(0);
    expect(await ask(`reportedBefore=${encodeURIComponent('2026-11-23T09:00:00+08:00')}`)).toBe(0);
  });

  it('about the reference data are answered once and then known by their tag', async () => {
    const first = await door.get('gridWorker', '/api/reference');
    expect(first.json).toMatchObject({ version: 'small-1', commands: expect.arrayContaining([expect.objectContaining({ command: 'ReturnDispatch', reasons: expect.objectContaining({ 'not-our-duty': '不属本单位职责' }) })]) });
    expect(await door.get('gridWorker', '/api/reference', { 'if-none-match': String(first.headers['etag']) })).toMatchObject({ status: 304, text: '' });
  });

  it('about oneself name role, jurisdiction and commands', async () => {
    expect((await door.get('gridWorker', '/api/me')).json).toMatchObject({ role: 'grid-worker', jurisdiction: { places: ['S1A'], unit: 'S1A-station' }, commands: expect.arrayContaining(['ReportHandledOnTheSpot']) });
    expect((await door.get('administrator', '/api/me')).json).toMatchObject({ jurisdiction: { places: [], unit: null }, commands: [] });
  });

  it('about a rung that does not exist are refused', async () => {
    expect(await door.get('street', `/api/incidents/${id}/suggestions?rung=heaven`)).toMatchObject({ status: 400, json: { errors: [{ field: 'rung', code: 'is-in' }] } });
    expect((await door.get('street', `/api/incidents/${id}/suggestions?rung=district`)).json.items[0]).toMatchObject({ unit: 'YP-order' });
  });

  it('show both times of a report that a phone could not send before, and count its clocks from when it was recorded', async () => {
    const now = door.clock.now();
    const late = await door.reported({ channel: 'grid', gridCode: 'S1A1', claimedAt: toIso(now - 95 * minute), deviceTime: toIso(now + 5 * minute) }, 'gridWorker');
    const { json } = await door.get('street', `/api/incidents/${late}`);
    expect(json.incident).toMatchObject({ reportedAt: toIso(now), happenedAt: toIso(now - 100 * minute), delayMinutes: 100 });
    expect(json.clocks[0]).toMatchObject({ startedAt: toIso(now) });
    const timeline = await door.get('street', `/api/incidents/${late}/timeline`);
    expect(timeline.json.items[0]).toMatchObject({ recordedAt: toIso(now), claimedAt: toIso(now - 95 * minute), deviceSkewMs: 5 * minute, happenedAt: toIso(now - 100 * minute), delayMinutes: 100 });
    expect((await door.get('street', `/api/incidents/${id}`)).json.incident).toMatchObject({ happenedAt: null, delayMinutes: null });
  });

  it('list clocks that run and queues of holders', async () => {
    expect((await door.get('street', '/api/deadlines?unit=S1A-station&limit=1')).json.items[0]).toMatchObject({ clock: 'accept', unit: 'S1A-station' });
    expect((await door.get('street', '/api/queues')).json.items).toEqual([expect.objectContaining({ holder: 'S1A-station', open: 4, breached: 0 })]);
  });
});

describe('reading what one has written', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it('waits until the views have come as far', async () => {
    door.views.heldAt = 0;
    const id = await door.reported();
    const position = String((await door.store.head()).position);
    expect(await door.get('street', `/api/incidents/${id}`)).toMatchObject({ status: 404 });
    const waiting = door.get('street', `/api/incidents/${id}`, { 'x-wait-for-position': position });
    setTimeout(() => {
      door.views.heldAt = null;
    }, 60);
    expect(await waiting).toMatchObject({ status: 200, headers: { 'x-log-position': position } });
  });

  it('says so when they do not come as far in time', async () => {
    expect(await door.get('street', '/api/incidents', { 'x-wait-for-position': '999999' })).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, json: { code: 'views.behind' } });
  });

  it('refuses a position that is none', async () => {
    expect(await door.get('street', '/api/incidents', { 'x-wait-for-position': 'soon' })).toMatchObject({ status: 400, json: { code: 'request.position-unreadable' } });
  });

  it('is told a position that was reached before it was read', async () => {
    const id = await door.reported();
    const { position } = await door.store.head();
    const answer = await door.get('street', `/api/incidents/${id}`, { 'x-wait-for-position': String(position) });
    expect(Number(answer.headers['x-log-position'])).toBeGreaterThanOrEqual(position);
    expect(await door.store.readStream(streamOf(id))).toHaveLength(1);
  });
});
