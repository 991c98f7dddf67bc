import fc from 'fast-check';
import { nextMomentAt } from '#incident';
import { day, hour, minute, Refusal } from '#kernel';
import type { Instant } from '#kernel';
import { Dice } from './dice.js';
import type { PersonName } from './people.js';
import { randomOrder } from './random-orders.js';
import { nothing } from './scenario.js';
import type { Asked, History } from './scenario.js';

/** One step of a random life: wait, then somebody does something. What exactly follows from the seed and from where the incident stands. */
export interface Step {
  /** A length of time, or until the next moment of a clock: on the dot or a millisecond beside it. */
  readonly wait: number | 'to-the-moment' | 'just-before' | 'just-after';
  /** Anybody does anything, whether or not it makes sense. */
  readonly wild: boolean;
  readonly seed: number;
}

const waits: fc.Arbitrary<Step['wait']> = fc.oneof(
  { weight: 16, arbitrary: fc.constant(0) },
  { weight: 32, arbitrary: fc.integer({ min: 1, max: 12 }).map((minutes) => minutes * minute) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 300 }).map((minutes) => minutes * minute + 7) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 240 }).map((hours) => hours * hour) },
  { weight: 3, arbitrary: fc.constantFrom('to-the-moment' as const, 'just-before' as const, 'just-after' as const) },
);

/** 随机人生 Up to `max` steps. */
export const randomSteps = (max: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.record({ wait: waits, wild: fc.nat(9).map((pick) => pick === 0), seed: fc.nat(2 ** 31 - 1) }), { minLength: 1, maxLength: max, size: 'max' });

/** What was asked at which moment, and what came of it. */
export interface Act {
  readonly at: Instant;
  readonly who: PersonName;
  readonly asked: Asked;
  readonly chance: number;
  readonly outcome: 'recorded' | 'ignored' | 'refused';
}

export interface Life {
  readonly history: History;
  readonly acts: readonly Act[];
}

const momentAfter = (history: History, wait: Step['wait']): Instant => {
  if (typeof wait === 'number') return history.now + wait;
  const next = nextMomentAt(history.state) ?? history.now;
  return Math.max(history.now, next + (wait === 'just-before' ? -1 : wait === 'just-after' ? 1 : 0));
};

/** Does one act, a refusal included. */
export const tried = (history: History, { at, who, asked, chance }: Omit<Act, 'outcome'>): readonly [History, Act['outcome']] => {
  const now = history.at(at).withChance(chance).passTime();
  try {
    const next = now.does(who, asked);
    return [next, next.told.length === now.told.length ? 'ignored' : 'recorded'];
  } catch (reason) {
    if (reason instanceof Refusal) return [now, 'refused'];
    throw reason;
  }
};

/** Lives through the steps, and `after` days more without anybody doing anything, so that all that falls due is recorded. */
export const live = (steps: readonly Step[], start: History = nothing(), after = 400): Life => {
  let history = start;
  const acts: Act[] = [];
  for (const { wait, wild, seed } of steps) {
    const dice = new Dice(seed);
    const at = momentAfter(history, wait);
    const now = history.at(at).passTime();
    const [who, asked] = randomOrder(dice, now, wild);
    const act = { at, who, asked, chance: dice.chance() };
    const [next, outcome] = tried(now, act);
    history = next;
    acts.push({ ...act, outcome });
  }
  return { history: history.later(after * day).passTime(), acts };
};
