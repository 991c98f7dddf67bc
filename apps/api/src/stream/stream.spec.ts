import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../spec/front-door.js';
import type { PersonName } from '../../spec/front-door.js';

interface Frame {
  readonly id: number;
  readonly event: string;
  readonly data: ReturnType<typeof JSON.parse>;
}

const frameIn = (text: string): Frame | null => {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return field('event') === '' ? null : { id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) as unknown };
};

/** Somebody who listens, as a browser would. */
class Listening {
  readonly frames: Frame[] = [];
  ended = false;
  private waiting: (() => void)[] = [];

  private constructor(private readonly abort: AbortController) {}

  static async begin(door: FrontDoor, person: PersonName, lastSeen: number | null = null): Promise<Listening> {
    const abort = new AbortController();
    const response = await fetch(`${door.origin}/api/stream`, {
      signal: abort.signal,
      headers: { authorization: `Bearer ${await door.tokenOf(person)}`, ...(lastSeen === null ? {} : { 'last-event-id': String(lastSeen) }) },
    });
    if (response.status !== 200) throw new Error(`no stream: ${response.status}`);
    const listening = new Listening(abort);
    void listening.read(response.body as ReadableStream<Uint8Array>);
    return listening;
  }

  async until(done: (frames: readonly Frame[]) => boolean): Promise<readonly Frame[]> {
    while (!done(this.frames) && !this.ended) await new Promise<void>((resume) => this.waiting.push(resume));
    return this.frames;
  }

  async facts(count: number): Promise<readonly Frame[]> {
    return (await this.until((frames) => frames.filter(({ event }) => event === 'fact').length >= count)).filter(({ event }) => event === 'fact');
  }

  stop(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          const frame = frameIn(part);
          if (frame) this.frames.push(frame);
        }
        this.wake();
      }
    } catch {
      // The listener left by itself.
    }
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}

describe('the live stream', () => {
  let door: FrontDoor;
  const listening: Listening[] = [];
  const listen = async (person: PersonName, lastSeen: number | null = null): Promise<Listening> => {
    const one = await Listening.begin(door, person, lastSeen);
    listening.push(one);
    await one.until((frames) => lastSeen !== null || frames.length > 0);
    return one;
  };
  beforeEach(async () => {
    door = await FrontDoor.open();
  });
  afterEach(async () => {
    for (const one of listening.splice(0)) one.stop();
    await door.close();
  });

  it('tells every fact as it is recorded, in order, under its position, and no text of a person', async () => {
    const street = await listen('street');
    const id = await door.reported({ description: '金丝雀', reporter: { name: '金丝雀' } });
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const facts = await street.facts(3);
    expect(facts.map((frame) => [frame.id, frame.data.position, frame.data.type, frame.data.incidentId])).toEqual([[1, 1, 'IncidentReported', id], [2, 2, 'Accepted', id], [3, 3, 'Filed', id]]);
    expect(facts[0]?.data).toMatchObject({ chinese: '上报', street: 'S1', grid: 'S1A1', channel: 'grid', revision: 1, recordedAt: '2026-11-23T01:00:00.000Z' });
    expect(facts[2]?.data).toMatchObject({ ruleId: 'C-01-01.1', grade: 'general', accountableUnit: 'S1-centre', rung: 'street' });
    expect(JSON.stringify(facts)).not.toMatch(/金丝雀|sealed|keyId/);
  });

  it('goes on where a listener left off', async () => {
    const id = await door.reported();
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const back = await listen('street', 1);
    expect((await back.facts(2)).map((frame) => [frame.id, frame.data.type])).toEqual([[2, 'Accepted'], [3, 'Filed']]);
    await door.told(id, ['street', 'dispatch', { unit: 'S1-roads' }]);
    expect((await back.facts(3)).map((frame) => frame.id)).toEqual([2, 3, 4]);
  });

  it('tells each listener only what is in the jurisdiction', async () => {
    const [other, roads, analyst] = [await listen('otherStreet'), await listen('roads'), await listen('analyst')];
    const here = await door.reported();
    await door.told(here, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }], ['street', 'dispatch', { unit: 'S1-roads' }]);
    const there = await door.reported({ channel: 'hotline', gridCode: 'S2A1' }, 'hotline');
    const toOther = await other.facts(1);
    expect(toOther.map((frame) => frame.data.incidentId)).toEqual([there]);
    expect((await roads.facts(1)).map((frame) => [frame.data.incidentId, frame.data.type])).toEqual([[here, 'Dispatched']]);
    expect(await analyst.facts(5)).toHaveLength(5);
  });

  it('knows incidents that were reported before anybody listened', async () => {
    const id = await door.reported();
    await door.told(id, ['gridWorker', 'accept']);
    const [street, other] = [await listen('street'), await listen('otherStreet')];
    await door.told(id, ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const there = await door.reported({ channel: 'hotline', gridCode: 'S2A1' }, 'hotline');
    expect((await street.facts(1)).map((frame) => frame.data.type)).toEqual(['Filed']);
    expect((await other.facts(1)).map((frame) => frame.data.incidentId)).toEqual([there]);
  });

  it('asks a listener that claims to have seen the future to load anew', async () => {
    const lost = await listen('street', 99);
    expect((await lost.until((frames) => frames.length > 0)).map(({ event }) => event)).toEqual(['resync']);
    await lost.until(() => false);
    expect(lost.ended).toBe(true);
  });

  it('lets go of a listener that does not read, and goes on for the others', async () => {
    const street = await listen('street');
    const deaf = connect(Number(new URL(door.origin).port), '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.write(`GET /api/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${await door.tokenOf('street')}\r\n\r\n`);
    await new Promise<void>((opened) => deaf.once('data', () => opened()));
    deaf.pause();
    const { streams } = await import('../door/metrics.js').then(({ doorFigures }) => doorFigures({ registry: door.registry, store: door.store, clock: door.clock } as never));
    const listeners = async (): Promise<number> => (await streams.get()).values[0]?.value ?? 0;
    expect(await listeners()).toBe(2);
    let reports = 0;
    // How much the system keeps for a connection before ours piles up is its own affair: some megabytes.
    while ((await listeners()) > 1 && reports < 60_000) {
      const place = { grid: 'S1A1', community: 'S1A', street: 'S1', district: 'YP', city: 'SH' };
      for (let each = 0; each < 50; each += 1, reports += 1) {
        const incidentId = `0190a0f0-0000-4000-8000-${String(reports).padStart(12, '0')}`;
        await door.store.append({
          stream: `incident-${incidentId}`, expectedVersion: 0, decidedAt: door.clock.now(),
          events: [{ eventId: incidentId, type: 'IncidentReported', schema: 1, data: { incidentId, round: 1, channel: 'grid', place, clocks: [], scenario: 'x'.repeat(20_000) } }],
          provenance: { actor: { id: 'a', role: 'grid-worker', unit: 'S1A-station' }, commandId: incidentId, correlationId: incidentId },
        });
      }
      await street.facts(reports);
    }
    expect(await listeners()).toBe(1);
    expect((await street.facts(reports)).length).toBe(reports);
    deaf.destroy();
  });

  it('gives signs of life that move a quiet listener on, and ends with the session', async () => {
    const quick = await FrontDoor.open({ heartbeatMs: 20 });
    try {
      const other = await Listening.begin(quick, 'otherStreet');
      await quick.reported();
      expect((await other.until((frames) => frames.some(({ id }) => id === 1))).at(-1)).toEqual({ id: 1, event: 'position', data: { position: 1 } });
      await quick.doorkeeper.endSessionsOf(quick.accounts.get('otherStreet')?.id as string);
      expect((await other.until(() => false)).at(-1)?.event).toBe('session-ended');
    } finally {
      await quick.close();
    }
  });

  it('refuses a place in the log that is none', async () => {
    expect(await door.get('street', '/api/stream', { 'last-event-id': 'yesterday' })).toMatchObject({ status: 400, json: { code: 'request.position-unreadable' } });
  });

  it('is not for those who see no incidents', async () => {
    expect(await door.get('administrator', '/api/stream')).toMatchObject({ status: 403 });
    expect(await door.get('hotline', '/api/stream')).toMatchObject({ status: 403 });
  });
});
