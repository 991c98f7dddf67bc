import { nextMoment } from '#deadlines';
import type { ClockMoment } from '#deadlines';
import type { IncidentEvent } from '#events';
import { toIso } from '#kernel';
import type { Instant } from '#kernel';
import { resumed } from './pauses.js';
import { of } from './ruling.js';
import type { World } from './ruling.js';
import type { Incident, KnownIncident } from './state.js';

const typeOf = { warn: 'DeadlineWarned', due: 'DeadlineBreached', serious: 'DeadlineSeriouslyBreached' } as const;

/** The facts of one moment that has passed. Recorded late or in time, they say the same: the moment, not when anybody looked. */
const factsOf = (state: KnownIncident, { clock, moment, at }: ClockMoment, world: World): readonly IncidentEvent[] => {
  if (clock.clock === 'suspension') return state.stage === 'open' ? [resumed(state, 'expiry', at, world)] : [];
  const fact = { clockId: clock.clockId, clock: clock.clock, unit: clock.unit, rung: clock.rung, passedAt: toIso(at), ...of(state) };
  if (moment !== 'due') return [{ type: typeOf[moment], data: fact }];
  const breached: IncidentEvent = { type: 'DeadlineBreached', data: { climbs: clock.climbs, ...fact } };
  if (clock.clock !== 'whistle') return [breached];
  return [breached, { type: 'ReportInMissed', data: { whistleId: clock.subject ?? '', unit: clock.unit, dueAt: toIso(at), ...of(state) } }];
};

/** When the next moment of an incident passes; null when none of its clocks runs. A decision on this state holds until then. */
export const nextMomentAt = (state: Incident): Instant | null => (state.stage === 'unknown' ? null : (nextMoment(state.clocks)?.at ?? null));

/** 到点 The facts of the earliest moment that passed at or before `now`; none when nothing is due. A moment on the dot has passed. */
export const factsDue = (state: Incident, now: Instant, world: World): readonly IncidentEvent[] => {
  if (state.stage === 'unknown') return [];
  const moment = nextMoment(state.clocks);
  return moment && moment.at <= now ? factsOf(state, moment, world) : [];
};
