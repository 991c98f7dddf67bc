import { day, fromIso, hour, toIso } from '#kernel';
import type { CommandContext, Instant } from '#kernel';
import { accountable, atDesk, atStep, inStage, isEngine, notSuspended, of, reckoningOf, refuse, ruling, sheet, workClocks } from './ruling.js';
import type { World } from './ruling.js';
import type { Open } from './state.js';
import type { RunningClock } from '#deadlines';
import type { IncidentEvent } from '#events';

const handleClock = (state: Open): RunningClock =>
  [...state.clocks.values()].find(({ clock, status }) => clock === 'handle' && status === 'running') ??
  refuse('clock.none-running', 'No handling clock runs now.');

/** The handling clock of a unit that still has time: after the limit it is too late to ask for more. */
const inTime = (state: Open): RunningClock => {
  const clock = handleClock(state);
  return clock.breached ? refuse('clock.too-late', 'The handling limit has passed; it is too late to ask for time.', { dueAt: toIso(clock.dueAt) }) : clock;
};

/** Rule 6: granted by somebody of another unit than the asker, at the desk that holds the incident. */
const approver = (state: Open, request: { readonly applicant: string; readonly unit: string }, context: CommandContext, world: World): void => {
  if (context.actor.id === request.applicant || context.actor.unit === request.unit) {
    refuse('duty.own-request', 'Whoever asked, and anyone of the same unit, cannot decide about it.', { applicant: request.applicant, unit: request.unit });
  }
  atDesk(state, context, world);
};

const working = (state: Parameters<typeof atStep>[0], context: CommandContext): Open => {
  const now = notSuspended(atStep(state, 'dispatched', 'acknowledged'));
  accountable(now, context);
  inTime(now);
  return now;
};

/** 申请延期 At most so often in a round, before the limit passes, by at most so much. */
export const requestExtension = ruling<'RequestExtension', Open>({
  already: (data, state) => state.stage === 'open' && state.extensionRequest?.addedMs === Math.round(data.addedMinutes * 60_000),
  may: (state, context, world) => {
    const now = working(state, context);
    const { policy } = reckoningOf(now, world);
    if (now.extensionRequest) refuse('extension.already-asked', 'An extension has been asked for and not been decided yet.');
    return now.extensions < policy.extensionCap ? now : refuse('extension.cap', `At most ${policy.extensionCap} extensions are granted in one round.`, { extensions: now.extensions });
  },
  decide: (data, state, { actor }, world) => {
    const clock = inTime(state);
    const addedMs = Math.round(data.addedMinutes * 60_000);
    const { policy } = reckoningOf(state, world);
    if (!(addedMs > 0)) refuse('extension.not-positive', 'An extension must add time.', { addedMinutes: data.addedMinutes });
    if (addedMs > clock.durationMs * policy.extensionFactor) {
      refuse('extension.too-long', `One extension adds at most ${policy.extensionFactor} times the handling limit.`, { addedMinutes: data.addedMinutes, maxMinutes: (clock.durationMs * policy.extensionFactor) / 60_000 });
    }
    return [{ type: 'ExtensionRequested', data: { applicant: actor.id, unit: actor.unit, clockId: clock.clockId, addedMs, reason: data.reason, ...of(state) } }];
  },
});

const extensionAsked = (state: Open) => state.extensionRequest ?? refuse('approval.nothing-asked', 'No extension has been asked for.');

const decidesExtension = (state: Parameters<typeof inStage>[0], context: CommandContext, world: World): Open => {
  const now = inStage(state, 'open');
  approver(now, extensionAsked(now), context, world);
  return now;
};

/** 准予延期 Not while the clock stands still: it would set it going again. */
export const grantExtension = ruling<'GrantExtension', Open>({
  may: (state, context, world) => notSuspended(decidesExtension(state, context, world)),
  decide: (_data, state, { actor }, world) => {
    const { applicant, clockId, addedMs } = extensionAsked(state);
    return [
      {
        type: 'Extended',
        data: { applicant, approver: actor.id, addedMs, reason: { code: 'granted' }, clocks: sheet(state, world).extend(clockId, addedMs).changes, ...of(state) },
      },
    ];
  },
});

/** 不予延期 A refused request does not use up the quota. */
export const denyExtension = ruling<'DenyExtension', Open>({
  may: decidesExtension,
  decide: (data, state, { actor }) => [{ type: 'ExtensionDenied', data: { approver: actor.id, reason: data.reason, ...of(state) } }],
});

/** 申请挂账 */
export const requestSuspension = ruling<'RequestSuspension', Open>({
  already: (data, state) => state.stage === 'open' && state.suspensionRequest?.until === data.until,
  may: (state, context, world) => {
    const now = working(state, context);
    const { policy } = reckoningOf(now, world);
    if (now.suspensionRequest) refuse('suspension.already-asked', 'A suspension has been asked for and not been decided yet.');
    return now.suspensions < policy.suspensionCap ? now : refuse('suspension.cap', `At most ${policy.suspensionCap} suspension is granted in one round.`, { suspensions: now.suspensions });
  },
  decide: (data, state, { actor, now }, world) => {
    untilWithin(fromIso(data.until), now, reckoningOf(state, world).policy.suspensionDaysMax);
    return [{ type: 'SuspensionRequested', data: { applicant: actor.id, unit: actor.unit, until: data.until, reason: data.reason, ...of(state) } }];
  },
});

const untilWithin = (until: Instant, now: Instant, daysMax: number): void => {
  if (!(until > now)) refuse('suspension.in-the-past', 'A suspension ends in the future.', { until: toIso(until) });
  if (until - now > daysMax * day) refuse('suspension.too-long', `A suspension lasts at most ${daysMax} days.`, { until: toIso(until), daysMax });
};

const suspensionAsked = (state: Open) => state.suspensionRequest ?? refuse('approval.nothing-asked', 'No suspension has been asked for.');

const decidesSuspension = (state: Parameters<typeof inStage>[0], context: CommandContext, world: World): Open => {
  const now = inStage(state, 'open');
  approver(now, suspensionAsked(now), context, world);
  return now;
};

/** 挂账 The clocks of the work stand still; one clock runs, to the end of the suspension. */
export const grantSuspension = ruling<'GrantSuspension', Open>({
  may: (state, context, world) => {
    const now = decidesSuspension(state, context, world);
    inTime(now);
    return now;
  },
  decide: (_data, state, { actor, now }, world) => {
    const { applicant, unit, until } = suspensionAsked(state);
    untilWithin(fromIso(until), now, reckoningOf(state, world).policy.suspensionDaysMax);
    const limit = { amount: (fromIso(until) - now) / hour, unit: 'continuous-hour' } as const;
    const clocks = sheet(state, world).pause(now, ...workClocks).start('suspension', unit, state.rung, now, { limit });
    return [{ type: 'Suspended', data: { applicant, approver: actor.id, until, reason: { code: 'granted' }, clocks: clocks.changes, ...of(state) } }];
  },
});

/** 不予挂账 */
export const denySuspension = ruling<'DenySuspension', Open>({
  may: decidesSuspension,
  decide: (data, state, { actor }) => [{ type: 'SuspensionDenied', data: { approver: actor.id, reason: data.reason, ...of(state) } }],
});

/** The clocks go on with what remained, from the moment at which the suspension ended. */
export const resumed = (state: Open, by: 'person' | 'expiry', from: Instant, world: World): IncidentEvent => ({
  type: 'Resumed',
  data: { by, clocks: sheet(state, world).stop('suspension').resume(from, ...workClocks).changes, ...of(state) },
});

/** 销挂 By the unit or its centre, before the suspension runs out; otherwise the clock does it. */
export const resumeIncident = ruling<'ResumeIncident', Open>({
  already: (_data, state) => state.stage === 'open' && state.suspensions > 0 && state.suspendedUntil === null,
  may: (state, context, world) => {
    const now = inStage(state, 'open');
    if (now.suspendedUntil === null) refuse('suspension.none', 'The incident is not suspended.');
    if (!isEngine(context) && context.actor.unit !== now.accountableUnit) atDesk(now, context, world);
    return now;
  },
  decide: (_data, state, { now }, world) => [resumed(state, 'person', now, world)],
});
