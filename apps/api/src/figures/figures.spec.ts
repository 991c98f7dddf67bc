import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { day, hour, toIso } from '#kernel';
import { metrics } from '#metrics';
import { FrontDoor } from '../../spec/front-door.js';
import type { PersonName } from '../../spec/front-door.js';

const closing = [
  ['street', 'accept'], ['street', 'file', { ruleId: 'C-01-01.1', grade: 'general' }], ['street', 'dispatch', { unit: 'S1-roads' }], ['roads', 'acknowledge'], ['roads', 'handle'],
  ['street', 'pass-inspection'], ['street', 'close'],
] as const satisfies readonly (readonly [PersonName, string, object?])[];

describe('figures', () => {
  let door: FrontDoor;
  let done: string;
  let late: string;
  let closedAt: number;
  beforeAll(async () => {
    door = await FrontDoor.open();
    done = await door.reported({ channel: 'hotline', ruleHint: 'C-01-01.1' }, 'hotline');
    await door.told(done, ...closing);
    closedAt = (await door.store.head()).position;
    late = await door.reported({ channel: 'hotline', externalId: 'H-9', gridCode: 'S2A1' }, 'hotline');
    door.clock.set(door.clock.now() + 40 * day);
    await door.desk.passTime([`incident-${late}`]);
  });
  afterAll(() => door.close());

  const text = async (person: PersonName, address: string, reading: 'factual' | 'accountable' = 'factual'): Promise<string> => {
    const { json } = await door.get(person, address);
    return json.total[reading].text as string;
  };

  it('are a catalogue of definitions', async () => {
    const { json } = await door.get('auditor', '/api/metrics');
    expect(json.items).toHaveLength(metrics.length);
    expect(json.items.find(({ name }: { name: string }) => name === 'closureRate')).toMatchObject({ chinese: '结案率', cohort: 'due', version: 1, kind: 'rate', better: 'higher' });
    expect(json.cohorts).toContainEqual({ cohort: 'close', chinese: '按结案时间' });
  });

  it('count what the log says, in total and by groups with the names that people know', async () => {
    const { json, headers } = await door.get('analyst', '/api/metrics/closureRate?by=street');
    const position = (await door.store.head()).position;
    expect(json).toMatchObject({
      metric: 'closureRate', version: 1, from: null, before: null, by: 'street', asOf: { position }, total: { factual: { numerator: 1, denominator: 2, value: 0.5, text: '50 %', points: 50 } },
      groups: [{ key: 'S1', label: 'S1街道', factual: { text: '100 %' } }, { key: 'S2', label: 'S2街道', factual: { text: '0 %' } }],
    });
    expect(headers['x-log-position']).toBe(String(position));
    expect((await door.get('analyst', '/api/metrics/handleDuration?by=unit')).json.groups).toMatchObject([{ key: 'S1-roads', label: 'S1市政', factual: { count: 1, p50Minutes: 0 } }]);
  });

  it('hold as of any position and any moment that the log has had', async () => {
    expect(await text('analyst', `/api/metrics/closureRate?asOf=${closedAt}`)).toBe('100 %');
    expect(await text('analyst', `/api/metrics/closureRate?asOf=${closedAt - 1}`)).toBe('—');
    expect(await text('analyst', `/api/metrics/closureRate?asOf=${toIso(door.clock.now() - 39 * day)}`)).toBe('100 %');
    expect((await door.get('analyst', `/api/metrics/closureRate?asOf=${closedAt}`)).json.asOf.position).toBe(closedAt);
    expect((await door.get('analyst', `/api/metrics/closureRate?asOf=${encodeURIComponent('2026-11-23T20:00:00+08:00')}`)).json.asOf.at).toBe('2026-11-23T12:00:00.000Z');
  });

  it('leave out what lies outside the period, the filter or the jurisdiction', async () => {
    const from = toIso(door.clock.now() - 30 * day);
    expect(await text('analyst', `/api/metrics/closureRate?from=${from}`)).toBe('0 %');
    expect(await text('analyst', `/api/metrics/closureRate?before=${from}`)).toBe('100 %');
    expect(await text('analyst', '/api/metrics/closureRate?street=S1&channel=hotline')).toBe('100 %');
    expect(await text('street', '/api/metrics/closureRate')).toBe('100 %');
    expect(await text('otherStreet', '/api/metrics/closureRate')).toBe('0 %');
    expect(await text('city', '/api/metrics/closureRate')).toBe('50 %');
  });

  it('lead to their incidents, and these to the facts', async () => {
    const { json } = await door.get('analyst', '/api/metrics/closureRate/incidents?by=street&group=S1&part=numerator');
    expect(json).toMatchObject({ items: [{ incidentId: done, value: 1, unit: 'S1-roads', rung: 'street' }], nextCursor: null });
    const timeline = await door.get('analyst', `/api/incidents/${done}/timeline`);
    const positions = new Map(timeline.json.items.map(({ position, type }: { position: number; type: string }) => [position, type]));
    expect(json.items[0].positions.map((position: number) => positions.get(position))).toEqual(['IncidentReported', 'Closed']);
    expect((await door.get('analyst', '/api/metrics/closureRate/incidents?part=denominator')).json.items.map(({ incidentId }: { incidentId: string }) => incidentId)).toEqual([done, late]);
    expect((await door.get('street', '/api/metrics/closureRate/incidents')).json.items).toHaveLength(1);
  });

  it('are turned page by page without a gap or a repeat', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { json }: { json: { items: { incidentId: string }[]; nextCursor: string | null } } = await door.get('analyst', `/api/metrics/dispatchOnTimeRate/incidents?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...json.items.map(({ incidentId }) => incidentId));
      cursor = json.nextCursor;
    }
    expect(seen).toEqual([done, done]);
  });

  it.each([
    ['/api/metrics/happiness', 404, 'figures.unknown-metric'],
    ['/api/metrics/closureRate?from=2026-02-01T00:00:00Z&before=2026-01-01T00:00:00Z', 400, 'figures.period-reversed'],
    ['/api/metrics/closureRate?by=moon', 400, 'input.invalid'],
    ['/api/metrics/closureRate?planet=mars', 400, 'input.invalid'],
    ['/api/metrics/closureRate?from=2026-02-30T00:00:00Z', 400, 'input.invalid'],
    ['/api/metrics/closureRate?asOf=soon', 400, 'as-of.unreadable'],
    ['/api/metrics/closureRate?asOf=0', 400, 'as-of.before-the-log'],
    ['/api/metrics/closureRate?asOf=99999999', 400, 'as-of.in-the-future'],
    ['/api/metrics/closureRate?asOf=2020-01-01T00:00:00Z', 400, 'as-of.before-the-log'],
    ['/api/metrics/closureRate?asOf=2099-01-01T00:00:00Z', 400, 'as-of.in-the-future'],
    ['/api/metrics/closureRate/incidents?group=S1', 400, 'figures.group-without-by'],
    ['/api/metrics/closureRate/incidents?cursor=1.x', 400, 'query.cursor-unreadable'],
    ['/api/frozen-figures/none', 404, 'figures.unknown'],
    [`/api/frozen-figures/${randomUUID()}`, 404, 'figures.unknown'],
  ])('%s is refused', async (address, status, code) => {
    expect(await door.get('analyst', address)).toMatchObject({ status, json: { code } });
  });

  describe('that are frozen', () => {
    const period = { from: '2026-11-22T16:00:00Z', before: '2026-11-30T16:00:00Z' };
    const order = { metrics: ['closureRate', 'wholeDuration'], ...period, by: 'street' };

    it('stand in the log with their definitions and a hash, once for one key', async () => {
      const key = { 'idempotency-key': randomUUID() };
      const first = await door.post('analyst', '/api/frozen-figures', order, key);
      expect(first).toMatchObject({ status: 201, json: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), places: ['YP'], metrics: [{ name: 'closureRate', version: 1 }, { name: 'wholeDuration', version: 1 }] } });
      expect(first.json.content.figures[0]).toMatchObject({ metric: 'closureRate', version: 1, total: { factual: { text: '100 %' } } });
      expect((await door.post('analyst', '/api/frozen-figures', order, key)).json).toEqual(first.json);
      expect(await door.post('analyst', '/api/frozen-figures', { ...order, by: 'unit' }, key)).toMatchObject({ status: 422, json: { code: 'command.id-reused' } });
      expect((await door.get('auditor', '/api/frozen-figures')).json.items).toMatchObject([{ figuresId: first.json.figuresId, sha256: first.json.sha256 }]);
      expect((await door.get('auditor', `/api/frozen-figures/${first.json.figuresId}`)).json).toEqual(first.json);
    });

    it('compute the same again, whatever has happened since', async () => {
      const { json } = await door.post('analyst', '/api/frozen-figures', order);
      door.clock.set(door.clock.now() + hour);
      await door.reported({}, 'gridWorker');
      expect((await door.get('auditor', `/api/frozen-figures/${json.figuresId}/recomputed`)).json).toEqual({ same: true, sha256: json.sha256, recomputedSha256: json.sha256, redefined: [], differing: [] });
    });

    it('are frozen by analysts alone, of periods that are over, and seen by nobody outside', async () => {
      for (const person of ['auditor', 'street', 'city', 'administrator'] as const) expect(await door.post(person, '/api/frozen-figures', order)).toMatchObject({ status: 403 });
      expect(await door.post('analyst', '/api/frozen-figures', { ...order, before: '2099-01-01T00:00:00Z' })).toMatchObject({ status: 422, json: { code: 'figures.period-not-over' } });
      expect(await door.post('analyst', '/api/frozen-figures', { ...order, metrics: ['happiness'] })).toMatchObject({ status: 404, json: { code: 'figures.unknown-metric' } });
      expect(await door.post('analyst', '/api/frozen-figures', { ...order, metrics: [] })).toMatchObject({ status: 400, json: { code: 'input.invalid' } });
      const { json } = await door.post('analyst', '/api/frozen-figures', order);
      expect(await door.get('street', `/api/frozen-figures/${json.figuresId}`)).toMatchObject({ status: 404, json: { code: 'figures.unknown' } });
      expect((await door.get('street', '/api/frozen-figures')).json.items).toEqual([]);
    });
  });
});
