import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutboxItem, OutboxPhoto } from './item.js';
import { Outbox, waitAfter } from './outbox.js';
import { PocketStore } from './store.js';

interface Sent {
  readonly address: string;
  readonly key: string | null;
  readonly body: Record<string, unknown> | null;
}

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } });

/** An engine that remembers ids, and answers as it is told to before it answers properly. */
class SmallEngine {
  readonly sent: Sent[] = [];
  readonly recorded = new Set<string>();
  readonly moods: (Response | 'lost-before' | 'lost-after')[] = [];
  uploads = 0;

  readonly fetch = async (address: string, { headers, body }: RequestInit): Promise<Response> => {
    const mood = this.moods.shift();
    if (mood === 'lost-before') throw new TypeError('network');
    if (mood instanceof Response) return mood;
    if (address.startsWith('/api/photos')) {
      this.uploads += 1;
      return json(201, { sha256: String(this.uploads).padStart(64, 'a'), bytes: 1 });
    }
    const key = (headers as Record<string, string>)['idempotency-key'] ?? null;
    this.sent.push({ address, key, body: JSON.parse(String(body)) as Record<string, unknown> });
    this.recorded.add(String(key));
    if (mood === 'lost-after') throw new TypeError('network');
    return json(201, { status: 'recorded' }, { 'x-log-position': String(100 + this.recorded.size) });
  };
}

/** Locks as browsers have them: one holder at a time. */
const locksOf = (): Pick<LockManager, 'request'> => {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, work: () => Promise<unknown>): Promise<unknown> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return { request: request as unknown as LockManager['request'] };
};

let opened = 0;

describe('the outbox', () => {
  let store: PocketStore;
  let engine: SmallEngine;
  let now: number;
  let account: string | null;
  let timers: { readonly at: number; readonly run: () => void }[];
  let signedOut: number;
  let positions: number[];
  let outbox: Outbox;
  const locks = locksOf();

  const tab = (): Outbox =>
    new Outbox({
      store, fetch: engine.fetch, now: () => now, locks, shrink: async () => new Blob(['small'], { type: 'image/jpeg' }),
      account: async () => {
        if (account === 'unreachable') throw new TypeError('network');
        return account;
      },
      later: (waitMs, run) => {
        const timer = { at: now + waitMs, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((each) => each !== timer);
        };
      },
      changed: () => undefined, recorded: (position) => positions.push(position),
      signedOut: () => {
        signedOut += 1;
      },
    });

  const item = (id: string, more: Partial<OutboxItem> = {}): Omit<OutboxItem, 'ordinal'> => ({
    id, accountId: 'worker', incidentId: `incident-${id}`, address: '/api/incidents', body: { channel: 'grid', incidentId: `incident-${id}` },
    about: { command: 'ReportIncident', title: '暴露垃圾', place: '第一网格' }, state: 'waiting', createdAt: now, holdUntil: 0, notBefore: 0, attempts: 0, problem: null, deliveredAt: null, ...more,
  });
  const photo = (itemId: string, number: number, field: OutboxPhoto['field'] = 'photos'): OutboxPhoto => ({ id: `${itemId}/${number}`, itemId, field, raw: new Blob(['raw']), sha256: null });
  const stateOf = async (id: string): Promise<string | null> => (await store.item(id))?.state ?? null;
  const keys = (): readonly (string | null)[] => engine.sent.map(({ key }) => key);

  beforeEach(async () => {
    opened += 1;
    store = await PocketStore.open(`outbox-${opened}`);
    engine = new SmallEngine();
    now = Date.parse('2026-11-23T01:00:00.000Z');
    account = 'worker';
    timers = [];
    signedOut = 0;
    positions = [];
    outbox = tab();
  });
  afterEach(() => store.close());

  it('keeps a report with its photo before anything is done with the photo', async () => {
    await outbox.add(item('a'), [photo('a', 1)]);
    const again = await PocketStore.open(`outbox-${opened}`);
    expect(await again.items()).toEqual([expect.objectContaining({ id: 'a', state: 'waiting' })]);
    expect(await again.photosOf('a')).toEqual([expect.objectContaining({ sha256: null })]);
    expect(engine.uploads + engine.sent.length).toBe(0);
    again.close();
  });

  it('sends photos first, then the report with their hashes, under the id of the item and with the times of the device', async () => {
    await outbox.add(item('a'), [photo('a', 1), photo('a', 2, 'handlingPhotos')]);
    now += 5_000;
    await outbox.flush();
    expect(engine.sent).toEqual([{
      address: '/api/incidents', key: 'a',
      body: {
        channel: 'grid', incidentId: 'incident-a', photos: ['1'.padStart(64, 'a')], handlingPhotos: ['2'.padStart(64, 'a')], claimedAt: '2026-11-23T01:00:00.000Z', deviceTime: '2026-11-23T01:00:05.000Z',
      },
    }]);
    expect([await stateOf('a'), await store.photosOf('a')]).toEqual(['delivered', []]);
  });

  it('asks again under the same id when the answer was lost, and uploads no photo twice', async () => {
    await outbox.add(item('a'), [photo('a', 1)]);
    engine.moods.push(json(201, { sha256: 'f'.repeat(64), bytes: 1 }), 'lost-after');
    await outbox.flush();
    expect([await stateOf('a'), timers.map(({ at }) => at - now)]).toEqual(['waiting', [300]]);
    now += 300;
    timers[0]?.run();
    await outbox.flush();
    expect(keys()).toEqual(['a', 'a']);
    expect([engine.recorded.size, engine.uploads, await stateOf('a')]).toEqual([1, 0, 'delivered']);
    expect(engine.sent.map(({ body }) => body?.['photos'])).toEqual([['f'.repeat(64)], ['f'.repeat(64)]]);
  });

  it('sends each item once and in order, however many tabs flush at the same time', async () => {
    for (const id of ['a', 'b', 'c']) await outbox.add(item(id));
    const other = tab();
    await Promise.all([outbox.flush(), other.flush(), outbox.flush(true)]);
    expect(keys()).toEqual(['a', 'b', 'c']);
    expect(positions).toEqual([101, 102, 103]);
  });

  it('parks what the engine refuses, with its reason, and goes on with the rest', async () => {
    await outbox.add(item('a'), [photo('a', 1)]);
    await outbox.add(item('b'));
    engine.moods.push(json(201, { sha256: 'f'.repeat(64), bytes: 1 }), json(422, { code: 'place.outside-city', detail: 'The position lies outside the city.' }));
    await outbox.flush();
    expect(await store.item('a')).toMatchObject({ state: 'refused', problem: { status: 422, code: 'place.outside-city', detail: 'The position lies outside the city.' } });
    expect((await store.photosOf('a')).length).toBe(1);
    expect([keys(), await stateOf('b')]).toEqual([['b'], 'delivered']);
    await store.change('a', (kept) => ({ ...kept, state: 'waiting', notBefore: 0, body: { ...kept.body, gridCode: 'S1A1' } }));
    await outbox.flush();
    expect(engine.sent.at(-1)).toMatchObject({ key: 'a', body: { gridCode: 'S1A1', photos: ['f'.repeat(64)] } });
  });

  it.each([500, 503, 408, 429])('keeps waiting after %s, longer each time up to half a minute', async (status) => {
    await outbox.add(item('a'));
    for (const wait of [300, 600, 1_200]) {
      engine.moods.push(json(status, { code: 'x' }));
      await outbox.flush();
      expect((await store.item('a'))?.notBefore).toBe(now + wait);
      now += wait;
    }
    expect([await stateOf('a'), waitAfter(8), waitAfter(1_000)]).toEqual(['waiting', 30_000, 30_000]);
  });

  it('waits as long as the engine asks for', async () => {
    await outbox.add(item('a'));
    engine.moods.push(json(429, { code: 'request.throttled' }, { 'retry-after': '7' }));
    await outbox.flush();
    expect((await store.item('a'))?.notBefore).toBe(now + 7_000);
  });

  it('lets others pass one that the engine cannot take now, but nothing about the same incident', async () => {
    await outbox.add(item('a', { incidentId: 'same' }));
    await outbox.add(item('b', { incidentId: 'same' }));
    await outbox.add(item('c'));
    engine.moods.push(json(500, { code: 'engine.defect' }));
    await outbox.flush();
    expect(keys()).toEqual(['c']);
  });

  it('takes no page of a network in between for an answer of the engine', async () => {
    await outbox.add(item('a'));
    engine.moods.push(new Response('<p>Please pay for the network', { status: 200, headers: { 'content-type': 'text/html' } }));
    await outbox.flush();
    expect(await stateOf('a')).toBe('waiting');
  });

  it('stops at a network that is gone, and tries at once when it is told that the network is back', async () => {
    await outbox.add(item('a'));
    await outbox.add(item('b'));
    engine.moods.push('lost-before');
    await outbox.flush();
    expect([keys(), timers.length]).toEqual([[], 1]);
    await outbox.flush();
    expect(keys()).toEqual(['b']);
    await outbox.flush(true);
    expect(keys()).toEqual(['b', 'a']);
  });

  it('holds back what can be taken back, and sends nothing of what was', async () => {
    await outbox.add(item('a', { holdUntil: now + 5_000 }));
    await outbox.flush(true);
    expect([keys(), timers.map(({ at }) => at - now)]).toEqual([[], [5_000]]);
    expect(await outbox.undo('a')).toBe(true);
    now += 5_000;
    await outbox.flush();
    expect([keys(), await store.items()]).toEqual([[], []]);
  });

  it('does not take back what is on its way', async () => {
    await outbox.add(item('a', { holdUntil: now + 5_000 }));
    now += 5_000;
    expect(await outbox.undo('a')).toBe(false);
    await outbox.flush();
    expect(keys()).toEqual(['a']);
  });

  it('sends at once what was held when the page is left', async () => {
    await outbox.add(item('a', { holdUntil: now + 5_000 }));
    await outbox.release();
    await outbox.flush();
    expect(keys()).toEqual(['a']);
  });

  it('keeps everything while nobody is signed in, and sends nothing under another account', async () => {
    await outbox.add(item('a'));
    engine.moods.push(json(401, { code: 'session.missing' }));
    await outbox.flush();
    expect([signedOut, await stateOf('a'), timers.length]).toEqual([1, 'waiting', 0]);
    account = 'somebody-else';
    await outbox.flush(true);
    expect(keys()).toEqual([]);
    account = 'worker';
    await outbox.flush(true);
    expect(keys()).toEqual(['a']);
  });

  it('asks who is signed in before it sends, and tries again later when nobody answers', async () => {
    await outbox.add(item('a'));
    account = 'unreachable';
    await outbox.flush();
    expect([keys(), timers.map(({ at }) => at - now)]).toEqual([[], [300]]);
    account = 'worker';
    now += 300;
    await outbox.flush();
    expect(keys()).toEqual(['a']);
  });

  it('sends no draft', async () => {
    await outbox.add(item('a', { state: 'draft' }), [photo('a', 1)]);
    await outbox.flush(true);
    expect([keys(), engine.uploads]).toEqual([[], 0]);
  });

  it('sends a photo again that the engine does not know any more', async () => {
    await outbox.add(item('a'), [photo('a', 1)]);
    engine.moods.push(json(201, { sha256: 'f'.repeat(64), bytes: 1 }), json(422, { code: 'photo.unknown', detail: 'gone' }));
    await outbox.flush();
    await store.change('a', (kept) => ({ ...kept, state: 'waiting' }));
    await outbox.flush();
    expect(engine.sent.at(-1)?.body).toMatchObject({ photos: ['1'.padStart(64, 'a')] });
  });

  it('works where the browser has no locks', async () => {
    const plain = new Outbox({
      store, fetch: engine.fetch, now: () => now, locks: null, shrink: async (raw) => raw, account: async () => account, later: () => () => undefined, changed: () => undefined, recorded: () => undefined, signedOut: () => undefined,
    });
    await plain.add(item('a'));
    await plain.flush();
    expect(keys()).toEqual(['a']);
  });
});

describe('the pocket store', () => {
  it('forgets answers of the engine, and nothing that was not sent yet', async () => {
    const store = await PocketStore.open('pocket');
    await store.keep('tasks', [1], 5);
    expect(await store.kept('tasks')).toEqual({ value: [1], keptAt: 5 });
    await store.forgetKept();
    expect(await store.kept('tasks')).toBeNull();
    store.close();
  });

  it('forgets old answers of one kind', async () => {
    const store = await PocketStore.open('pocket-old');
    for (const [name, keptAt] of [['incident a', 5], ['incident b', 50], ['tasks', 5]] as const) await store.keep(name, name, keptAt);
    await store.forgetOld('incident ', 10);
    expect([await store.kept('incident a'), (await store.kept('incident b'))?.value, (await store.kept('tasks'))?.value]).toEqual([null, 'incident b', 'tasks']);
    store.close();
  });
});
