import { extendClock, pauseClock, resumeClock, startClock } from '#deadlines';
import type { NewClock, Reckoning, RunningClock } from '#deadlines';
import type { ClimbTrigger, ClockChange, IncidentEvent, Reason } from '#events';
import { fromIso, Refusal, toIso } from '#kernel';
import type { CommandContext, Instant } from '#kernel';
import { above, height, loopOf } from '#reference';
import type { City, ClockName, Library, PlacePath, Rung, Unit } from '#reference';
import type { CommandOf, IncidentCommand, IncidentCommandType } from './commands.js';
import { stageWord } from './state.js';
import type { ClosedLife, Incident, KnownIncident, Open } from './state.js';

/** What a decision may look at besides the state: what the city has laid down, in every version. */
export interface World {
  readonly library: Library;
}

/**
 * 裁断 One command's rule in three parts. `already`: the thing holds, so nothing is recorded. `may`: who may do it at which stage,
 * else a refusal; this part also tells people beforehand what they can do. `decide`: what is recorded.
 */
export interface Ruling<Data, State> {
  readonly already?: (data: Data, state: Incident, context: CommandContext) => boolean;
  readonly may: (state: Incident, context: CommandContext, world: World) => State;
  readonly decide: (data: Data, state: State, context: CommandContext, world: World) => readonly IncidentEvent[];
}

/** The same with the state it works on hidden, as the table of all rulings holds it. */
export interface AnyRuling {
  readonly may: (state: Incident, context: CommandContext, world: World) => void;
  readonly decide: (command: IncidentCommand, state: Incident, context: CommandContext, world: World) => readonly IncidentEvent[];
}

export const ruling = <Type extends IncidentCommandType, State>({ already, may, decide }: Ruling<CommandOf<Type>['data'], State>): AnyRuling => ({
  may: (state, context, world) => void may(state, context, world),
  decide: (command, state, context, world) => {
    const data = command.data as CommandOf<Type>['data'];
    return already?.(data, state, context) ? [] : decide(data, may(state, context, world), context, world);
  },
});

export const refuse = (code: string, message: string, details: Readonly<Record<string, unknown>> = {}): never => {
  throw new Refusal(code, message, details);
};

// —— stages ——

export const known = (state: Incident): KnownIncident =>
  state.stage === 'unknown' ? refuse('incident.unknown', 'There is no incident with this number.') : state;

const wrongStage = (state: Incident, wanted: string): never =>
  refuse('incident.wrong-stage', `This is possible only while the incident is ${wanted}; it is ${stageWord(state)} now.`, { stage: stageWord(state) });

export const inStage = <Stage extends Incident['stage']>(state: Incident, ...stages: Stage[]): Extract<Incident, { stage: Stage }> => {
  known(state);
  return (stages as string[]).includes(state.stage) ? (state as Extract<Incident, { stage: Stage }>) : wrongStage(state, stages.join(' or '));
};

export type Step = Open['work']['step'];

/** Open and at one of these steps; a suspended incident is left alone until it is resumed. */
export const atStep = (state: Incident, ...steps: Step[]): Open => {
  known(state);
  if (state.stage !== 'open' || !steps.includes(state.work.step)) return wrongStage(state, steps.join(' or '));
  return state;
};

export const notSuspended = (state: Open): Open =>
  state.suspendedUntil === null
    ? state
    : refuse('incident.suspended', `The incident is suspended until ${state.suspendedUntil}; resume it first.`, { until: state.suspendedUntil });

// —— people and units ——

export const cityIn = (world: World): City => world.library.current;

export const isEngine = ({ actor }: CommandContext): boolean => actor.role === 'engine';

/** The centre that holds incidents of a place on a rung. A city without one cannot run its loops. */
export const centreOn = (rung: Rung, place: PlacePath, world: World): Unit =>
  cityIn(world).centre(rung, place) ?? refuse('unit.no-centre', `No active centre is laid down for the ${rung} rung at this place.`, { rung, place });

/** Centres that may work the desk of a rung: its own; and the street centre also for the workstations of its communities. */
export const desksOf = (rung: Rung, place: PlacePath, world: World): readonly string[] =>
  (rung === 'grid' ? (['grid', 'street'] as const) : [rung]).map((each) => centreOn(each, place, world).code);

export const allCentres = (place: PlacePath, world: World): readonly string[] =>
  (['grid', 'street', 'district', 'city'] as const).map((rung) => centreOn(rung, place, world).code);

export const atDesk = (state: Open, { actor }: CommandContext, world: World): void => {
  const desks = desksOf(state.rung, state.origin.place, world);
  if (!desks.includes(actor.unit)) {
    refuse('actor.not-the-centre', `Only the centre that holds the incident may do this: ${desks.join(' or ')}.`, { centres: desks, unit: actor.unit });
  }
};

export const atAnyCentre = (state: KnownIncident, { actor }: CommandContext, world: World): void => {
  if (!allCentres(state.origin.place, world).includes(actor.unit)) {
    refuse('actor.not-a-centre', 'Only a centre that the place of the incident belongs to may do this.', { unit: actor.unit });
  }
};

/** The centre on the next rung up; at the top the city centre itself. */
export const centreAbove = (rung: Rung, place: PlacePath, world: World): Unit => centreOn(above(rung) ?? rung, place, world);

export const atCentreAbove = (rung: Rung, state: KnownIncident, { actor }: CommandContext, world: World): void => {
  const higher = (['street', 'district', 'city'] as const).filter((each) => each === 'city' || height(each) > height(rung));
  const allowed = higher.map((each) => centreOn(each, state.origin.place, world).code);
  if (!allowed.includes(actor.unit)) {
    refuse('actor.not-above', `Only a centre above the ${rung} rung may do this: ${allowed.join(' or ')}.`, { centres: allowed, unit: actor.unit });
  }
};

export const accountable = (state: Open, { actor }: CommandContext): void => {
  if (actor.unit !== state.accountableUnit) {
    refuse('actor.not-accountable', `Only the accountable unit ${state.accountableUnit} may do this.`, { accountableUnit: state.accountableUnit, unit: actor.unit });
  }
};

/** Rule 1: whoever handled it, and anyone of a handling unit, can neither inspect nor close it. */
export const independent = (state: Open | ClosedLife, { actor }: CommandContext): void => {
  if (state.handlers.includes(actor.id) || state.handlingUnits.includes(actor.unit)) {
    refuse('duty.not-independent', 'Whoever handled the incident, and anyone of the handling unit, can neither inspect nor close it.', { handlingUnits: state.handlingUnits });
  }
};

// —— clocks ——

/** Judged by what filing pinned; before filing by what is in force. */
export const reckoningOf = (state: Incident, world: World): Reckoning => {
  const filing = 'filing' in state ? state.filing : null;
  const { policy, calendar } = world.library.current.reference;
  return filing ? { policy: world.library.policy(filing.policyVersion), calendar: world.library.calendar(filing.calendarVersion) } : { policy, calendar };
};

/** Collects what one fact does to the clocks of an incident. */
export class ClockSheet {
  readonly changes: ClockChange[] = [];
  private ordinal: number;
  private readonly clocks: readonly RunningClock[];

  constructor(
    state: Incident,
    private readonly reckoning: Reckoning,
  ) {
    this.ordinal = state.stage === 'unknown' ? 0 : state.clockOrdinal;
    this.clocks = state.stage === 'unknown' ? [] : [...state.clocks.values()];
  }

  start(clock: ClockName, unit: string, rung: Rung, from: Instant, more: Partial<Pick<NewClock, 'limit' | 'subject'>> = {}): this {
    const { policy } = this.reckoning;
    this.ordinal += 1;
    const stage = clock === 'handle' || clock === 'suspension' ? undefined : clock === 'citizen' ? policy.citizenLimit : policy.limits[rung][clock];
    const limit = more.limit ?? stage;
    if (!limit) throw new Error(`clock ${clock} needs a limit of its own`);
    const climbs = clock !== 'accept' && above(rung) !== null && policy.climbsOn[rung].includes(clock);
    const subject = more.subject === undefined ? {} : { subject: more.subject };
    this.changes.push(startClock({ clockId: `${clock}:${this.ordinal}`, clock, unit, rung, limit, climbs, ...subject }, from, this.reckoning));
    return this;
  }

  stop(...names: readonly ClockName[]): this {
    return this.stopWhere(({ clock }) => names.includes(clock));
  }

  stopWhere(matches: (clock: RunningClock) => boolean): this {
    for (const clock of this.clocks) {
      if (clock.status !== 'stopped' && matches(clock)) this.changes.push({ change: 'stop', clockId: clock.clockId });
    }
    return this;
  }

  pause(now: Instant, ...names: readonly ClockName[]): this {
    for (const clock of this.clocks) {
      if (clock.status === 'running' && names.includes(clock.clock)) this.changes.push(pauseClock(clock, now, this.reckoning.calendar));
    }
    return this;
  }

  resume(from: Instant, ...names: readonly ClockName[]): this {
    for (const clock of this.clocks) {
      if (clock.status === 'paused' && names.includes(clock.clock)) this.changes.push(resumeClock(clock, from, this.reckoning));
    }
    return this;
  }

  extend(clockId: string, addedMs: number): this {
    for (const clock of this.clocks) if (clock.clockId === clockId) this.changes.push(extendClock(clock, addedMs, this.reckoning));
    return this;
  }

  /** The citizen's clock never restarts: after a reopening it goes on as if it had never stopped. */
  reviveCitizen(): this {
    for (const clock of this.clocks) {
      if (clock.clock !== 'citizen') continue;
      const { clockId, durationMs, consumedMs } = clock;
      this.changes.push({
        change: 'resume', clockId, durationMs, consumedMs,
        startedAt: toIso(clock.startedAt), warnAt: toIso(clock.warnAt), dueAt: toIso(clock.dueAt), seriousAt: toIso(clock.seriousAt),
      });
    }
    return this;
  }
}

export const sheet = (state: Incident, world: World): ClockSheet => new ClockSheet(state, reckoningOf(state, world));

/** Clocks that belong to the work of one dispatch. */
export const workClocks: readonly ClockName[] = ['acknowledge', 'contact', 'arrive', 'handle'];
/** Clocks that go on after the incident is over. */
export const afterClocks: readonly ClockName[] = ['supervise', 'rectify'];

/**
 * Clocks that start because a moment passed run from that moment, however late the timer ran: outcomes do not depend on its lag.
 * Only after a real standstill of the engine, longer than the policy's jump limit, they run from now, so that nobody above
 * inherits the standstill.
 */
export const effectiveFrom = (since: string | undefined, now: Instant, { policy }: Reckoning): Instant => {
  if (since === undefined) return now;
  const passed = fromIso(since);
  return now - passed <= policy.clockJumpMinutesMax * 60_000 ? passed : now;
};

/** Number and round that every fact of an incident carries; after what only this one says, see `lifeOf`. */
export const of = (state: KnownIncident): { readonly incidentId: string; readonly round: number } => ({
  incidentId: state.origin.incidentId,
  round: state.round,
});

/** 升级, 下派 The fact of a change of rung: the new centre holds the incident and its dispatch clock runs; clocks of the old rung stop as they are. */
export const transfer = (type: 'Escalated' | 'Delegated', state: Open, to: Rung, trigger: ClimbTrigger, reason: Reason, from: Instant, world: World): IncidentEvent => {
  const centre = centreOn(to, state.origin.place, world).code;
  return {
    type,
    data: {
      fromRung: state.rung, toRung: to, fromLoop: loopOf(state.rung), toLoop: loopOf(to), fromUnit: state.accountableUnit, accountableUnit: centre,
      trigger, reason, clocks: sheet(state, world).stop(...workClocks, 'dispatch', 'arbitrate', 'suspension').start('dispatch', centre, to, from).changes, ...of(state),
    },
  };
};
