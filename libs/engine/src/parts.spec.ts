import { describe, expect, it } from '@jest/globals';
import { partitionOf } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { MemoryEventStore, MemorySubscriptions } from '#memory';
import type { MemoryTransaction } from '#memory';
import { appendOf, chances, eventOf } from '#testing';
import { SubscriptionLoop } from './subscription-loop.js';
import type { Subscriber } from './subscription-loop.js';

const times = { leaseMs: 400, pollMs: 5, backoffMs: 5, giveWayMs: 60_000 };
const noError = (name: string, error: unknown): void => {
  throw new Error(`${name}: ${String(error)}`);
};
const until = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('it never came about');
};

/** A log of many streams, and a table of what was done for each, in the order of doing. */
const works = () => {
  const store = new MemoryEventStore();
  const subscriptions = new MemorySubscriptions();
  const done: { readonly worker: string; readonly position: number; readonly stream: string }[] = [];
  const versions = new Map<string, number>();
  const record = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const stream = `incident-${(versions.size * 7 + n) % 40}`;
      const version = versions.get(stream) ?? 0;
      await store.append(appendOf({ stream, expectedVersion: version, events: [eventOf()] }));
      versions.set(stream, version + 1);
    }
  };
  const subscriberOf = (worker: string, parts: number, before: () => Promise<void>): Subscriber<MemoryTransaction> => ({
    name: 'work', batch: 7, parts,
    handle: async (events: readonly RecordedEvent[]) => {
      await before();
      return (tx) => Promise.resolve(tx.whenCommitted(() => void done.push(...events.map(({ position, stream }) => ({ worker, position, stream })))));
    },
  });
  const worker = (name: string, { parts = 4, before = () => Promise.resolve() }: { readonly parts?: number; readonly before?: () => Promise<void> } = {}) =>
    new SubscriptionLoop(subscriberOf(name, parts, before), store, subscriptions, name, noError, times);
  const partsBy = (name: string, after = 0): readonly number[] => [...new Set(done.filter(({ worker: by, position }) => by === name && position > after).map(({ stream }) => partitionOf(stream, 4)))].toSorted();
  return { store, subscriptions, done, record, worker, partsBy };
};

const inOrderOnce = (done: readonly { readonly position: number; readonly stream: string }[], count: number): void => {
  expect(done.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  const last = new Map<string, number>();
  for (const { stream, position } of done) {
    expect(position).toBeGreaterThan(last.get(stream) ?? 0);
    last.set(stream, position);
  }
};

describe('a subscription in parts 分区', () => {
  it('held by one worker is read as one: whole batches, in the order of the log', async () => {
    const { done, record, worker } = works();
    const only = worker('only');
    await record(70);
    only.start();
    await until(() => done.length === 70);
    await only.stop();
    expect(done.map(({ position }) => position)).toEqual(Array.from({ length: 70 }, (_, index) => index + 1));
  });

  it('is shared with whoever comes, given back when they leave, and every fact is handled once and in the order of its stream', async () => {
    const { done, record, worker, partsBy } = works();
    const [one, two, three] = [worker('one'), worker('two'), worker('three')];
    one.start();
    await record(40);
    await until(() => done.length === 40);
    expect(partsBy('one')).toEqual([0, 1, 2, 3]);
    two.start();
    await until(() => one.status().running && two.status().running);
    await record(80);
    await until(() => done.length === 120);
    three.start();
    await record(80);
    await until(() => done.length === 200);
    await until(() => three.status().running);
    await record(80);
    await until(() => done.length === 280);
    for (const name of ['one', 'two', 'three']) expect(partsBy(name, 200).length).toBeGreaterThan(0);
    await one.stop();
    await three.stop();
    await record(40);
    await until(() => done.length === 320);
    expect(partsBy('two', 280)).toEqual([0, 1, 2, 3]);
    await two.stop();
    inOrderOnce(done, 320);
  });

  it('is taken over from a worker that is heard of no more', async () => {
    const { done, record, worker, subscriptions, partsBy } = works();
    await subscriptions.divide('work', 4);
    await subscriptions.attend('work', 'dead', times.leaseMs);
    for (const index of [0, 2]) await subscriptions.acquire('work', 'dead', times.leaseMs, { index, of: 4 });
    const alive = worker('alive');
    alive.start();
    await record(40);
    await until(() => done.length > 0);
    expect(partsBy('alive')).toEqual([1, 3]);
    await until(() => done.length === 40);
    await alive.stop();
    inOrderOnce(done, 40);
  });

  it('is worked on by one of two who both believe they hold it: the one who slept through its lease is fenced out', async () => {
    const { done, record, worker } = works();
    let wake: () => void = () => undefined;
    let asleep: Promise<void> | null = new Promise((resolve) => (wake = resolve));
    let sleeping = false;
    const sleeper = worker('sleeper', {
      before: async () => {
        sleeping = asleep !== null;
        await asleep;
      },
    });
    await record(30);
    sleeper.start();
    await until(() => sleeping);
    const other = worker('other');
    other.start();
    await until(() => done.length === 30);
    expect(done.every(({ worker: by }) => by === 'other')).toBe(true);
    asleep = null;
    wake();
    await record(30);
    await until(() => done.length === 60);
    await Promise.all([sleeper.stop(), other.stop()]);
    inOrderOnce(done, 60);
  });

  it('loses and doubles nothing while workers come and go as they like', async () => {
    const { done, record, worker } = works();
    const chance = chances(5);
    const running = new Map<number, ReturnType<typeof worker>>();
    let recorded = 0;
    for (let turn = 0; turn < 60; turn += 1) {
      const place = Math.floor(chance() * 5);
      const there = running.get(place);
      if (there) {
        running.delete(place);
        await there.stop();
      } else {
        const next = worker(`worker ${place}.${turn}`);
        next.start();
        running.set(place, next);
      }
      await record(10);
      recorded += 10;
    }
    const last = worker('last');
    last.start();
    await until(() => done.length >= recorded);
    await Promise.all([last, ...running.values()].map((each) => each.stop()));
    inOrderOnce(done, recorded);
  });
});
