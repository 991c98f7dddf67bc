import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { minute, toIso } from '#kernel';
import { FrontDoor } from '../../spec/front-door.js';

const telephone = '13912345678';

describe('a query about the past 时光', () => {
  let door: FrontDoor;
  let id: string;
  let dispatchedAt: number;
  let dispatchedPosition: number;

  beforeAll(async () => {
    door = await FrontDoor.open();
    id = await door.reported({ channel: 'hotline', description: '井盖缺失', reporter: { name: '王女士', telephone }, ruleHint: 'C-01-01.1' }, 'hotline');
    await door.told(id, ['street', 'accept'], ['street', 'file', { ruleId: 'C-01-01.1', grade: 'general' }], ['street', 'dispatch', { unit: 'S1-roads' }]);
    dispatchedAt = door.clock.now();
    dispatchedPosition = (await door.store.head()).position;
    door.clock.advance(10 * minute);
    await door.told(id, ['roads', 'acknowledge']);
    await door.reported();
  });
  afterAll(() => door.close());

  const at = (address: string, asOf: string | number): string => `${address}${address.includes('?') ? '&' : '?'}asOf=${encodeURIComponent(String(asOf))}`;

  it('shows an incident, its clocks and its timeline as they were, by position and by time alike', async () => {
    expect((await door.get('street', `/api/incidents/${id}`)).json.incident.stage).toBe('acknowledged');
    for (const asOf of [dispatchedPosition, toIso(dispatchedAt), '2026-11-23T09:05:00+08:00']) {
      const { json, headers } = await door.get('street', at(`/api/incidents/${id}`, asOf));
      expect(json.incident).toMatchObject({ stage: 'dispatched', revision: 4, position: dispatchedPosition });
      expect(headers['x-log-position']).toBe(String(dispatchedPosition));
      expect(json.clocks.find(({ clock }: { clock: string }) => clock === 'acknowledge')).toMatchObject({ status: 'running' });
    }
    expect((await door.get('street', at(`/api/incidents/${id}/timeline`, dispatchedPosition))).json.items.map(({ type }: { type: string }) => type).at(-1)).toBe('Dispatched');
    expect((await door.get('street', at(`/api/incidents/${id}/deadlines`, 1))).json.items.map(({ clock }: { clock: string }) => clock)).toEqual(['accept', 'citizen']);
  });

  it('lists queues, clocks and incidents of then', async () => {
    expect((await door.get('street', at('/api/incidents', dispatchedPosition))).json.items).toHaveLength(1);
    expect((await door.get('street', '/api/incidents')).json.items).toHaveLength(2);
    expect((await door.get('street', at('/api/queues', dispatchedPosition))).json.items).toEqual([expect.objectContaining({ holder: 'S1-roads', open: 1 })]);
    expect((await door.get('street', at('/api/deadlines?clock=acknowledge', dispatchedPosition))).json.items).toHaveLength(1);
    expect((await door.get('street', '/api/deadlines?clock=acknowledge')).json.items).toHaveLength(0);
  });

  it('knows nothing of what came later', async () => {
    const later = await door.reported();
    expect(await door.get('street', at(`/api/incidents/${later}`, dispatchedPosition))).toMatchObject({ status: 404 });
    expect(await door.get('street', at(`/api/incidents/${later}/timeline`, dispatchedPosition))).toMatchObject({ status: 404 });
  });

  it('says how far the log reaches, and which fact was the last one by then', async () => {
    const { json, headers } = await door.get('street', at('/api/log', toIso(dispatchedAt + minute)));
    const head = await door.store.head();
    expect(json).toMatchObject({ first: { position: 1 }, last: { position: head.position, at: head.recordedAt }, asOf: { position: dispatchedPosition, at: toIso(dispatchedAt + minute), referenceVersion: 'small-1' } });
    expect(headers['x-log-position']).toBe(String(dispatchedPosition));
    expect((await door.get('analyst', '/api/log')).json.asOf).toBeNull();
    expect(await door.get('administrator', '/api/log')).toMatchObject({ status: 403 });
    expect(await door.get(null, '/api/log')).toMatchObject({ status: 401 });
  });

  it('lets nothing be done in the past, and says why of every action', async () => {
    const { json } = await door.get('street', at(`/api/incidents/${id}`, dispatchedPosition));
    expect(json.actionsAtRevision).toBe(4);
    expect(json.allowedActions.length).toBeGreaterThan(20);
    expect(new Set(json.allowedActions.map(({ allowed, code }: { allowed: boolean; code: string }) => `${allowed} ${code}`))).toEqual(new Set(['false as-of.read-only']));
  });

  it('shows no telephone in full: whoever worked on it then does not work on it now', async () => {
    expect((await door.get('roads', `/api/incidents/${id}`)).json.incident.reporter.telephone).toBe(telephone);
    expect((await door.get('roads', at(`/api/incidents/${id}`, dispatchedPosition))).json.incident.reporter.telephone).toBe('139****5678');
    expect((await door.get('roads', at(`/api/incidents/${id}/timeline`, dispatchedPosition))).json.items[0].data.reporter.telephone).toBe('139****5678');
  });

  it('keeps to the jurisdiction', async () => {
    expect(await door.get('otherStreet', at(`/api/incidents/${id}`, dispatchedPosition))).toMatchObject({ status: 404 });
    expect((await door.get('otherStreet', at('/api/incidents', dispatchedPosition))).json.items).toEqual([]);
  });

  it('suggests units and shows the reference data by what was in force', async () => {
    const now = await door.get('street', `/api/incidents/${id}/suggestions`);
    expect((await door.get('street', at(`/api/incidents/${id}/suggestions`, dispatchedPosition))).json.items.length).toBeGreaterThanOrEqual(now.json.items.length);
    expect((await door.get('street', at('/api/reference', dispatchedPosition))).json.version).toBe('small-1');
  });

  it.each([['soon', 'as-of.unreadable'], ['0', 'as-of.before-the-log'], ['999999', 'as-of.in-the-future'], ['2020-01-01T00:00:00Z', 'as-of.before-the-log'], ['2099-01-01T00:00:00Z', 'as-of.in-the-future'], ['2026-11-23T09:05:00', 'as-of.unreadable']])(
    'that asks for %s is refused with %s', async (asOf, code) => {
      for (const address of ['/api/incidents', `/api/incidents/${id}`, `/api/incidents/${id}/timeline`, '/api/queues', '/api/deadlines', '/api/reference', '/api/log']) {
        expect(await door.get('street', at(address, asOf))).toMatchObject({ status: 400, json: { code } });
      }
    });
});
