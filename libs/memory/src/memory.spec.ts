import { describe, expect, it } from '@jest/globals';
import { hour, minute } from '#kernel';
import { appendOf, deadlineIndexContract, eventOf, eventStoreContract, keyVaultContract, someMoment, subscriptionsContract } from '#testing';
import { MemoryDeadlineIndex, MemoryEventStore, MemoryKeyVault, MemorySubscriptions, MemoryTransaction, SimulatedClock } from './index.js';

const nothingToClose = (): Promise<void> => Promise.resolve();

eventStoreContract('the memory store', async () => ({ store: new MemoryEventStore(), close: nothingToClose }));

subscriptionsContract('the memory subscriptions', async () => {
  let now = 0;
  const committed: string[] = [];
  return {
    subscriptions: new MemorySubscriptions(() => now),
    write: async (tx: MemoryTransaction, value: string) => tx.whenCommitted(() => void committed.push(value)),
    written: () => Promise.resolve(committed),
    pass: async (ms) => void (now += ms),
    close: nothingToClose,
  };
});

deadlineIndexContract('the memory deadline index', async () => ({
  index: new MemoryDeadlineIndex(),
  transact: async (work) => {
    const tx = new MemoryTransaction();
    await work(tx);
    tx.commit();
  },
  close: nothingToClose,
}));

keyVaultContract('the memory key vault', async () => {
  const vault = new MemoryKeyVault();
  return { vault, another: () => Promise.resolve(vault), close: nothingToClose };
});

describe('the memory deadline index', () => {
  it('passes over a hundred thousand replaced moments without looking at them again', async () => {
    const index = new MemoryDeadlineIndex();
    const tx = new MemoryTransaction();
    const changes = Array.from({ length: 100_000 }, (_, n) => ({ stream: `s${n % 1_000}`, clockId: 'handling', pending: [{ moment: 'due' as const, at: someMoment + n }] }));
    await index.project(tx, changes);
    expect(await index.nextAt()).toBeNull();
    tx.commit();
    expect(await index.nextAt()).toBe(someMoment + 99_000);
    expect(await index.claim(someMoment + hour, 2_000, (streams) => Promise.resolve(streams))).toBe(1_000);
    expect(await index.nextAt()).toBeNull();
  });
});

describe('the memory store', () => {
  it('hands out events that a reader cannot change for the next one', async () => {
    const store = new MemoryEventStore();
    const append = appendOf({ events: [eventOf({ list: [1] })] });
    await store.append(append);
    const [event] = await store.readAll(0, 1);
    expect(() => (event as { data: { list: number[] } }).data.list.push(2)).toThrow(TypeError);
  });
});

describe('the simulated clock 模拟时钟', () => {
  it('stands still until it is moved', () => {
    const clock = new SimulatedClock(someMoment, () => 0);
    expect([clock.now(), clock.now()]).toEqual([someMoment, someMoment]);
    clock.advance(minute);
    expect(clock.now()).toBe(someMoment + minute);
    clock.set(someMoment + hour);
    expect(clock.now()).toBe(someMoment + hour);
  });

  it('never goes back', () => {
    const clock = new SimulatedClock(someMoment, () => 0);
    clock.set(someMoment - hour);
    clock.advance(-minute);
    expect(clock.now()).toBe(someMoment);
  });

  it('runs on at the rate it is given, and is never in doubt about the time', () => {
    let steady = 0;
    const clock = new SimulatedClock(someMoment, () => steady);
    clock.run(60);
    steady += 1_000;
    expect(clock.now()).toBe(someMoment + minute);
    clock.run(0);
    steady += 1_000;
    expect(clock.now()).toBe(someMoment + minute);
    expect(clock.anomaly()).toBeNull();
  });
});
