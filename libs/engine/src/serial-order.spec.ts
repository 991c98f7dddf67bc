import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentCommand } from '#incident';
import { Conflict, fromIso, Refusal, Unavailable } from '#kernel';
import type { Append, AppendResult, EventStore, RecordedEvent } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { Dice, live, monday9, people, randomOrder, randomSteps, smallLibrary } from '#scenario';
import type { Act, History } from '#scenario';
import { deterministicId, streamOf } from './ids.js';
import { IncidentDesk } from './incident-desk.js';
import type { Order, Outcome } from './order.js';

/** One desk, its clock and its log. */
const office = (store: EventStore, clock: SimulatedClock): IncidentDesk => new IncidentDesk({ store, clock, library: () => smallLibrary, chance: () => 0.5 });

type Wish = Pick<Act, 'who' | 'asked'>;

const orderOf = ({ who, asked: { type, ...data } }: Wish, incidentId: string, ordinal: number): Order => {
  const commandId = deterministicId('spec', incidentId, ordinal);
  return { command: { type, data: { incidentId, ...data } } as IncidentCommand, actor: people[who], commandId, correlationId: commandId };
};

/** What somebody who asked gets to know. */
const answered = async (desk: IncidentDesk, order: Order): Promise<string> => {
  try {
    return (await desk.execute(order)).status;
  } catch (reason) {
    if (reason instanceof Refusal || reason instanceof Conflict) return reason.code;
    throw reason;
  }
};

const past = async (desk: IncidentDesk, clock: SimulatedClock, acts: readonly Act[], incidentId = 'i-1'): Promise<void> => {
  for (const [ordinal, act] of acts.entries()) {
    clock.set(act.at);
    await answered(desk, orderOf(act, incidentId, ordinal));
  }
};

/** What the process of the deadlines does at once: a clock that a command sets going again may stand at its warning in that very moment. */
const recordWhatIsDue = (desk: IncidentDesk) => desk.passTime([streamOf('i-1')]);

/** Facts without position: two logs tell the same story when these are the same. */
const story = (events: readonly RecordedEvent[]) => events.map(({ type, data, commandId, actor, recordedAt, version }) => ({ type, data, commandId, actor, recordedAt, version }));

/** What several people might want at the same moment, each sensible for itself. */
const wishesFor = (history: History, seeds: readonly number[]): readonly Wish[] =>
  seeds.map((seed) => {
    const [who, asked] = randomOrder(new Dice(seed), history, false);
    return { who, asked };
  });

const permutations = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length < 2 ? [items] : items.flatMap((item, index) => permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]));

/** A store whose every question and every answer arrives when the scheduler lets it. */
class SlowStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly scheduler: fc.Scheduler,
  ) {}

  private async slowly<Value>(what: string, ask: () => Promise<Value>): Promise<Value> {
    await this.scheduler.schedule(Promise.resolve(), `${what} asked`);
    const value = await ask();
    await this.scheduler.schedule(Promise.resolve(), `${what} answered`);
    return value;
  }

  append = (append: Append) => this.slowly('append', () => this.store.append(append));
  readStream = (stream: string, fromVersion?: number) => this.slowly('readStream', () => this.store.readStream(stream, fromVersion));
  readStreams = (streams: readonly string[], each: (event: RecordedEvent) => void) => this.slowly('readStreams', () => this.store.readStreams(streams, each));
  findCommand = (commandId: string) => this.slowly('findCommand', () => this.store.findCommand(commandId));
  readAll = (after: number, limit: number) => this.store.readAll(after, limit);
  head = () => this.store.head();
  identity = () => this.store.identity();
  onAppended = (listener: () => void) => this.store.onAppended(listener);
}

const seeds = (count: number) => fc.array(fc.nat(2 ** 31 - 1), { minLength: 2, maxLength: count });

/** Commands that arrive together, at two desks on a store that takes its time; and whether some order of them, one by one, tells the same. */
const asIfOneByOne = (storeOf: () => EventStore) =>
  fc.asyncProperty(randomSteps(12), seeds(4), fc.scheduler(), async (steps, wishSeeds, scheduler) => {
    const { acts, history } = live(steps, undefined, 0);
    const orders = wishesFor(history, wishSeeds).map((wish, index) => orderOf(wish, 'i-1', 1_000 + index));

    const clock = new SimulatedClock(monday9);
    const store = storeOf();
    const slow = new SlowStore(store, scheduler);
    await past(office(store, clock), clock, acts);
    const desks = [office(slow, clock), office(slow, clock)] as const;
    const answers = await scheduler.waitFor(Promise.all(orders.map((order, index) => answered(desks[index % 2 === 0 ? 0 : 1], order))));
    const together = JSON.stringify(story(await store.readStream(streamOf('i-1'))));

    for (const sequence of permutations(orders)) {
      const alone = new MemoryEventStore();
      const itsClock = new SimulatedClock(monday9);
      const desk = office(alone, itsClock);
      await past(desk, itsClock, acts);
      const got = new Map<string, string>();
      for (const order of sequence) got.set(order.commandId, await answered(desk, order));
      const same = orders.every(({ commandId }, index) => got.get(commandId) === answers[index]);
      if (same && JSON.stringify(story(await alone.readStream(streamOf('i-1')))) === together) return;
    }
    throw new Error(`no order of ${orders.map(({ command }) => command.type).join(', ')} one by one leads to ${together}`);
  });

/** A store that records whatever it is given, on top of whatever is there: no comparison of versions. */
class CarelessStore extends MemoryEventStore {
  override async append(append: Append): Promise<AppendResult> {
    return super.append({ ...append, expectedVersion: (await this.readStream(append.stream)).length });
  }
}

describe('several people at once, at two desks on one log', () => {
  it('get answers and leave facts as if they had come one after the other (invariant 11)', () => fc.assert(asIfOneByOne(() => new MemoryEventStore()), { numRuns: 80 }));

  it('are found out where a store compares no versions', async () => {
    const found = await fc.check(asIfOneByOne(() => new CarelessStore()), { numRuns: 500, endOnFailure: true });
    expect(found.failed).toBe(true);
  });

  it('leave a log without gaps, in which time never goes back (invariants 9, 10)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomSteps(12), { minLength: 2, maxLength: 4 }), fc.scheduler(), async (lives, scheduler) => {
        const clock = new SimulatedClock(monday9);
        const store = new MemoryEventStore();
        const desk = office(new SlowStore(store, scheduler), clock);
        await scheduler.waitFor(Promise.all(lives.map((steps, index) => past(desk, clock, live(steps).acts, `i-${index}`))));
        const events = await store.readAll(0, 100_000);
        const backwards = events.filter(({ recordedAt }, index) => index > 0 && fromIso(recordedAt) < fromIso(events[index - 1]?.recordedAt ?? recordedAt));
        expect([events.map(({ position }) => position), backwards]).toEqual([events.map((_, index) => index + 1), []]);
      }),
      { numRuns: 40 },
    );
  });
});

/** A store that dies at random moments, before or after it has recorded: whoever asked does not know which. */
class MortalStore extends MemoryEventStore {
  constructor(private readonly dice: Dice) {
    super();
  }

  override async append(append: Append): Promise<AppendResult> {
    const fate = this.dice.below(3);
    if (fate === 0) throw new Unavailable('store.away', 'The store died before it recorded.');
    const result = await super.append(append);
    if (fate === 1) throw new Unavailable('store.away', 'The store died after it had recorded.');
    return result;
  }
}

/** Closed on the spot and reopened when four fifths of the citizen's limit are over, so that its clock resumes in the moment of its warning. */
const warnedOnReopening = [
  { wait: 0, wild: false, seed: 1_900_941_042 },
  { wait: 525_600_000, wild: true, seed: 0 },
  { wait: 856_800_000, wild: false, seed: 156_157_728 },
];

describe('a store that dies between recording and answering', () => {
  it('loses no command and doubles none, however often it is asked again, by whichever process (invariant 12)', async () => {
    await fc.assert(
      fc.asyncProperty(randomSteps(20), fc.nat(2 ** 31 - 1), async (steps, seed) => {
        const { acts } = live(steps, undefined, 0);
        const dice = new Dice(seed);
        const [healthy, mortal] = [new MemoryEventStore(), new MortalStore(dice)];
        const [calm, storm] = [new SimulatedClock(monday9), new SimulatedClock(monday9)];
        const steady = office(healthy, calm);
        for (const [ordinal, act] of acts.entries()) {
          calm.set(act.at);
          await answered(steady, orderOf(act, 'i-1', ordinal));
          await recordWhatIsDue(steady);
        }

        let desk = office(mortal, storm);
        const untilAnswered = async (ask: () => Promise<unknown>): Promise<void> => {
          for (let asked = 0; asked <= 200; asked += 1) {
            try {
              await ask();
              return;
            } catch (reason) {
              if (!(reason instanceof Unavailable)) throw reason;
              // The process may have died with the store.
              if (dice.below(2) === 0) desk = office(mortal, storm);
            }
          }
          throw new Error('asked two hundred times');
        };
        for (const [ordinal, act] of acts.entries()) {
          storm.set(act.at);
          await untilAnswered(() => answered(desk, orderOf(act, 'i-1', ordinal)));
          await untilAnswered(() => recordWhatIsDue(desk));
        }
        expect(story(await mortal.readStream(streamOf('i-1')))).toEqual(story(await healthy.readStream(streamOf('i-1'))));
      }),
      { numRuns: 80, examples: [[warnedOnReopening, 3]] },
    );
  });

  it('gives the first answer to whoever asks again, even a process that was not there', async () => {
    await fc.assert(
      fc.asyncProperty(randomSteps(20), async (steps) => {
        const { acts } = live(steps, undefined, 0);
        const store = new MemoryEventStore();
        const clock = new SimulatedClock(monday9);
        const desk = office(store, clock);
        const first = new Map<number, Outcome>();
        for (const [ordinal, act] of acts.entries()) {
          clock.set(act.at);
          const outcome = await desk.execute(orderOf(act, 'i-1', ordinal)).catch(() => null);
          if (outcome?.status === 'recorded') first.set(ordinal, outcome);
          await recordWhatIsDue(desk);
        }
        const length = (await store.head()).position;
        const restarted = office(store, clock);
        for (const [ordinal, outcome] of first) {
          const act = acts[ordinal];
          if (act) expect(await restarted.execute(orderOf(act, 'i-1', ordinal))).toEqual({ ...outcome, status: 'duplicate' });
        }
        expect((await store.head()).position).toBe(length);
      }),
      { numRuns: 60, examples: [[warnedOnReopening]] },
    );
  });
});

describe('two incidents', () => {
  it('do not touch each other: whichever is worked on first, the same facts come out (invariant 13)', async () => {
    await fc.assert(
      fc.asyncProperty(randomSteps(15), randomSteps(15), fc.array(fc.boolean(), { maxLength: 40 }), async (a, b, turns) => {
        const lives = [live(a, undefined, 0).acts, live(b, undefined, 0).acts] as const;
        const told = async (whoseTurn: (index: number) => 0 | 1): Promise<unknown> => {
          const store = new MemoryEventStore();
          const clock = new SimulatedClock(monday9);
          const desk = office(store, clock);
          const done = [0, 0];
          for (let index = 0; (done[0] ?? 0) < lives[0].length || (done[1] ?? 0) < lives[1].length; index += 1) {
            const wanted = whoseTurn(index);
            const turn = (done[wanted] ?? 0) < lives[wanted].length ? wanted : wanted === 0 ? 1 : 0;
            const ordinal = done[turn] ?? 0;
            const act = lives[turn][ordinal];
            if (act) await answered(desk, orderOf(act, `i-${turn}`, ordinal));
            done[turn] = ordinal + 1;
          }
          return Promise.all(['i-0', 'i-1'].map(async (incidentId) => story(await store.readStream(streamOf(incidentId)))));
        };
        expect(await told((index) => (turns[index % Math.max(1, turns.length)] ? 1 : 0))).toEqual(await told(() => 0));
      }),
      { numRuns: 60 },
    );
  });
});
