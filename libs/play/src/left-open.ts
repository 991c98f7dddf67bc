import { spanOf } from '#deadlines';
import { entryOf } from '#incident';
import { day, hour, minute } from '#kernel';
import type { Instant } from '#kernel';
import type { City, Place } from '#reference';
import { diceOf } from './chance.js';
import type { Dice } from './chance.js';
import { dayOf, midnightBefore } from './day.js';
import type { LeftStep, Script } from './script.js';

export interface LeftOpenPlan {
  readonly seed: number;
  readonly incidents: number;
  /** Code of the community whose workstation gets something to do; one of every kind for a street's desk is in its street. */
  readonly community: string;
  /** When the play ends and whoever signs in comes. Best in the last working hours of a working day: limits of a desk are hours of work. */
  readonly until: Instant;
  readonly photo: Script['photo'];
}

interface Kind {
  /** Work that the community's own workstation is able to do; the street's units otherwise. */
  readonly ofGrid?: true;
  /** In the very community, where the day offers it: its grid workers look at what others have done. */
  readonly near?: true;
  readonly leaves?: LeftStep;
  readonly returns?: number;
  /** How long before the end it is reported. Times in milliseconds. */
  readonly before: (script: Script, dice: Dice, arriveMs: number) => number;
  /** How long before the end the work in the street is done; never, where it is missing and a step before is left. */
  readonly doneBefore?: (dice: Dice) => number;
}

const atTheDesk = ({ pace }: Script): number => pace.acceptMs + pace.fileMs;
const dispatched = (script: Script): number => atTheDesk(script) + script.pace.dispatchMs;
const briskly = (dice: Dice): number => dice.between(1, 10) * minute;

const toAccept: Kind = { leaves: 'AcceptIncident', before: (_script, dice) => briskly(dice) };
const toDispatch: Kind = { leaves: 'DispatchIncident', before: (script, dice) => atTheDesk(script) + briskly(dice) };
const returned: Kind = { leaves: 'DispatchIncident', returns: 1, before: (script, dice) => dispatched(script) + script.pace.acknowledgeMs + briskly(dice) };
const soonLate: Kind = { leaves: 'RecordArrival', before: (script, _dice, arriveMs) => dispatched(script) + 0.88 * arriveMs };
const late: Kind = { leaves: 'RecordArrival', before: (script, _dice, arriveMs) => dispatched(script) + 1.25 * arriveMs };
const toInspect: Kind = { near: true, leaves: 'PassInspection', before: (_script, dice) => dice.between(150, 170) * minute, doneBefore: (dice) => dice.between(5, 40) * minute };
const toClose: Kind = { leaves: 'CloseIncident', before: (_script, dice) => dice.between(175, 200) * minute, doneBefore: (dice) => dice.between(95, 110) * minute };
const inHand: Kind = { before: (_script, dice) => dice.between(60, 180) * minute };

const toAcknowledge: Kind = { ofGrid: true, leaves: 'AcknowledgeDispatch', before: (script, dice) => dispatched(script) + briskly(dice) };
const toHandle: Kind = { ofGrid: true, leaves: 'RecordHandling', before: (script) => dispatched(script) + script.pace.acknowledgeMs + script.pace.contactMs + hour };

/** In turn; the first of each kind come one behind the other, so that a short evening has something of everything. */
const variety: readonly Kind[] = [toAccept, toDispatch, returned, toInspect, toAcknowledge, soonLate, late, toHandle, inHand, toClose];
const turns: readonly Kind[] = [...variety, toAccept, toDispatch, inHand, toInspect, returned, toDispatch, inHand, inHand];

/** Work of a day or more, so that nothing else of it is due so soon: for the workstation, or for a street's own units, of which there are several to choose from, as the first may send it back. */
const suits = (kind: Kind, city: City, { gridCode, ruleId }: Script): boolean => {
  const [path, rule] = [city.pathOf(gridCode), city.rule(ruleId)];
  const { hoursPerWorkingDay } = city.reference.policy;
  if (path === null || rule === null || spanOf(rule.handleLimit, hoursPerWorkingDay).ms < hoursPerWorkingDay * hour) return false;
  const rung = kind.ofGrid ? 'grid' : 'street';
  const [first, second] = city.dutiesFor(rule, rung, path);
  if (!first || entryOf(rule, 'general', path, city).rung !== rung) return false;
  return kind.ofGrid === true || (first.unit.rung === 'street' && second !== undefined);
};

/** 留案 The last incidents of a play, each left at another step: whoever signs in finds something at every desk. */
export const leftOpen = (city: City, { seed, incidents, community, until, photo }: LeftOpenPlan): readonly Script[] => {
  const dice = diceOf(seed);
  const { policy, calendar, places } = city.reference;
  const grids = places.filter(({ kind }) => kind === 'grid');
  const street = city.place(community)?.parent;
  const arriveMs = spanOf(policy.limits.street.arrive, policy.hoursPerWorkingDay).ms;
  const drawn = (from: readonly Place[], apart: number): Script[] =>
    from.length === 0 ? [] : [...dayOf(city, { seed: seed + apart, incidents: 400 + 4 * incidents, midnight: midnightBefore(until, calendar.utcOffsetMinutes), photo, grids: from })];
  const near = drawn(grids.filter(({ parent }) => parent === community), 1);
  const there = drawn(grids.filter(({ code }) => city.pathOf(code)?.street === street), 2);
  const everywhere = drawn(grids, 3);
  const taken = (pools: readonly Script[][], kind: Kind): Script | undefined => {
    for (const pool of pools) {
      const at = pool.findIndex((script) => suits(kind, city, script));
      if (at >= 0) return pool.splice(at, 1)[0];
    }
    return pools.at(-1)?.shift();
  };
  return Array.from({ length: incidents }, (_none, index): readonly Script[] => {
    const kind = turns[index % turns.length] ?? inHand;
    const script = taken(kind.ofGrid || kind.near ? [near, there, everywhere] : index < variety.length ? [there, everywhere] : [everywhere], kind);
    return script ? [leftAt(script, kind, until, dice, arriveMs)] : [];
  }).flat();
};

/** Nobody on the way there is late. */
const brisk = (script: Script): Script => {
  const { dispatchMs, arriveMs, inspectMs } = script.pace;
  return { ...script, pace: { ...script.pace, dispatchMs: Math.min(dispatchMs, 10 * minute), arriveMs: Math.min(arriveMs, 30 * minute), inspectMs: Math.min(inspectMs, hour) } };
};

const leftAt = (drawn: Script, { leaves, returns = 0, before, doneBefore }: Kind, until: Instant, dice: Dice, arriveMs: number): Script => {
  const script = brisk(drawn);
  const reportedAt = Math.round(until - before(script, dice, arriveMs));
  const workedUntil = doneBefore ? Math.round(until - doneBefore(dice)) : leaves ? null : until + day;
  return { ...script, reportedAt, workedUntil, returns, failures: 0, closesOn: null, extensionMinutes: null, grade: 'general', ending: 'closed', ...(leaves ? { leaves } : {}) };
};
