import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve, nextMomentAt, unknownIncident } from '#incident';
import type { Incident, Open } from '#incident';
import { day, minute, toIso } from '#kernel';
import { libraryOf } from '#reference';
import type { Library } from '#reference';
import { History, live, nothing, randomSteps, responsibility, rightClocksRun, smallPolicy, smallReference, tried, violationsOf } from '#scenario';
import type { Act, ToldEvent } from '#scenario';
import { ladder } from './ladder.js';

const folded = (state: Incident, { event, at, actor }: ToldEvent): Incident =>
  evolve(state, event, { recordedAt: at, recordedAtIso: toIso(at), actorId: actor.id, actorUnit: actor.unit });

const activeUnits = new Set(smallReference.units.filter(({ active }) => active).map(({ code }) => code));

/** The state after each decision; between two facts of one decision nobody looks. */
const statesOf = ({ told }: History): readonly Incident[] => {
  const states: Incident[] = [];
  let state = unknownIncident;
  told.forEach((fact, index) => {
    state = folded(state, fact);
    if (told[index + 1]?.at !== fact.at) states.push(state);
  });
  return states;
};

/** All that must hold of one life; empty when all is well. */
const wrongIn = (history: History): readonly string[] => {
  const states = statesOf(history);
  const owners = states.flatMap((state) => (state.stage === 'open' ? [state.accountableUnit] : []));
  return [...violationsOf(history.told, history.now), ...states.flatMap(rightClocksRun), ...owners.filter((unit) => !activeUnits.has(unit)).map((unit) => `${unit} is accountable`)];
};

describe('whatever people do, in whatever order, at whatever time', () => {
  it('a loop wants something only about facts that it says it hears', () => {
    const wanted = new Set<string>();
    fc.assert(
      fc.property(randomSteps(40), (steps) => {
        for (const { event } of live(steps).history.told) {
          for (const { name, hears, react } of ladder) {
            if (react(event).length === 0) continue;
            wanted.add(event.type);
            expect([name, hears]).toEqual([name, expect.arrayContaining([event.type])]);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(wanted.size).toBeGreaterThan(2);
  });

  it('every round ends at most once, one active unit is accountable, duties stay apart, rungs only climb, and each moment of each running clock is recorded once (invariants 1, 2, 3, 7, 10, 19)', () => {
    fc.assert(fc.property(randomSteps(40), (steps) => expect(wrongIn(live(steps).history)).toEqual([])), { numRuns: 1_000 });
  });

  it('the stretches of responsibility add up to the time for which the incident was open (invariant 4)', () => {
    fc.assert(
      fc.property(randomSteps(40), (steps) => {
        const { told, now } = live(steps).history;
        const { stretches } = responsibility(told, now);
        const gaps = stretches.flatMap(({ from }, index) => (index > 0 && from < (stretches[index - 1]?.to ?? 0) ? [from] : []));
        let openMs = 0;
        let state = unknownIncident;
        told.forEach((fact, index) => {
          state = folded(state, fact);
          if (state.stage === 'open') openMs += (told[index + 1]?.at ?? now) - fact.at;
        });
        expect([gaps, stretches.reduce((sum, { from, to }) => sum + to - from, 0)]).toEqual([[], openMs]);
      }),
      { numRuns: 300 },
    );
  });

  it('asking again at once records nothing, but for a reminder and a visit that reached nobody (invariant 12)', () => {
    fc.assert(
      fc.property(randomSteps(30), (steps) => {
        const doubled: string[] = [];
        let history = nothing();
        for (const act of live(steps).acts) {
          const [next, outcome] = tried(history, act);
          const countsEachTime = act.asked.type === 'UrgeIncident' || (act.asked.type === 'RecordVisit' && !act.asked.reached);
          if (outcome === 'recorded' && !countsEachTime && tried(next, act)[1] === 'recorded') doubled.push(act.asked.type);
          history = next;
        }
        expect(doubled).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Facts without when they were recorded. */
const facts = (history: History) => history.told.map(({ event, actor }) => ({ event, actor }));

/** Lives the same acts again; between them the clock fires after the lags, or never if there are none. */
const relived = (acts: readonly Act[], library: Library, lags: readonly number[] | null): History => {
  let history = nothing(library);
  let fired = 0;
  const waitUntil = (moment: number): void => {
    for (let next = nextMomentAt(history.state); lags && next !== null && next <= moment; next = nextMomentAt(history.state)) {
      history = history.at(Math.max(history.now, Math.min(moment, next + (lags[fired % lags.length] ?? 0)))).passTime();
      fired += 1;
    }
  };
  for (const act of acts) {
    waitUntil(act.at);
    history = tried(history, act)[0];
  }
  const end = history.now + 400 * day;
  waitUntil(end);
  return history.at(end).passTime();
};

describe('however late a timer runs', () => {
  const patient = libraryOf([{ ...smallReference, policy: { ...smallPolicy, clockJumpMinutesMax: 10 * 365 * 24 * 60 } }]);
  const lag = fc.integer({ min: 0, max: smallPolicy.clockJumpMinutesMax - 1 }).map((minutes) => minutes * minute);

  it('the same facts come out, apart from when they were recorded (invariant 8)', () => {
    fc.assert(
      fc.property(randomSteps(30), fc.array(lag, { minLength: 1, maxLength: 8 }), (steps, lags) => {
        const { acts } = live(steps);
        const library = nothing().library;
        expect(facts(relived(acts, library, lags))).toEqual(facts(relived(acts, library, [0])));
      }),
      { numRuns: 200 },
    );
  });

  it('even when it never ran between two commands', () => {
    fc.assert(
      fc.property(randomSteps(30), (steps) => {
        const { acts } = live(steps, nothing(patient));
        expect(facts(relived(acts, patient, null))).toEqual(facts(relived(acts, patient, [0])));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a wrong fold is found out by a random life', () => {
  type Fold = typeof evolve;
  const without = (type: string, change: (state: Incident, before: Incident) => Incident): Fold => (state, event, at) => (event.type === type ? change(evolve(state, event, at), state) : evolve(state, event, at));
  const open = (change: (state: Open, before: Open) => Open) => (state: Incident, before: Incident): Incident => (state.stage === 'open' && before.stage === 'open' ? change(state, before) : state);

  const wrongFolds: Readonly<Record<string, readonly [fold: Fold, finding: RegExp]>> = {
    'that forgets to stop the clocks of the work': [without('Handled', open((state, before) => ({ ...state, clocks: new Map([...state.clocks, ...[...before.clocks].filter(([, { clock }]) => clock === 'handle')]) }))), /clock did not run then/],
    'that forgets who handled it': [without('Handled', open((state, before) => ({ ...state, handlers: before.handlers, handlingUnits: before.handlingUnits }))), /a handler (inspected|closed)|acted as accountable/],
    'that forgets that a limit was breached': [without('DeadlineBreached', (state, before) => (state.stage === 'unknown' || before.stage === 'unknown' ? state : { ...state, clocks: before.clocks })), /was recorded \d+ times/],
    'that forgets the rung it climbed to': [without('Escalated', open((state, before) => ({ ...state, rung: before.rung }))), /it left (grid|street|district) but was on|not-upward|wrong way/],
    'that forgets who is accountable after a return': [without('DispatchReturned', open((state, before) => ({ ...state, accountableUnit: before.accountableUnit }))), /acted as accountable/],
  };

  for (const [name, [fold, finding]] of Object.entries(wrongFolds)) {
    it(name, () => {
      const { told, now, library, chance } = nothing();
      const found = fc.check(fc.property(randomSteps(40), (steps) => void violationsOfHistory(live(steps, new History(unknownIncident, told, now, library, chance, fold)).history)), { numRuns: 2_000, endOnFailure: true });
      expect(found.failed).toBe(true);
      expect(String(found.errorInstance)).toMatch(finding);
    });
  }
});

const violationsOfHistory = ({ told, now }: History): void => {
  const violations = violationsOf(told, now);
  if (violations.length > 0) throw new Error(violations.join('\n'));
};
