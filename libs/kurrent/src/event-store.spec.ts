import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fromIso, second, toIso } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { appendOf, eventOf, provenanceOf, someMoment } from '#testing';
import { openPostgres } from '#postgres';
import { TestServer } from '../../../test/kurrent/test-server.js';
import { parseAddress } from './address.js';
import type { KurrentLog, KurrentOptions } from './index.js';
import { KurrentTables0000000000801, refuseMoved } from './index.js';
import { KurrentServer } from './server.js';
import { freshDatabase, freshName, openOn } from './spec-servers.js';

let server: TestServer;
let name: string;
const opened: KurrentLog[] = [];

beforeEach(async () => {
  server = await TestServer.start();
  name = freshName();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  server.kill();
});

const open = async (options: Partial<KurrentOptions> = {}): Promise<KurrentLog> => {
  const log = await openOn(server.address(name), options);
  opened.push(log);
  return log;
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 20_000; !(await holds());) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
};

const positions = (events: readonly RecordedEvent[]): readonly number[] => events.map(({ position }) => position);
const oneTo = (count: number): readonly number[] => Array.from({ length: count }, (_none, index) => index + 1);

/** A process that recorded something and died before it could write down where. */
const recordAndDie = async (stream: string, recordedAt = someMoment): Promise<string> => {
  const other = new KurrentServer(parseAddress(server.address(name)), 5_000);
  const provenance = provenanceOf();
  await other.append(stream, 0, [{ eventId: randomUUID(), type: 'SomethingHappened', schema: 1, commandId: provenance.commandId, turn: 0, fingerprint: '', recordedAt: toIso(recordedAt), meta: JSON.stringify(provenance), data: '{}' }]);
  await other.close();
  return provenance.commandId;
};

describe('the log in KurrentDB', () => {
  it('keeps provenance and payload as the very texts that were serialised, and all values of the metadata as texts', async () => {
    const { store } = await open();
    const append = appendOf({ events: [eventOf({ b: 1, a: '杨浦 "区"', 'z ': 1e21 })] });
    await store.append(append);
    const [row] = await store.readRows(0, 1);
    expect([row?.data, row?.meta]).toEqual(['{"b":1,"a":"杨浦 \\"区\\"","z ":1e+21}', JSON.stringify(append.provenance)]);
    const entry = server.log.entries.find(({ stream }) => stream === `${name}.${append.stream}`);
    const metadata = JSON.parse(Buffer.from(entry?.metadata ?? []).toString('utf8')) as Record<string, unknown>;
    expect(new Set(Object.values(metadata).map((value) => typeof value))).toEqual(new Set(['string']));
    expect(metadata).toMatchObject({ $correlationId: append.provenance.correlationId, schema: '1', eventId: append.events[0]?.eventId });
  });

  it('is the same log after it was closed and opened again', async () => {
    const connection = await freshDatabase();
    const first = await openOn(server.address(name), { connection, kind: 'demo' });
    const append = appendOf();
    await first.store.append(append);
    await first.close();
    const second_ = await open({ connection, kind: 'demo' });
    expect(second_.identity).toEqual(first.identity);
    expect(await second_.store.append(append)).toMatchObject({ status: 'duplicate', position: 1 });
  });

  it('is the same log, position by position, when its order was lost with the whole database', async () => {
    const first = await open();
    await Promise.all(Array.from({ length: 60 }, (_none, index) => first.store.append(appendOf({ decidedAt: someMoment + ((index * 7) % 60) * second, events: [eventOf(), eventOf()] }))));
    const before = await first.store.readAll(0, 1_000);
    const again = await open();
    expect(again.identity).toEqual(first.identity);
    expect(await again.store.readAll(0, 1_000)).toEqual(before);
    expect(await again.store.findCommand(before[0]?.commandId ?? '')).toMatchObject({ position: 2, version: 2 });
  });

  it('does not see what the server or another system keeps beside it, nor another log', async () => {
    server.log.appendForeign('$stats-127.0.0.1', 5);
    server.log.appendForeign('orders-1', 5);
    const { store } = await open();
    const other = await openOn(server.address(`${name}x`));
    opened.push(other);
    await store.append(appendOf());
    server.log.appendForeign('$stats-127.0.0.1', 1_500);
    await other.store.append(appendOf());
    await store.append(appendOf());
    expect(positions(await store.readAll(0, 100))).toEqual([1, 2]);
    expect(positions(await other.store.readAll(0, 100))).toEqual([1]);
  });

  it('of another database, of another kind, or of a database whose facts are elsewhere is refused', async () => {
    const connection = await freshDatabase();
    await (await openOn(server.address(name), { connection })).close();
    await expect(open({ connection, kind: 'played' })).rejects.toMatchObject({ code: 'log.wrong-kind' });
    await expect(openOn(server.address(freshName()), { connection })).rejects.toMatchObject({ code: 'log.wrong-store' });
    const plain = await openPostgres({ connection, kind: 'live', moreMigrations: [KurrentTables0000000000801] });
    await expect(refuseMoved(plain.pool)).rejects.toMatchObject({ code: 'log.wrong-store', details: { found: name } });
    await plain.close();
    const inTable = await freshDatabase();
    const own = await openPostgres({ connection: inTable, kind: 'live', moreMigrations: [KurrentTables0000000000801] });
    await refuseMoved(own.pool);
    await own.store.append(appendOf());
    await own.close();
    await expect(openOn(server.address(freshName()), { connection: inTable })).rejects.toMatchObject({ code: 'log.wrong-store' });
    await expect(open({ connection: inTable })).rejects.toMatchObject({ code: 'log.another' });
  });

  it('is begun when the answer to its very first word was lost', async () => {
    server.weather.loseAnswers = 1;
    const { identity } = await open();
    expect(server.weather.loseAnswers).toBe(0);
    expect((await open()).identity).toEqual(identity);
  });

  it('lets two processes append: dense positions, one winner per version, every command once, each told of the other', async () => {
    const connection = await freshDatabase();
    const [here, there] = [await open({ connection }), await open({ connection })];
    const heard = new Promise<void>((resolve) => void there.store.onAppended(resolve));
    const appends = Array.from({ length: 100 }, (_none, index) => appendOf({ stream: `contested-${index % 25}`, events: [eventOf(), eventOf()] }));
    const results = await Promise.all([here, there].flatMap(({ store }) => appends.map((append) => store.append(append))));
    const count = (wanted: string): number => results.filter(({ status }) => status === wanted).length;
    expect([count('recorded'), count('duplicate'), count('conflict')]).toEqual([25, 25, 150]);
    expect(positions(await there.store.readAll(0, 1_000))).toEqual(oneTo(50));
    await heard;
  });
});

describe('an append whose outcome is not known', () => {
  it('was recorded and its answer lost: it is asked for again, recorded once, and told as recorded', async () => {
    const { store } = await open();
    server.weather.loseAnswers = 1;
    const append = appendOf({ events: [eventOf(), eventOf()] });
    expect(await store.append(append)).toMatchObject({ status: 'recorded', version: 2, position: 2 });
    expect(server.weather.loseAnswers).toBe(0);
    expect(positions(await store.readAll(0, 10))).toEqual([1, 2]);
  });

  it('fails nobody else who was on the way at the same time, and all are recorded once', async () => {
    const { store } = await open();
    server.weather.loseAnswers = 5;
    const results = await Promise.all(Array.from({ length: 60 }, () => store.append(appendOf())));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['recorded']));
    expect(positions(await store.readAll(0, 100))).toEqual(oneTo(60));
  });

  it('arrives late after it was asked for again: it is the same event and not a second one', async () => {
    const { store } = await open({ deadlineMs: 300 });
    server.weather.hold = 1;
    expect(await store.append(appendOf({ stream: 's' }))).toMatchObject({ status: 'recorded', version: 1 });
    server.release();
    expect(await store.append(appendOf({ stream: 's', expectedVersion: 1 }))).toMatchObject({ status: 'recorded', version: 2, position: 2 });
    expect(await store.readStream('s')).toHaveLength(2);
  });

  it('holds its command for itself until it is known, also after the process was restarted', async () => {
    const connection = await freshDatabase();
    const first = await openOn(server.address(name), { connection, deadlineMs: 200, patienceMs: 100 });
    server.weather.hold = 1;
    const append = appendOf({ stream: 'here' });
    await expect(first.store.append(append)).rejects.toMatchObject({ name: 'Unavailable', code: 'store.unknown-outcome' });
    await first.close();
    const { store } = await open({ connection });
    await expect(store.append({ ...append, stream: 'there' })).rejects.toMatchObject({ name: 'Unavailable', code: 'store.unknown-outcome' });
    server.release();
    expect(await store.append({ ...append, stream: 'there' })).toMatchObject({ status: 'duplicate', stream: 'here', version: 1, position: 1 });
    expect(await store.readStream('there')).toEqual([]);
  });

  it('lets its command go when its stream has gone on without it', async () => {
    const connection = await freshDatabase();
    const { store } = await open({ connection, deadlineMs: 200, patienceMs: 100 });
    server.weather.hold = 1;
    const append = appendOf({ stream: 'here' });
    await expect(store.append(append)).rejects.toMatchObject({ code: 'store.unknown-outcome' });
    await store.append(appendOf({ stream: 'here' }));
    expect(await store.append({ ...append, stream: 'there' })).toMatchObject({ status: 'recorded' });
    server.release();
    expect(await store.append(appendOf({ stream: 'here', expectedVersion: 1 }))).toMatchObject({ status: 'recorded', version: 2 });
    expect(await store.readStream('there')).toHaveLength(1);
  });
});

describe('what was recorded and not written down', () => {
  it('finds its place by whoever opens the log next', async () => {
    const connection = await freshDatabase();
    await (await openOn(server.address(name), { connection })).close();
    const commandId = await recordAndDie('left');
    const { store } = await open({ connection });
    expect(await store.findCommand(commandId)).toMatchObject({ stream: 'left', position: 1 });
  });

  it('finds its place by whoever listens, and wakes the readers', async () => {
    const { store } = await open();
    const heard = new Promise<void>((resolve) => void store.onAppended(resolve));
    const commandId = await recordAndDie('left');
    await heard;
    expect(await store.findCommand(commandId)).toMatchObject({ stream: 'left', position: 1 });
  });

  it('never turns the time of the log back: the later moment holds for what comes behind it', async () => {
    const { store } = await open();
    await store.append(appendOf({ decidedAt: someMoment }));
    await recordAndDie('left', someMoment - 60_000);
    await until(async () => (await store.head()).position === 2);
    expect((await store.head()).recordedAt).toBe(toIso(someMoment));
    expect((await store.readStream('left')).map(({ recordedAt }) => recordedAt)).toEqual([toIso(someMoment)]);
  });
});

describe('a server that was away', () => {
  it('is read, written and listened to again by itself', async () => {
    const { store } = await open({ patienceMs: 500 });
    await store.append(appendOf({ stream: 'before' }));
    server.kill();
    await expect(store.readStream('before')).rejects.toMatchObject({ name: 'Unavailable', code: 'store.away' });
    await expect(store.append(appendOf())).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(store.check()).rejects.toMatchObject({ name: 'Unavailable' });
    // Long enough for clients that give up after some tries.
    await new Promise((resolve) => void setTimeout(resolve, 2_000));
    await server.revive();
    await until(() => store.check().then(() => true, () => false));
    expect(await store.append(appendOf({ stream: 'after' }))).toMatchObject({ status: 'recorded' });
    expect(await store.readStream('after')).toHaveLength(1);
    const { position } = await store.head();
    await recordAndDie('left');
    await until(async () => (await store.head()).position === position + 1);
  });
});

describe('a batch of decisions that hold for different times', () => {
  it('is recorded so that none stands behind a moment past which it did not hold', async () => {
    const { store } = await open();
    const appends = Array.from({ length: 40 }, (_none, index) => appendOf({ decidedAt: someMoment + index, validUntil: someMoment + index }));
    const results = await Promise.all(appends.map((append) => store.append(append)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['recorded']));
    for (const { commandId, recordedAt } of await store.readAll(0, 100)) {
      const append = appends.find(({ provenance }) => provenance.commandId === commandId);
      expect(fromIso(recordedAt)).toBeLessThanOrEqual(append?.validUntil ?? 0);
    }
  });
});

describe('a fact that is not there any more as it was recorded', () => {
  it('and was scavenged shows as missing, not as a gap and not as an empty stream', async () => {
    const { store } = await open();
    await store.append(appendOf({ stream: 's', events: [eventOf(), eventOf(), eventOf()] }));
    await store.append(appendOf());
    server.log.scavenge(`${name}.s`, 2);
    await expect(store.readRows(0, 10)).rejects.toMatchObject({ name: 'BrokenLog', code: 'store.fact-missing', details: { position: 1, stream: 's', version: 1 } });
    await expect(store.readStream('s')).rejects.toMatchObject({ code: 'store.fact-missing' });
    expect(await store.readRows(3, 10)).toHaveLength(1);
  });

  it('and was deleted with its stream shows as missing; the stream takes nothing more', async () => {
    const { store } = await open();
    await store.append(appendOf({ stream: 's' }));
    server.log.tombstone(`${name}.s`);
    await expect(store.readStream('s')).rejects.toMatchObject({ code: 'store.fact-missing' });
    await expect(store.append(appendOf({ stream: 's', expectedVersion: 1 }))).rejects.toMatchObject({ code: 'store.stream-deleted' });
  });

  it('and was redacted shows as unreadable at its position', async () => {
    const { store } = await open();
    await store.append(appendOf({ stream: 's', events: [eventOf(), eventOf()] }));
    server.log.redact(`${name}.s`, 1);
    await expect(store.readStream('s')).rejects.toMatchObject({ name: 'BrokenLog', code: 'store.fact-unreadable', details: { position: 2 } });
  });

  it('but was written into its stream by somebody else stops the order with a name', async () => {
    const connection = await freshDatabase();
    const log = await openOn(server.address(name), { connection });
    await log.store.append(appendOf({ stream: 's' }));
    await log.close();
    server.log.appendForeign(`${name}.s`);
    await expect(open({ connection })).rejects.toMatchObject({ name: 'BrokenLog', code: 'store.foreign-fact' });
  });

  it('because the whole event store was emptied is not begun anew', async () => {
    const connection = await freshDatabase();
    const log = await openOn(server.address(name), { connection });
    await log.store.append(appendOf());
    await log.close();
    const empty = await TestServer.start();
    await expect(openOn(empty.address(name), { connection })).rejects.toMatchObject({ name: 'BrokenLog', code: 'store.fact-missing' });
    empty.kill();
  });
});
