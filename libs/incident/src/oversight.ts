import { above, height } from '#reference';
import { toIso } from '#kernel';
import { atCentreAbove, atDesk, centreOn, cityIn, effectiveFrom, inStage, isEngine, known, of, reckoningOf, refuse, ruling, sheet, transfer } from './ruling.js';
import type { ClosedLife, Incident, KnownIncident, Open, Whistle } from './state.js';

/** 催办 A reminder; every one is recorded. */
export const urgeIncident = ruling<'UrgeIncident', Open>({
  may: (state, context, world) => {
    const now = inStage(state, 'open');
    const desk = atDeskOrAbove(now, context.actor.unit, world);
    return desk ? now : refuse('actor.not-the-centre', 'Only the centre that holds the incident, or one above, may urge.', { unit: context.actor.unit });
  },
  decide: (data, state, { actor }) => [{ type: 'Urged', data: { unit: state.accountableUnit, by: actor.unit, note: data.note ?? null, ...of(state) } }],
});

const atDeskOrAbove = (state: Open, unit: string, world: Parameters<typeof atDesk>[2]): boolean =>
  (['grid', 'street', 'district', 'city'] as const).some((rung) => height(rung) >= height(state.rung) && centreOn(rung, state.origin.place, world).code === unit);

/** 督办 From a centre above, to whoever is accountable, with a reply clock. The loops issue one by themselves when a limit is seriously breached. */
export const issueSupervision = ruling<'IssueSupervision', Open>({
  already: (data, state) => state.stage !== 'unknown' && state.supervisions.has(data.supervisionId),
  may: (state, context, world) => {
    const now = inStage(state, 'open');
    if (!isEngine(context)) atCentreAbove(now.rung, now, context, world);
    return now;
  },
  decide: (data, state, context, world) => {
    const by = isEngine(context) ? centreOn(above(state.rung) ?? state.rung, state.origin.place, world).code : context.actor.unit;
    const from = effectiveFrom(isEngine(context) ? data.since : undefined, context.now, reckoningOf(state, world));
    const clocks = sheet(state, world).start('supervise', state.accountableUnit, state.rung, from, { subject: data.supervisionId });
    return [{ type: 'SupervisionIssued', data: { supervisionId: data.supervisionId, by, unit: state.accountableUnit, reason: data.reason, clocks: clocks.changes, ...of(state) } }];
  },
});

/** 督办答复 By the unit that was asked, even after the incident has moved on. */
export const answerSupervision = ruling<'AnswerSupervision', KnownIncident>({
  already: (data, state) => state.stage !== 'unknown' && state.supervisions.get(data.supervisionId)?.answered === true,
  may: (state, { actor }) => {
    const now = known(state);
    return [...now.supervisions.values()].some(({ unit, answered }) => unit === actor.unit && !answered)
      ? now
      : refuse('supervision.not-yours', 'No open supervision order is addressed to this unit.', { unit: actor.unit });
  },
  decide: (data, state, { actor }, world) => {
    const order = state.supervisions.get(data.supervisionId) ?? refuse('supervision.unknown', 'There is no such supervision order.', { supervisionId: data.supervisionId });
    if (order.unit !== actor.unit) refuse('supervision.not-yours', 'This supervision order is addressed to another unit.', { unit: order.unit });
    const clocks = sheet(state, world).stopWhere(({ clock, subject }) => clock === 'supervise' && subject === data.supervisionId);
    return [{ type: 'SupervisionAnswered', data: { supervisionId: data.supervisionId, unit: actor.unit, note: data.note ?? null, clocks: clocks.changes, ...of(state) } }];
  },
});

/**
 * 力所不及 Said by whoever is accountable, or by the centre of this very rung; the loop answers by climbing. Not by the centre above,
 * which takes it up instead: a button that it presses twice would send the incident up two rungs.
 */
export const declareBeyondAbility = ruling<'DeclareBeyondAbility', Open>({
  may: (state, context, world) => {
    const now = beforeHandled(state);
    if (above(now.rung) === null) refuse('climb.at-the-top', 'The city centre is the last rung; there is nobody above.');
    const centre = centreOn(now.rung, now.origin.place, world).code;
    return [now.accountableUnit, centre].includes(context.actor.unit)
      ? now
      : refuse('actor.not-the-centre', 'Only the accountable unit or the centre of this rung declares it beyond its ability.', { accountableUnit: now.accountableUnit, centre, unit: context.actor.unit });
  },
  decide: (data, state, { actor }) => [{ type: 'DeclaredBeyondAbility', data: { unit: actor.unit, rung: state.rung, reason: data.reason, ...of(state) } }],
});

const beforeHandled = (state: Incident): Open => {
  const now = inStage(state, 'open');
  return now.work.step === 'handled' || now.work.step === 'inspected'
    ? refuse('climb.already-handled', 'It has been handled already; inspect and close it instead.', { step: now.work.step })
    : now;
};

/** 升级 By the loops; or by a centre above that takes it up under its supervision. It climbs once for one cause. */
export const escalateIncident = ruling<'EscalateIncident', Open>({
  already: (data, state) => state.stage === 'open' && height(state.rung) > height(data.from),
  may: (state, context, world) => {
    const now = beforeHandled(state);
    if (!isEngine(context)) atCentreAbove(now.rung, now, context, world);
    return now;
  },
  decide: (data, state, context, world) => {
    if (height(data.to) <= height(state.rung)) refuse('climb.not-upward', 'An escalation goes up.', { from: state.rung, to: data.to });
    if (!isEngine(context)) {
      if (data.trigger !== 'supervision') refuse('climb.trigger', 'A centre takes an incident up under its supervision; other causes are for the loops to see.', { trigger: data.trigger });
      const own = centreOn(data.to, state.origin.place, world).code;
      if (own !== context.actor.unit) refuse('actor.not-the-centre', 'A centre takes an incident up to its own rung.', { centre: own, unit: context.actor.unit });
    }
    return [transfer('Escalated', state, data.to, data.trigger, data.reason, effectiveFrom(data.since, context.now, reckoningOf(state, world)), world)];
  },
});

/** 下派 Down to a lower rung, by the centre that holds it and only with a reason. */
export const delegateIncident = ruling<'DelegateIncident', Open>({
  already: (data, state) => state.stage === 'open' && state.rung === data.to && state.work.step === 'filed',
  may: (state, context, world) => {
    const now = inStage(state, 'open');
    if (now.work.step !== 'filed') refuse('delegate.dispatched', 'It is with a unit; only an incident that waits at the centre is delegated.', { step: now.work.step });
    if (now.rung === 'grid') refuse('delegate.at-the-bottom', 'There is nothing below the grid.');
    if (centreOn(now.rung, now.origin.place, world).code !== context.actor.unit) atDesk(now, context, world);
    return now;
  },
  decide: (data, state, { now }, world) => {
    if (height(data.to) >= height(state.rung)) refuse('delegate.not-downward', 'Delegating goes down.', { from: state.rung, to: data.to });
    return [transfer('Delegated', state, data.to, 'declared', data.reason, now, world)];
  },
});

/** 吹哨 A centre from the street up summons departments to the scene. It moves nobody's accountability. */
export const blowWhistle = ruling<'BlowWhistle', Open>({
  already: (data, state) => state.stage === 'open' && state.whistles.has(data.whistleId),
  may: (state, { actor }, world) => {
    const now = inStage(state, 'open');
    const own = (['street', 'district', 'city'] as const).some((rung) => centreOn(rung, now.origin.place, world).code === actor.unit);
    return own ? now : refuse('actor.not-a-centre', 'Only the street centre or a centre above may whistle.', { unit: actor.unit });
  },
  decide: (data, state, { actor, now }, world) => {
    const units = [...new Set(data.units)];
    if (units.length === 0) refuse('whistle.nobody', 'A whistle summons at least one department.');
    const clocks = sheet(state, world);
    for (const code of units) {
      const unit = cityIn(world).unit(code);
      if (!unit?.active) return refuse('unit.unknown', `There is no active unit "${code}".`, { unit: code });
      clocks.start('whistle', code, state.rung, now, { subject: data.whistleId });
    }
    return [{ type: 'Whistled', data: { whistleId: data.whistleId, by: actor.unit, units, reason: data.reason, clocks: clocks.changes, ...of(state) } }];
  },
});

const whistleOf = (state: Open, whistleId: string): Whistle => state.whistles.get(whistleId) ?? refuse('whistle.unknown', 'There is no such whistle.', { whistleId });

/** 报到 Late is still arriving, and still late. */
export const reportIn = ruling<'ReportIn', Open>({
  already: (data, state, { actor }) => state.stage === 'open' && state.whistles.get(data.whistleId)?.arrived.includes(actor.unit) === true,
  may: (state, { actor }) => {
    const now = inStage(state, 'open');
    return [...now.whistles.values()].some(({ units, ended }) => !ended && units.includes(actor.unit))
      ? now
      : refuse('whistle.not-summoned', 'No running whistle summons this unit.', { unit: actor.unit });
  },
  decide: (data, state, { actor }, world) => {
    const whistle = whistleOf(state, data.whistleId);
    if (whistle.ended) refuse('whistle.ended', 'The whistle has ended.', { whistleId: data.whistleId });
    if (!whistle.units.includes(actor.unit)) refuse('whistle.not-summoned', 'This whistle does not summon this unit.', { unit: actor.unit });
    const clocks = sheet(state, world).stopWhere(({ clock, subject, unit }) => clock === 'whistle' && subject === data.whistleId && unit === actor.unit);
    return [{ type: 'ReportedIn', data: { whistleId: data.whistleId, unit: actor.unit, location: data.location ?? null, clocks: clocks.changes, ...of(state) } }];
  },
});

/** 销哨 By the centre that blew it. */
export const endWhistle = ruling<'EndWhistle', Open>({
  already: (data, state) => state.stage === 'open' && state.whistles.get(data.whistleId)?.ended === true,
  may: (state, { actor }) => {
    const now = inStage(state, 'open');
    return [...now.whistles.values()].some(({ by, ended }) => !ended && by === actor.unit) ? now : refuse('whistle.not-yours', 'No running whistle was blown by this centre.', { unit: actor.unit });
  },
  decide: (data, state, { actor }, world) => {
    const whistle = whistleOf(state, data.whistleId);
    if (whistle.by !== actor.unit) refuse('whistle.not-yours', 'This whistle was blown by another centre.', { by: whistle.by });
    const clocks = sheet(state, world).stopWhere(({ clock, subject }) => clock === 'whistle' && subject === data.whistleId);
    return [{ type: 'WhistleEnded', data: { whistleId: data.whistleId, by: actor.unit, clocks: clocks.changes, ...of(state) } }];
  },
});

const breachedClock = (state: KnownIncident, clockId: string) => {
  const clock = state.clocks.get(clockId) ?? refuse('clock.unknown', 'There is no such clock.', { clockId });
  return clock.breached ? clock : refuse('exemption.not-late', 'This clock was not breached; there is nothing to exempt.', { clockId, dueAt: toIso(clock.dueAt) });
};

/** 申诉 By the unit whose clock was breached. */
export const requestExemption = ruling<'RequestExemption', KnownIncident>({
  already: (data, state) => state.stage !== 'unknown' && state.exemptions.has(data.clockId),
  may: (state, { actor }) => {
    const now = known(state);
    return [...now.clocks.values()].some(({ unit, breached }) => breached && unit === actor.unit) ? now : refuse('exemption.not-late', 'No clock of this unit was breached.', { unit: actor.unit });
  },
  decide: (data, state, { actor }) => {
    const clock = breachedClock(state, data.clockId);
    if (clock.unit !== actor.unit) refuse('exemption.not-yours', 'Only the unit whose clock it was may ask.', { unit: clock.unit });
    return [{ type: 'ExemptionRequested', data: { clockId: data.clockId, applicant: actor.id, unit: actor.unit, reason: data.reason, ...of(state) } }];
  },
});

/** Rule 7: late stays late; a district or city centre that is not the applicant may only say that it does not count. */
const decidesExemption = (state: Incident, { actor }: { readonly actor: { readonly unit: string } }, world: Parameters<typeof atDesk>[2]): KnownIncident | ClosedLife => {
  const now = known(state);
  const centres = (['district', 'city'] as const).map((rung) => centreOn(rung, now.origin.place, world).code);
  if (!centres.includes(actor.unit)) refuse('actor.not-above', `Only a district or city centre decides about exemptions: ${centres.join(' or ')}.`, { centres, unit: actor.unit });
  return [...now.exemptions.values()].some(({ status }) => status === 'requested') ? now : refuse('approval.nothing-asked', 'No exemption has been asked for.');
};

const askedFor = (state: KnownIncident, clockId: string, unit: string): void => {
  const request = state.exemptions.get(clockId);
  if (request?.status !== 'requested') refuse('approval.nothing-asked', 'No exemption of this clock waits for a decision.', { clockId });
  if (request?.applicantUnit === unit) refuse('duty.own-request', 'The unit that asked cannot decide about it.', { unit });
};

/** 申诉成立 */
export const grantExemption = ruling<'GrantExemption', KnownIncident>({
  already: (data, state) => state.stage !== 'unknown' && state.exemptions.get(data.clockId)?.status === 'granted',
  may: decidesExemption,
  decide: (data, state, { actor }) => {
    askedFor(state, data.clockId, actor.unit);
    return [{ type: 'ExemptionGranted', data: { clockId: data.clockId, approver: actor.id, reason: data.reason, ...of(state) } }];
  },
});

/** 申诉不成立 */
export const denyExemption = ruling<'DenyExemption', KnownIncident>({
  already: (data, state) => state.stage !== 'unknown' && state.exemptions.get(data.clockId)?.status === 'denied',
  may: decidesExemption,
  decide: (data, state, { actor }) => {
    askedFor(state, data.clockId, actor.unit);
    return [{ type: 'ExemptionDenied', data: { clockId: data.clockId, approver: actor.id, reason: data.reason, ...of(state) } }];
  },
});
