import { describe, expect, it } from '@jest/globals';
import { fromIso, hour, minute } from '#kernel';
import type { Clock, Lease, RecordedEvent } from '#kernel';
import { MemoryDeadlineIndex, MemoryEventStore, MemorySubscriptions, MemoryTransaction, SimulatedClock } from '#memory';
import { monday9, people, smallLibrary } from '#scenario';
import { DeadlineRunner } from './deadline-runner.js';
import { deadlineSubscriber } from './deadline-subscriber.js';
import { deterministicId, streamOf } from './ids.js';
import { IncidentDesk } from './incident-desk.js';
import { loopSubscriber } from './loop-subscriber.js';
import { SubscriptionLoop } from './subscription-loop.js';
import type { Subscriber } from './subscription-loop.js';

const times = { leaseMs: 1_000, pollMs: 5, backoffMs: 5, giveWayMs: 60_000 };
const noError = (name: string, error: unknown): void => {
  throw new Error(`${name}: ${String(error)}`);
};
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('it never came about');
};

const city = () => {
  const store = new MemoryEventStore();
  const clock = new SimulatedClock(monday9);
  const desk = new IncidentDesk({ store, clock, library: () => smallLibrary, chance: () => 0.5 });
  let ordinal = 0;
  const send = (who: keyof typeof people, type: string, data: object = {}, incidentId = 'a') => {
    const commandId = deterministicId('spec', (ordinal += 1));
    return desk.execute({ command: { type, data: { incidentId, ...data } } as never, actor: people[who], commandId, correlationId: commandId });
  };
  const filed = async (incidentId: string) => {
    await send('hotline', 'ReportIncident', { channel: 'hotline', externalId: incidentId, gridCode: 'S1A1' }, incidentId);
    await send('dispatcher', 'AcceptIncident', {}, incidentId);
    await send('dispatcher', 'FileIncident', { ruleId: 'C-01-01.2', grade: 'general' }, incidentId);
  };
  const types = async (incidentId = 'a') => (await store.readStream(streamOf(incidentId))).map(({ type }) => type);
  return { store, clock, desk, send, filed, types };
};

describe('the loops as a durable process 三循环', () => {
  it('answers facts through the desk, once, however often they are delivered', async () => {
    const { store, desk, send, filed, types } = city();
    await filed('a');
    await send('dispatcher', 'DeclareBeyondAbility', { reason: { code: 'too-big' } });
    const subscriber = loopSubscriber<MemoryTransaction>(desk);
    for (let delivery = 0; delivery < 3; delivery += 1) await subscriber.handle(await store.readAll(0, 1_000), { after: 0, to: 4 });
    expect((await types()).filter((type) => type === 'Escalated')).toHaveLength(1);
    const climb = (await store.readStream(streamOf('a'))).at(-1) as RecordedEvent;
    const declared = (await store.readStream(streamOf('a'))).at(-2) as RecordedEvent;
    expect(climb).toMatchObject({ type: 'Escalated', causationId: declared.eventId, correlationId: declared.correlationId, actor: { id: 'loop:street', role: 'engine' } });
  });

  it('tells the earlier incident of a merger', async () => {
    const { store, clock, desk, send, filed, types } = city();
    await filed('a');
    clock.advance(minute);
    await filed('b');
    const { state } = await desk.load('a');
    await send('dispatcher', 'MergeIncident', { into: { incidentId: 'a', stage: 'filed', reportedAt: state.stage === 'open' ? state.origin.reportedAt : '' }, reason: { code: 'same' } }, 'b');
    await loopSubscriber<MemoryTransaction>(desk).handle(await store.readAll(0, 1_000), { after: 0, to: 7 });
    expect((await types('a')).at(-1)).toBe('DuplicateLinked');
  });
});

describe('a command id 指令号', () => {
  const report = (externalId: string, fingerprint: string, incidentId = 'a') => ({
    command: { type: 'ReportIncident', data: { incidentId, channel: 'hotline', externalId, gridCode: 'S1A1' } } as const,
    actor: people.hotline, commandId: '11111111-1111-4111-8111-111111111111', correlationId: 'c', fingerprint,
  });

  it('gives the first answer again, also to a desk that has never heard of it', async () => {
    const { store, clock, desk } = city();
    const first = await desk.execute(report('H-1', 'f'));
    const again = new IncidentDesk({ store, clock, library: () => smallLibrary });
    for (const asked of [desk, again]) expect(await asked.execute(report('H-1', 'f'))).toEqual({ ...first, status: 'duplicate' });
    expect((await store.head()).position).toBe(1);
  });

  it('is refused for anything else, whether it is about another incident or only says something else', async () => {
    const { desk } = city();
    await desk.execute(report('H-1', 'f'));
    await expect(desk.execute(report('H-1', 'g'))).rejects.toMatchObject({ code: 'command.id-reused' });
    await expect(desk.execute(report('H-2', 'h', 'b'))).rejects.toMatchObject({ code: 'command.id-reused' });
  });
});

describe('a subscription loop 订阅', () => {
  const collecting = (seen: number[], fail: () => boolean = () => false): Subscriber<MemoryTransaction> => ({
    name: 'collect', batch: 3,
    handle: (events) => Promise.resolve(async () => {
      if (fail()) throw new Error('not now');
      for (const { position } of events) seen.push(position);
    }),
  });

  it('sees every fact once and in order, and goes on after an error', async () => {
    const { store, filed } = city();
    const seen: number[] = [];
    const errors: string[] = [];
    let failures = 2;
    const loop = new SubscriptionLoop(collecting(seen, () => (failures -= 1) >= 0), store, new MemorySubscriptions(), 'me', (name) => errors.push(name), times);
    loop.start();
    await filed('a');
    await filed('b');
    await until(() => seen.length === 6);
    await loop.stop();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(errors).toEqual(['collect', 'collect']);
  });

  it('is run by one worker at a time; another takes over where it stopped', async () => {
    const { store, filed } = city();
    const subscriptions = new MemorySubscriptions();
    const [one, two]: [number[], number[]] = [[], []];
    const first = new SubscriptionLoop(collecting(one), store, subscriptions, 'one', noError, times);
    const second = new SubscriptionLoop(collecting(two), store, subscriptions, 'two', noError, times);
    first.start();
    await filed('a');
    await until(() => one.length === 3);
    second.start();
    await filed('b');
    await until(() => one.length === 6);
    expect(two).toEqual([]);
    await first.stop();
    await filed('c');
    await until(() => two.length === 3);
    await second.stop();
    expect([...one, ...two]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives way to what is pressing, if it can wait, and goes on when that is over', async () => {
    const { store, filed } = city();
    await filed('a');
    let end = (): void => undefined;
    let press: Promise<void> | null = new Promise((resolve) => (end = resolve));
    const [waiting, pressing]: [number[], number[]] = [[], []];
    const loopOf = (seen: number[], name: string, canWait: boolean) =>
      new SubscriptionLoop({ ...collecting(seen), name, canWait }, store, new MemorySubscriptions(), 'me', noError, times, { over: () => press });
    const loops = [loopOf(waiting, 'views', true), loopOf(pressing, 'loops', false)];
    for (const loop of loops) loop.start();
    await until(() => pressing.length === 3);
    expect(waiting).toEqual([]);
    press = null;
    end();
    await until(() => waiting.length === 3);
    await Promise.all(loops.map((loop) => loop.stop()));
  });

  it('gives way no longer than it may, and not at all to being stopped', async () => {
    const { store, filed } = city();
    await filed('a');
    const never = { over: () => new Promise<void>(() => undefined) };
    const seen: number[] = [];
    const short = new SubscriptionLoop({ ...collecting(seen), canWait: true }, store, new MemorySubscriptions(), 'me', noError, { ...times, giveWayMs: 1 }, never);
    short.start();
    await until(() => seen.length === 3);
    await short.stop();
    const long = new SubscriptionLoop({ ...collecting([]), canWait: true }, store, new MemorySubscriptions(), 'me', noError, times, never);
    long.start();
    await until(() => long.status().running);
    await long.stop();
  });

  it('writes nothing more once it is fenced out', async () => {
    const { store, filed } = city();
    let now = 0;
    const subscriptions = new MemorySubscriptions(() => now);
    await filed('a');
    const lease = await subscriptions.acquire('collect', 'slow', 10);
    now = 20;
    expect(await subscriptions.acquire('collect', 'quick', 10)).toMatchObject({ epoch: 2 });
    const written: string[] = [];
    await expect(subscriptions.advance(lease as never, 3, () => Promise.resolve(void written.push('late')))).rejects.toThrow('belongs to another worker');
    expect(written).toEqual([]);
    expect((await store.head()).position).toBe(3);
  });
});

describe('the firing of deadlines 时限进程', () => {
  const started = async () => {
    const parts = city();
    await parts.filed('a');
    const index = new MemoryDeadlineIndex();
    const subscriptions = new MemorySubscriptions();
    const lease = (await subscriptions.acquire('deadlines', 'spec', 1_000)) as Lease;
    const effect = await deadlineSubscriber<MemoryTransaction>(index).handle(await parts.store.readAll(0, 1_000), { after: 0, to: 3 });
    await subscriptions.advance(lease, 3, effect ?? undefined);
    const runnerFor = (clock: Clock, onHold?: (aheadMs: number) => void) =>
      new DeadlineRunner({ index, clock, passTime: (streams) => parts.desk.passTime(streams), onError: noError, pollMs: 2, ...(onHold ? { onHold } : {}) });
    return { ...parts, index, runnerFor };
  };

  it('fires what is due, with the climb that follows, and nothing twice', async () => {
    const { clock, runnerFor, types } = await started();
    const runner = runnerFor(clock);
    expect(await runner.fireDue()).toBe(0);
    clock.advance(15 * minute);
    expect(await runner.fireDue()).toBe(1);
    expect(await runner.fireDue()).toBe(0);
    expect((await types()).slice(3)).toEqual(['DeadlineWarned', 'DeadlineBreached', 'Escalated']);
  });

  it('is pressing while more is due than one batch, and no longer', async () => {
    const { clock, desk, index, store, filed, types } = await started();
    await filed('b');
    const effect = await deadlineSubscriber<MemoryTransaction>(index).handle(await store.readAll(3, 1_000), { after: 3, to: 6 });
    const subscriptions = new MemorySubscriptions();
    await subscriptions.advance((await subscriptions.acquire('deadlines', 'spec', 1_000)) as Lease, 6, effect ?? undefined);
    clock.advance(15 * minute);
    const pressing: boolean[] = [];
    const runner = new DeadlineRunner({
      index, clock, batch: 1, onError: noError,
      passTime: (streams) => {
        pressing.push(runner.over() !== null);
        return desk.passTime(streams);
      },
    });
    expect(await runner.fireDue()).toBe(2);
    expect(pressing).toEqual([false, true]);
    expect(runner.over()).toBeNull();
    for (const incident of ['a', 'b']) expect(await types(incident)).toContain('Escalated');
  });

  it('is no longer pressing when less than a batch is due, however steadily more comes', async () => {
    const clock = new SimulatedClock(monday9);
    const index = new MemoryDeadlineIndex();
    let made = 0;
    const due = async (count: number): Promise<void> => {
      const tx = new MemoryTransaction();
      await index.project(tx, Array.from({ length: count }, () => ({ stream: `s${(made += 1)}`, clockId: 'handling', pending: [{ moment: 'due' as const, at: monday9 }] })));
      tx.commit();
    };
    await due(25);
    const passTime = async (streams: readonly string[]): Promise<readonly string[]> => {
      if (made < 1_000) await due(1);
      return streams;
    };
    const runner = new DeadlineRunner({ index, clock, batch: 10, passTime, onError: noError });
    expect(await runner.fireDue()).toBeLessThan(50);
    expect(runner.over()).toBeNull();
  });

  it('leaves to the command what the command found due first', async () => {
    const { clock, runnerFor, send, types } = await started();
    clock.advance(20 * minute);
    await expect(send('dispatcher', 'DispatchIncident', { unit: 'S1-roads' })).rejects.toMatchObject({ code: 'actor.not-the-centre' });
    expect((await types()).slice(3)).toEqual(['DeadlineWarned', 'DeadlineBreached', 'Escalated']);
    await runnerFor(clock).fireDue();
    expect((await types()).filter((type) => type === 'DeadlineBreached')).toHaveLength(1);
  });

  it('holds everything while the clock is implausible, and says so', async () => {
    const { clock, runnerFor, types } = await started();
    let anomaly: ReturnType<Clock['anomaly']> = { since: monday9, aheadMs: 24 * hour };
    const held: number[] = [];
    clock.advance(hour);
    const runner = runnerFor({ now: () => clock.now(), anomaly: () => anomaly }, (aheadMs) => held.push(aheadMs));
    runner.start();
    await until(() => held.length === 1);
    expect(await types()).toHaveLength(3);
    anomaly = null;
    await until(async () => (await types()).includes('DeadlineBreached'));
    await runner.stop();
    expect(held).toEqual([24 * hour]);
  });

  it('starts the clocks of a climb at the moment that passed, however late it is recorded', async () => {
    const { clock, runnerFor, store } = await started();
    clock.advance(29 * minute);
    await runnerFor(clock).fireDue();
    const climb = (await store.readStream(streamOf('a'))).find(({ type }) => type === 'Escalated') as RecordedEvent;
    const [start] = (climb.data as { clocks: { change: string; startedAt: string }[] }).clocks.filter(({ change }) => change === 'start');
    expect(fromIso(start?.startedAt ?? '')).toBe(monday9 + 15 * minute);
  });
});
