import type { IncidentEvent, IncidentEventType } from '#events';
import { stageWord } from '#incident';
import type { Incident } from '#incident';
import { fromIso, toIso } from '#kernel';
import { height } from '#reference';
import type { ClockName, Rung } from '#reference';
import type { ToldEvent } from './scenario.js';

/** A broken invariant, in a sentence, and where in the story. */
export type Violation = string;

const places = (told: readonly ToldEvent[]): string => told.map(({ event }) => event.type).join(' ');
const broken = (rule: string, index: number, { event }: ToldEvent): Violation => `${rule}: fact ${index + 1} ${event.type} of round ${event.data.round}`;

const endings: readonly IncidentEventType[] = ['Closed', 'ForceClosed', 'Declined', 'Voided', 'Merged'];
const afterwards: readonly IncidentEventType[] = [
  'Visited', 'SatisfactionRecorded', 'RectificationOpened', 'RectificationCompleted', 'Reopened', 'SampleDrawn', 'InspectionPassed', 'InspectionFailed',
  'DuplicateLinked', 'SupervisionAnswered', 'ExemptionRequested', 'ExemptionGranted', 'ExemptionDenied', 'DeadlineWarned', 'DeadlineBreached', 'DeadlineSeriouslyBreached',
];

/** 1: at most one ending in a round, and nothing that changes the matter after it but a reopening. */
const terminalOnce = (told: readonly ToldEvent[]): Violation[] => {
  const found: Violation[] = [];
  let ended = false;
  told.forEach((fact, index) => {
    const { type } = fact.event;
    if (ended && !afterwards.includes(type)) found.push(broken('something follows the ending', index, fact));
    if (type === 'Reopened') ended = false;
    else if (endings.includes(type)) ended = true;
  });
  return found;
};

/** One stretch of time during which one unit was accountable. */
export interface Stretch {
  readonly unit: string;
  readonly from: number;
  readonly to: number;
}

/** Who each fact says was accountable before it, where it says so. */
const formerOwner = (event: IncidentEvent): string | null => {
  switch (event.type) {
    case 'Escalated':
    case 'Delegated':
      return event.data.fromUnit;
    case 'DispatchAcknowledged':
    case 'DispatchReturned':
    case 'Handled':
      return event.data.unit;
    case 'ReworkOrdered':
      return event.data.accountableUnit;
    default:
      return null;
  }
};

/** 3: the stretches of responsibility up to a moment, read from the facts alone: they follow each other without gap or overlap. */
export const responsibility = (told: readonly ToldEvent[], until = told.at(-1)?.at ?? 0): { readonly stretches: readonly Stretch[]; readonly violations: readonly Violation[] } => {
  const stretches: Stretch[] = [];
  const violations: Violation[] = [];
  let owner: { unit: string; from: number } | null = null;
  told.forEach((fact, index) => {
    const { event, at } = fact;
    const former = formerOwner(event);
    if (former !== null && former !== owner?.unit) violations.push(broken(`${former} acted as accountable, ${owner?.unit ?? 'nobody'} was`, index, fact));
    const named = 'accountableUnit' in event.data ? event.data.accountableUnit : null;
    const ends = endings.includes(event.type);
    if (owner && (ends || (named !== null && named !== owner.unit))) stretches.push({ unit: owner.unit, from: owner.from, to: at });
    if (ends) owner = null;
    else if (named !== null && named !== owner?.unit) owner = { unit: named, from: at };
    if (named === '') violations.push(broken('nobody is accountable', index, fact));
  });
  const last = owner as { unit: string; from: number } | null;
  if (last) stretches.push({ ...last, to: until });
  return { stretches, violations };
};

/** 19: the rung never falls within a round but by delegation; and a climb for lateness comes after the moment that caused it. */
const climbsOnly = (told: readonly ToldEvent[]): Violation[] => {
  const found: Violation[] = [];
  let rung: Rung | null = null;
  told.forEach((fact, index) => {
    const { event, at } = fact;
    if (event.type === 'Filed' || event.type === 'Reopened') rung = event.data.rung;
    if (event.type === 'Escalated' || event.type === 'Delegated') {
      if (event.data.fromRung !== rung) found.push(broken(`it left ${event.data.fromRung} but was on ${String(rung)}`, index, fact));
      const up = height(event.data.toRung) > height(event.data.fromRung);
      if (up !== (event.type === 'Escalated')) found.push(broken('a rung changed the wrong way', index, fact));
      rung = event.data.toRung;
    }
    if (event.type.startsWith('Deadline') && 'passedAt' in event.data && fromIso(event.data.passedAt) > at) found.push(broken('a moment was recorded before it passed', index, fact));
  });
  return found;
};

/** Rules 1, 2, 6 and 8 of an honest record, over a whole life. */
const dutiesApart = (told: readonly ToldEvent[]): Violation[] => {
  const found: Violation[] = [];
  const people = new Set<string>();
  const units = new Set<string>();
  let inspected = false;
  told.forEach((fact, index) => {
    const { event, actor } = fact;
    const involved = people.has(actor.id) || units.has(actor.unit);
    switch (event.type) {
      case 'Handled':
        people.add(event.data.handler);
        units.add(event.data.unit);
        inspected = false;
        break;
      case 'InspectionPassed':
      case 'InspectionFailed':
        if (involved) found.push(broken('a handler inspected', index, fact));
        inspected = event.type === 'InspectionPassed';
        break;
      case 'Closed':
        if (!event.data.selfHandled && involved) found.push(broken('a handler closed', index, fact));
        if (!event.data.selfHandled && !inspected) found.push(broken('closed without a passed inspection', index, fact));
        break;
      case 'ForceClosed':
        if (involved || event.data.applicant === event.data.approver) found.push(broken('force-closed by an applicant or a handler', index, fact));
        break;
      case 'Voided':
      case 'Suspended':
      case 'Extended':
        if (event.data.applicant === event.data.approver) found.push(broken('approved by the applicant', index, fact));
        break;
      case 'Reopened':
        people.clear();
        units.clear();
        inspected = false;
        break;
      default:
    }
  });
  return found;
};

/** 10: recorded times never go back. */
const timeForward = (told: readonly ToldEvent[]): Violation[] =>
  told.flatMap((fact, index) => (index > 0 && fact.at < (told[index - 1]?.at ?? 0) ? [broken('time went back', index, fact)] : []));

type Running = Readonly<Partial<Record<ClockName, number>>>;

/** How many clocks of which name must run, by where the incident stands. Supervision, rectification and whistle clocks come and go on their own. */
const clocksWanted = (state: Incident): Running => {
  switch (state.stage) {
    case 'reported':
      return { accept: 1, citizen: 1 };
    case 'accepted':
      return { dispatch: 1, citizen: 1 };
    case 'closed':
      return state.awaitsSample ? { inspect: 1 } : {};
    case 'open':
      if (state.suspendedUntil !== null) return { citizen: 1, suspension: 1 };
      switch (state.work.step) {
        case 'filed':
          return { citizen: 1, dispatch: 1 };
        case 'dispatched':
          return { citizen: 1, acknowledge: 1, handle: 1 };
        case 'acknowledged':
          return { citizen: 1, handle: 1 };
        case 'handled':
          return { citizen: 1, inspect: 1 };
        case 'inspected':
          return { citizen: 1 };
        case 'arbitrating':
          return { citizen: 1, arbitrate: 1 };
      }
      break;
    default:
      return {};
  }
};

/** Clocks that may also run: contact and arrival until they happen, and duties with a life of their own. */
const clocksAllowed = (state: Incident): readonly ClockName[] => {
  const own: readonly ClockName[] = ['supervise', 'rectify'];
  if (state.stage !== 'open') return own;
  const atWork = state.suspendedUntil === null && (state.work.step === 'dispatched' || state.work.step === 'acknowledged');
  return atWork ? [...own, 'whistle', 'contact', 'arrive'] : [...own, 'whistle'];
};

/** The clocks that run are those of the stage: none forgotten, none left over. */
export const rightClocksRun = (state: Incident): Violation[] => {
  if (state.stage === 'unknown') return [];
  const running = new Map<ClockName, number>();
  for (const { clock, status } of state.clocks.values()) if (status === 'running') running.set(clock, (running.get(clock) ?? 0) + 1);
  const wanted = new Map(Object.entries(clocksWanted(state)) as [ClockName, number][]);
  const allowed = clocksAllowed(state);
  const found: Violation[] = [];
  for (const [clock, count] of wanted) if ((running.get(clock) ?? 0) !== count) found.push(`${running.get(clock) ?? 0} ${clock} clocks run while ${stageWord(state)}, not ${count}`);
  for (const clock of running.keys()) if (!wanted.has(clock) && !allowed.includes(clock)) found.push(`a ${clock} clock runs while ${stageWord(state)}`);
  return found;
};

interface Segment {
  readonly moments: Readonly<Record<'warn' | 'due' | 'serious', number>>;
  to: number;
  /** What ended it was itself the passing of a moment: on a tie either may come first. */
  byMoment: boolean;
}

interface ClockLife {
  readonly name: ClockName;
  readonly segments: Segment[];
  readonly passed: Map<string, string[]>;
}

const momentOf = { DeadlineWarned: 'warn', DeadlineBreached: 'due', DeadlineSeriouslyBreached: 'serious' } as const;

/** When a fact took effect: what follows from the passing of a moment takes effect at that moment, however late it was recorded. */
const effectOf = ({ event, at, actor }: ToldEvent, previous: number, clocks: ReadonlyMap<string, ClockLife>): { readonly at: number; readonly byMoment: boolean } => {
  if ('passedAt' in event.data) return { at: fromIso(event.data.passedAt), byMoment: true };
  const caused = actor.role === 'engine' && event.type === 'Escalated' && (event.data.trigger === 'deadline' || event.data.trigger === 'returns-exhausted');
  if (caused || event.type === 'ReportInMissed' || (event.type === 'SupervisionIssued' && event.data.supervisionId.startsWith('late:'))) return { at: previous, byMoment: true };
  if (event.type === 'Resumed' && event.data.by === 'expiry') {
    const suspension = event.data.clocks.map(({ clockId }) => clocks.get(clockId)).find((life) => life?.name === 'suspension');
    return { at: suspension?.segments.at(-1)?.moments.due ?? at, byMoment: true };
  }
  return { at, byMoment: false };
};

const clockLives = (told: readonly ToldEvent[], until: number): ReadonlyMap<string, ClockLife> => {
  const lives = new Map<string, ClockLife>();
  const segments = new Map<string, Segment>();
  let previous = 0;
  for (const fact of told) {
    const effect = effectOf(fact, previous, lives);
    previous = effect.at;
    const { event } = fact;
    for (const change of 'clocks' in event.data ? event.data.clocks : []) {
      const running = segments.get(change.clockId);
      if (running) Object.assign(running, { to: effect.at, byMoment: effect.byMoment });
      segments.delete(change.clockId);
      if (change.change === 'start') lives.set(change.clockId, { name: change.clock, segments: [], passed: new Map() });
      if (change.change === 'stop' || change.change === 'pause') continue;
      const segment = { moments: { warn: fromIso(change.warnAt), due: fromIso(change.dueAt), serious: fromIso(change.seriousAt) }, to: until, byMoment: false };
      lives.get(change.clockId)?.segments.push(segment);
      segments.set(change.clockId, segment);
    }
    if (event.type === 'DeadlineWarned' || event.type === 'DeadlineBreached' || event.type === 'DeadlineSeriouslyBreached') {
      const passed = lives.get(event.data.clockId)?.passed;
      const moment = momentOf[event.type];
      passed?.set(moment, [...(passed.get(moment) ?? []), event.data.passedAt]);
    }
  }
  return lives;
};

/**
 * 7: each moment of each clock is recorded at most once; and, once all is quiet, exactly once if the clock was running when it
 * passed. Judged from the due times in the facts, without asking the code that fired them.
 */
const momentsOnce = (told: readonly ToldEvent[], until: number): Violation[] => {
  const found: Violation[] = [];
  for (const [clockId, { name, segments, passed }] of clockLives(told, until)) {
    if (name === 'suspension') continue;
    for (const moment of ['warn', 'due', 'serious'] as const) {
      const times = passed.get(moment) ?? [];
      const certain = segments.some(({ moments, to, byMoment }) => moments[moment] < to || (moments[moment] === to && !byMoment));
      const possible = segments.some(({ moments, to }) => moments[moment] <= to);
      if (times.length > 1) found.push(`${moment} of ${clockId} was recorded ${times.length} times`);
      if (times.length === 0 && certain) found.push(`${moment} of ${clockId} passed and was not recorded`);
      if (times.length > 0 && !possible) found.push(`${moment} of ${clockId} was recorded though the clock did not run then`);
      for (const time of times) {
        if (!segments.some(({ moments }) => toIso(moments[moment]) === time)) found.push(`${moment} of ${clockId} was recorded for ${time}, which no fact had announced`);
      }
    }
  }
  return found;
};

/** Every invariant that can be read off a finished life; each sentence ends with the story for whoever has to look for the cause. */
export const violationsOf = (told: readonly ToldEvent[], until: number): Violation[] =>
  [...terminalOnce(told), ...responsibility(told, until).violations, ...climbsOnly(told), ...dutiesApart(told), ...timeForward(told), ...momentsOnce(told, until)].map(
    (violation) => `${violation} — in ${places(told)}`,
  );
