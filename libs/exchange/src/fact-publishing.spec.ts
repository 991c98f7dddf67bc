import { describe, expect, it } from '@jest/globals';
import { SubscriptionLoop, usualTimes } from '#engine';
import type { Subscriber } from '#engine';
import { Unavailable } from '#kernel';
import { MemoryEventStore, MemorySubscriptions } from '#memory';
import type { MemoryTransaction } from '#memory';
import { appendOf, eventOf } from '#testing';
import { FactPublishing } from './fact-publishing.js';
import { MemoryBus } from './memory-bus.js';

const sealed = { keyId: 'k-1', sealed: 'Y2FuYXJ5' };
const urged = (): ReturnType<typeof eventOf> => eventOf({ incidentId: 'i', round: 1, unit: 'S1-roads', by: 'S1-centre', note: sealed }, { type: 'Urged' });
const times = { ...usualTimes, pollMs: 2, backoffMs: 2 };

const stage = async (facts: number, incidents: number) => {
  const store = new MemoryEventStore();
  for (let index = 0; index < facts; index += 1) {
    await store.append(appendOf({ stream: `incident-${index % incidents}`, expectedVersion: Math.floor(index / incidents), events: [urged()], decidedAt: index }));
  }
  const bus = new MemoryBus();
  bus.createTopic('facts.incident');
  const subscriptions = new MemorySubscriptions();
  const run = (subscriber: Subscriber<MemoryTransaction>, owner = 'one'): SubscriptionLoop<MemoryTransaction> => new SubscriptionLoop(subscriber, store, subscriptions, owner, () => undefined, times);
  const reached = async (position: number): Promise<void> => {
    while (((await subscriptions.positions()).get('kafka-out') ?? 0) < position) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const idsOut = (): string[] => bus.records('facts.incident').map(({ headers }) => headers['event-id'] ?? '');
  const idsIn = async (): Promise<string[]> => (await store.readAll(0, facts)).map(({ eventId }) => eventId);
  return { store, bus, run, reached, idsOut, idsIn };
};

describe('facts go out', () => {
  it('each once while nothing breaks, those of one incident in their order, without what a person wrote', async () => {
    const { bus, run, reached, idsOut, idsIn } = await stage(40, 4);
    const loop = run(new FactPublishing(bus.publisher()));
    loop.start();
    await reached(40);
    await loop.stop();
    expect(idsOut().sort()).toEqual((await idsIn()).sort());
    for (const incident of [0, 1, 2, 3]) {
      const versions = bus.records('facts.incident').filter(({ key }) => key === `incident-${incident}`).map(({ value }) => (JSON.parse(Buffer.from(value ?? []).toString()) as { version: number }).version);
      expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
    expect(bus.records('facts.incident').map(({ value }) => Buffer.from(value ?? []).toString()).join('')).not.toMatch(/Y2FuYXJ5|keyId|note/);
  });

  it('again after a crash between the answer of the broker and the checkpoint, and never with a gap', async () => {
    const { bus, run, reached, idsOut, idsIn } = await stage(10, 2);
    const honest = bus.publisher();
    let crashes = 2;
    const loop = run(new FactPublishing({
      publish: async (records) => {
        await honest.publish(records);
        if (crashes > 0) {
          crashes -= 1;
          throw new Error('the process died before it could remember');
        }
      },
      close: () => honest.close(),
    }));
    loop.start();
    await reached(10);
    await loop.stop();
    expect(idsOut()).toHaveLength(30);
    expect([...new Set(idsOut())].sort()).toEqual((await idsIn()).sort());
  });

  it('when the broker comes back, from where it went away', async () => {
    const { bus, run, reached, idsOut, idsIn } = await stage(6, 1);
    const honest = bus.publisher();
    let away = true;
    const publishing = new FactPublishing<MemoryTransaction>({ publish: (records) => (away ? Promise.reject(new Unavailable('broker.away', 'gone')) : honest.publish(records)), close: () => honest.close() });
    const loop = run(publishing);
    loop.start();
    while (loop.status().error === null) await new Promise((resolve) => setTimeout(resolve, 2));
    expect([idsOut(), publishing.published]).toEqual([[], 0]);
    away = false;
    await reached(6);
    await loop.stop();
    expect([idsOut(), publishing.published]).toEqual([await idsIn(), 6]);
  });
});
