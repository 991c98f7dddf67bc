import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve, nextMomentAt, unknownIncident } from '#incident';
import type { Incident } from '#incident';
import { day, minute, toIso } from '#kernel';
import { libraryOf } from '#reference';
import type { Library } from '#reference';
import { live, nothing, randomSteps, rightClocksRun, smallPolicy, smallReference, tried, violationsOf } from '#scenario';
import type { Act, History, ToldEvent } from '#scenario';

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

describe('whatever people do, in whatever order, at whatever time', () => {
  it('every round ends at most once, duties stay apart, rungs only climb, and each moment of each clock is recorded once (invariants 1, 3, 7, 10, 19)', () => {
    fc.assert(
      fc.property(randomSteps(40), (steps) => {
        const { history } = live(steps);
        expect(violationsOf(history.told, history.now)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  it('exactly one unit is accountable between filing and end, and exactly the clocks of the stage run (invariant 2)', () => {
    fc.assert(
      fc.property(randomSteps(40), (steps) => {
        const states = statesOf(live(steps).history);
        const owners = states.flatMap((state) => (state.stage === 'open' ? [state.accountableUnit] : []));
        expect(states.flatMap(rightClocksRun)).toEqual([]);
        expect(owners.filter((unit) => !activeUnits.has(unit))).toEqual([]);
      }),
      { numRuns: 1_000 },
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
      { numRuns: 800 },
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
      { numRuns: 500 },
    );
  });

  it('even when it never ran between two commands', () => {
    fc.assert(
      fc.property(randomSteps(30), (steps) => {
        const { acts } = live(steps, nothing(patient));
        expect(facts(relived(acts, patient, null))).toEqual(facts(relived(acts, patient, [0])));
      }),
      { numRuns: 400 },
    );
  });
});
