import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppendResult, EventStore, Instant, RecordedEvent } from '#kernel';
import { fromIso, minute, Refusal, second, toIso } from '#kernel';
import { appendOf, eventOf, provenanceOf, someMoment } from './builders.js';

export interface OpenedStore {
  readonly store: EventStore;
  close(): Promise<void>;
}

type Recorded = Extract<AppendResult, { status: 'recorded' }>;

/** What every adapter of the port `EventStore` promises. The store that `open` gives must be empty. */
export const eventStoreContract = (name: string, open: () => Promise<OpenedStore>): void => {
  describe(`${name} keeps the contract of the log 账本`, () => {
    let opened: OpenedStore;
    let store: EventStore;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });

    afterAll(async () => {
      await opened.close();
    });

    const readTogether = async (streams: readonly string[]): Promise<readonly RecordedEvent[]> => {
      const events: RecordedEvent[] = [];
      await store.readStreams(streams, (event) => void events.push(event));
      return events;
    };

    const recorded = async (append: Parameters<EventStore['append']>[0]): Promise<Recorded> => {
      const result = await store.append(append);
      if (result.status !== 'recorded') throw new Error(`expected to be recorded, but was ${JSON.stringify(result)}`);
      return result;
    };

    /** A moment that the log has not passed yet. */
    const later = async (ms: number): Promise<Instant> => {
      const { recordedAt } = await store.head();
      return Math.max(recordedAt === null ? someMoment : fromIso(recordedAt), someMoment) + ms;
    };

    describe('an empty log', () => {
      it('has no events, a head at 0 and an identity', async () => {
        expect(await store.head()).toEqual({ position: 0, recordedAt: null });
        expect(await store.readAll(0, 10)).toEqual([]);
        expect(await store.readStream('nobody')).toEqual([]);
        expect(store.identity()).toMatchObject({ logId: expect.any(String), kind: expect.any(String), createdAt: expect.any(String) });
      });
    });

    describe('the expected version', () => {
      it('lets a stream begin at 0 and go on from where it is', async () => {
        const stream = `stream-${randomUUID()}`;
        expect(await recorded(appendOf({ stream, events: [eventOf(), eventOf()] }))).toMatchObject({ version: 2 });
        expect(await recorded(appendOf({ stream, expectedVersion: 2 }))).toMatchObject({ version: 3 });
        expect((await store.readStream(stream)).map(({ version }) => version)).toEqual([1, 2, 3]);
      });

      it('answers a conflict with the version that the stream has, and records nothing', async () => {
        const stream = `stream-${randomUUID()}`;
        await recorded(appendOf({ stream, events: [eventOf(), eventOf()] }));
        const { position } = await store.head();
        for (const expectedVersion of [0, 1, 3, 7]) {
          expect(await store.append(appendOf({ stream, expectedVersion }))).toEqual({ status: 'conflict', actualVersion: 2 });
        }
        expect(await store.append(appendOf({ expectedVersion: 1 }))).toEqual({ status: 'conflict', actualVersion: 0 });
        expect((await store.head()).position).toBe(position);
      });

      it('lets exactly one of many concurrent appends to the same stream win', async () => {
        const stream = `stream-${randomUUID()}`;
        const results = await Promise.all(Array.from({ length: 40 }, () => store.append(appendOf({ stream }))));
        expect(results.filter(({ status }) => status === 'recorded')).toHaveLength(1);
        expect(results.filter(({ status }) => status === 'conflict')).toHaveLength(39);
        expect(await store.readStream(stream)).toHaveLength(1);
      });

      it('fails nobody else when one of many concurrent appends conflicts', async () => {
        const taken = `stream-${randomUUID()}`;
        await recorded(appendOf({ stream: taken }));
        const appends = Array.from({ length: 60 }, (_, index) => appendOf(index % 3 === 0 ? { stream: taken } : {}));
        const results = await Promise.all(appends.map((append) => store.append(append)));
        expect(results.map(({ status }) => status)).toEqual(appends.map(({ stream }) => (stream === taken ? 'conflict' : 'recorded')));
      });
    });

    describe('an append of several events', () => {
      it('is recorded together: neighbouring positions, versions without gaps, one moment', async () => {
        const append = appendOf({ events: [eventOf({ n: 1 }), eventOf({ n: 2 }), eventOf({ n: 3 })] });
        const others = Array.from({ length: 20 }, () => appendOf({ events: [eventOf(), eventOf()] }));
        const [result] = await Promise.all([recorded(append), ...others.map((other) => store.append(other))]);
        const events = await store.readStream(append.stream);
        expect(events.map(({ position }) => position)).toEqual([result.position - 2, result.position - 1, result.position]);
        expect(events.map(({ version }) => version)).toEqual([1, 2, 3]);
        expect(new Set(events.map(({ recordedAt }) => recordedAt))).toEqual(new Set([result.recordedAt]));
      });

      it('is recorded not at all when it conflicts or has expired', async () => {
        const stream = `stream-${randomUUID()}`;
        await recorded(appendOf({ stream }));
        const now = await later(0);
        await store.append(appendOf({ stream, events: [eventOf(), eventOf()] }));
        await store.append(appendOf({ stream, expectedVersion: 1, events: [eventOf(), eventOf()], validUntil: now - 1 }));
        expect(await store.readStream(stream)).toHaveLength(1);
      });

      it('refuses to be empty', async () => {
        await expect(store.append(appendOf({ events: [] }))).rejects.toThrow('at least one event');
      });
    });

    describe('a command id', () => {
      it('that is known answers what it led to the first time, and records nothing', async () => {
        const append = appendOf({ events: [eventOf(), eventOf()], fingerprint: 'f1' });
        const first = await recorded(append);
        const { position } = await store.head();
        const duplicate = { status: 'duplicate', stream: append.stream, version: 2, position: first.position, fingerprint: 'f1' };
        expect(await store.append(append)).toEqual(duplicate);
        expect(await store.append({ ...append, expectedVersion: 2 })).toEqual(duplicate);
        expect((await store.head()).position).toBe(position);
      });

      it('used for something else answers the stream and the fingerprint of the first use', async () => {
        const first = appendOf();
        const { position } = await recorded(first);
        await recorded(appendOf({ stream: first.stream, expectedVersion: 1 }));
        const { commandId } = first.provenance;
        expect(await store.append(appendOf({ commandId, fingerprint: 'another' }))).toEqual({
          status: 'duplicate', stream: first.stream, version: 1, position, fingerprint: null,
        });
      });

      it('sent many times at once is recorded once', async () => {
        const append = appendOf();
        const results = await Promise.all(Array.from({ length: 30 }, () => store.append(append)));
        expect(results.filter(({ status }) => status === 'recorded')).toHaveLength(1);
        expect(results.filter(({ status }) => status === 'duplicate')).toHaveLength(29);
        expect(await store.readStream(append.stream)).toHaveLength(1);
      });

      it('sent at once for two different streams is recorded in one of them', async () => {
        const commandId = randomUUID();
        const appends = [appendOf({ commandId }), appendOf({ commandId })];
        const results = await Promise.all(appends.map((append) => store.append(append)));
        expect(results.map(({ status }) => status).toSorted()).toEqual(['duplicate', 'recorded']);
        const streams = await Promise.all(appends.map(({ stream }) => store.readStream(stream)));
        expect(streams.flat()).toHaveLength(1);
      });

      it('is free again after a conflict, because nothing was recorded under it', async () => {
        const append = appendOf({ expectedVersion: 5 });
        expect(await store.append(append)).toMatchObject({ status: 'conflict' });
        expect(await store.findCommand(append.provenance.commandId)).toBeNull();
        expect(await store.append({ ...append, expectedVersion: 0 })).toMatchObject({ status: 'recorded' });
      });

      it('is found with what it led to, and not found when it led to nothing', async () => {
        const append = appendOf({ events: [eventOf(), eventOf()], fingerprint: 'f2' });
        const { version, position } = await recorded(append);
        await recorded(appendOf({ stream: append.stream, expectedVersion: 2 }));
        expect(await store.findCommand(append.provenance.commandId)).toEqual({ stream: append.stream, version, position, fingerprint: 'f2' });
        expect(await store.findCommand(randomUUID())).toBeNull();
      });
    });

    describe('time', () => {
      it('is the moment of the decision, or the last one in the log when that is later', async () => {
        const now = await later(minute);
        const early = await recorded(appendOf({ decidedAt: now }));
        const late = await recorded(appendOf({ decidedAt: now - minute }));
        expect([early.recordedAt, late.recordedAt]).toEqual([toIso(now), toIso(now)]);
        expect((await store.head()).recordedAt).toBe(toIso(now));
      });

      it('never goes back along positions, whatever the order of the decisions', async () => {
        const now = await later(minute);
        const { position } = await store.head();
        await Promise.all(Array.from({ length: 80 }, (_, index) => store.append(appendOf({ decidedAt: now + ((index * 37) % 80) * second }))));
        const times = (await store.readAll(position, 100)).map(({ recordedAt }) => recordedAt);
        expect(times).toHaveLength(80);
        expect(times).toEqual(times.toSorted());
      });

      it('past the moment until which a decision holds makes it expire, and tells the moment to decide at', async () => {
        const now = await later(minute);
        await recorded(appendOf({ decidedAt: now }));
        const append = appendOf({ decidedAt: now - second, validUntil: now - 1 });
        expect(await store.append(append)).toEqual({ status: 'expired', logTime: toIso(now) });
        expect(await store.append(appendOf({ decidedAt: now + second, validUntil: now }))).toEqual({ status: 'expired', logTime: toIso(now + second) });
        expect(await store.readStream(append.stream)).toEqual([]);
        expect(await store.append({ ...append, validUntil: now })).toMatchObject({ status: 'recorded' });
      });

      it('of an expired decision moves nobody else, and of many at once each is judged by what was recorded before it', async () => {
        const now = await later(minute);
        await recorded(appendOf({ decidedAt: now }));
        const appends = Array.from({ length: 40 }, (_, index) =>
          index % 4 === 0 ? appendOf({ decidedAt: now + minute, validUntil: now }) : appendOf({ decidedAt: now, validUntil: now }));
        const results = await Promise.all(appends.map((append) => store.append(append)));
        expect(results.map(({ status }) => status)).toEqual(appends.map((_, index) => (index % 4 === 0 ? 'expired' : 'recorded')));
        expect((await store.head()).recordedAt).toBe(toIso(now));
      });

      it('counts a conflict before an expiry: the stream has to be read again anyhow', async () => {
        const now = await later(minute);
        await recorded(appendOf({ decidedAt: now }));
        expect(await store.append(appendOf({ expectedVersion: 3, decidedAt: now, validUntil: now - 1 }))).toEqual({ status: 'conflict', actualVersion: 0 });
      });
    });

    describe('reading', () => {
      it('gives back exactly what was recorded: every script, quotes, depth, and where it came from', async () => {
        const data = {
          text: '路面井盖缺失,"危险"!\n\t\\ \'; drop table events; -- 𠮷 👷🏽‍♀️ \u2028',
          number: 0.1, big: 9_007_199_254_740_991, nothing: null, no: false, list: [1, [], {}, '{}'], deep: { 中文: { 'a.b': [null] } }, looksEscaped: '\\u0000',
        };
        const provenance = provenanceOf({ onBehalfOf: '市民王女士', causationId: randomUUID(), claimedAt: '2026-11-23T03:29:00.000Z', deviceSkewMs: -1_250 });
        const event = eventOf(data, { type: 'Reported', schema: 3 });
        const append = appendOf({ events: [event], provenance });
        const { position, recordedAt } = await recorded(append);
        const expected = { ...provenance, eventId: event.eventId, stream: append.stream, version: 1, position, type: 'Reported', schema: 3, recordedAt, data };
        expect(await store.readStream(append.stream)).toEqual([expected]);
        expect(await store.readAll(position - 1, 1)).toEqual([expected]);
      });

      it('comes whole where it is heard, and counted where it is not', async () => {
        const [first, second] = [appendOf({ events: [eventOf({ a: 1 }, { type: 'Heard' })] }), appendOf({ events: [eventOf({ b: 2 }, { type: 'Unheard' })] })];
        const { position } = await recorded(first);
        await recorded(second);
        const [heard, unheard] = await store.readAll(position - 1, 2, new Set(['Heard']));
        expect(heard).toEqual((await store.readStream(first.stream))[0]);
        expect(unheard).toMatchObject({ position: position + 1, stream: second.stream, version: 1, type: 'Unheard' });
      });

      it('is not touched by what the caller does with the data afterwards, also for those who follow the log', async () => {
        await recorded(appendOf());
        await store.readAll(Math.max(0, (await store.head()).position - 1), 10);
        const data = { list: [1] };
        const append = appendOf({ events: [eventOf(data)] });
        const done = store.append(append);
        data.list.push(2);
        await done;
        data.list.push(3);
        const [event] = await store.readStream(append.stream);
        const [followed] = await store.readAll((event?.position ?? 0) - 1, 1);
        expect([event?.data, followed?.data]).toEqual([{ list: [1] }, { list: [1] }]);
      });

      it('of U+0000 never happens, because it is refused clearly', async () => {
        for (const text of ['a\u0000b', '\\\u0000']) {
          const refusal = await store.append(appendOf({ events: [eventOf({ text })] })).catch((error: unknown) => error);
          expect(refusal).toBeInstanceOf(Refusal);
          expect(refusal).toMatchObject({ code: 'text.nul-character' });
        }
      });

      it('a stream can begin at a version', async () => {
        const append = appendOf({ events: [eventOf(1), eventOf(2), eventOf(3)] });
        await recorded(append);
        expect((await store.readStream(append.stream, 2)).map(({ data }) => data)).toEqual([2, 3]);
        expect(await store.readStream(append.stream, 4)).toEqual([]);
      });

      it('many streams gives each in its own order and leaves out those that do not exist', async () => {
        const appends = Array.from({ length: 5 }, () => appendOf({ events: [eventOf(1), eventOf(2)] }));
        await Promise.all(appends.map((append) => store.append(append)));
        const streams = appends.map(({ stream }) => stream);
        const found = await readTogether([...streams, 'nobody', streams[0] as string]);
        expect(found.map(({ version, data }) => [version, data])).toEqual(streams.flatMap(() => [[1, 1], [2, 2]]));
        expect(found.filter(({ version }) => version === 1).map(({ stream }) => stream).toSorted()).toEqual(streams.toSorted());
        expect(found.every(({ stream, version }, at) => version === 1 || found[at - 1]?.stream === stream)).toBe(true);
        expect(await readTogether([])).toEqual([]);
      });

      it('many streams fails with what whoever takes the events fails with, and the store goes on', async () => {
        const append = appendOf({ events: [eventOf(1), eventOf(2), eventOf(3)] });
        await recorded(append);
        let taken = 0;
        const taking = (): void => {
          taken += 1;
          if (taken === 2) throw new Error('the second is one too many');
        };
        await expect(store.readStreams([append.stream], taking)).rejects.toThrow('the second is one too many');
        expect(taken).toBe(2);
        expect(await readTogether([append.stream])).toEqual(await store.readStream(append.stream));
      });

      it('all by pages while others append misses nothing, doubles nothing and sees positions without gaps', async () => {
        const start = (await store.head()).position;
        const appending = Promise.all(Array.from({ length: 300 }, async (_, index) => {
          for (let turn = 0; turn < index % 5; turn += 1) await Promise.resolve();
          return store.append(appendOf({ events: Array.from({ length: 1 + (index % 3) }, () => eventOf({ index })) }));
        }));
        const positions: number[] = [];
        const read = async (): Promise<void> => {
          for (;;) {
            const page = await store.readAll(positions.at(-1) ?? start, 17);
            if (page.length === 0) return;
            positions.push(...page.map(({ position }) => position));
          }
        };
        let over = false;
        const whileAppending = (async () => { while (!over) { await read(); await new Promise(setImmediate); } })();
        await appending;
        over = true;
        await whileAppending;
        await read();
        expect(positions).toEqual(Array.from({ length: 600 }, (_, index) => start + index + 1));
        expect((await store.head()).position).toBe(start + 600);
      });
    });

    describe('listeners', () => {
      it('are told of an append until they stop listening', async () => {
        let calls = 0;
        const first = new Promise<void>((resolve) => {
          const stop = store.onAppended(() => { calls += 1; stop(); resolve(); });
        });
        await recorded(appendOf());
        await first;
        await recorded(appendOf());
        expect(calls).toBe(1);
      });
    });
  });
};
