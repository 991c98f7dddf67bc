import type { IncidentEvent } from '#events';
import { day, fromIso } from '#kernel';
import type { CommandContext } from '#kernel';
import {
  afterClocks, atAnyCentre, atCentreAbove, atDesk, atStep, centreOn, independent, inStage, isEngine, known, of, reckoningOf, refuse, ruling, sheet,
} from './ruling.js';
import type { World } from './ruling.js';
import type { ClosedLife, Ended, KnownIncident, Open, Reported, AcceptedLife } from './state.js';
import { Story } from './story.js';

/** Somebody independent looks at the work: of an open incident that was handled, or of a closed self-handled one that was drawn. */
const inspectable = (state: Parameters<typeof inStage>[0], context: CommandContext): Open | ClosedLife => {
  const now = state.stage === 'closed' ? state : atStep(state, 'handled');
  if (now.stage === 'closed' && !now.awaitsSample) refuse('inspection.not-drawn', 'The incident is closed and was not drawn for inspection.');
  if (isEngine(context)) refuse('duty.not-independent', 'An inspection is made by a person.');
  independent(now, context);
  return now;
};

/** 核查通过 */
export const passInspection = ruling<'PassInspection', Open | ClosedLife>({
  already: (_data, state, { actor }) => state.stage === 'open' && state.work.step === 'inspected' && state.work.inspector === actor.id,
  may: inspectable,
  decide: (data, state, { actor }, world) => [
    {
      type: 'InspectionPassed',
      data: {
        ...of(state), inspector: actor.id, unit: actor.unit, drawn: state.stage === 'closed', note: data.note ?? null, photos: data.photos ?? [],
        clocks: sheet(state, world).stop('inspect').changes,
      },
    },
  ],
});

/** 核查不通过 The unit handles it again 返工; a self-handled incident that fails its draw is opened again. */
export const failInspection = ruling<'FailInspection', Open | ClosedLife>({
  may: inspectable,
  decide: (data, state, context, world) => {
    const { actor, now } = context;
    const drawn = state.stage === 'closed';
    const failures = drawn ? 1 : state.failures + 1;
    const story = new Story<Open | ClosedLife>(state, context).tell({
      type: 'InspectionFailed',
      data: {
        ...of(state), inspector: actor.id, unit: actor.unit, drawn, reason: data.reason, photos: data.photos ?? [], failures, rung: state.rung,
        supervises: !drawn && failures >= reckoningOf(state, world).policy.failedInspectionsBeforeSupervision,
        clocks: sheet(state, world).stop('inspect').changes,
      },
    });
    if (story.state.stage === 'closed') return story.tell(reopened(story.state, data.reason, now, world)).events;
    const unit = state.handlingUnits.at(-1) ?? '';
    const rule = world.library.rule(story.state.filing.catalogueVersion, story.state.filing.ruleId);
    if (!rule) throw new Error(`rule ${story.state.filing.ruleId} is pinned but missing`);
    const clocks = sheet(story.state, world).start('handle', unit, story.state.rung, now, { limit: rule.handleLimit });
    return story.tell({
      type: 'ReworkOrdered',
      data: { ...of(state), accountableUnit: unit, ordinal: story.state.dispatchOrdinal + 1, clocks: clocks.changes },
    }).events;
  },
});

/** Ends every clock of the incident but those of duties that outlive it. */
const allClocksStopped = (state: Open, world: World) => sheet(state, world).stopWhere(({ clock }) => !afterClocks.includes(clock)).changes;

/** 结案 Only after a passed inspection, and by a centre that did not handle it. */
export const closeIncident = ruling<'CloseIncident', Open>({
  already: (_data, state) => state.stage === 'closed',
  may: (state, context, world) => {
    const now = atStep(state, 'inspected');
    independent(now, context);
    atDesk(now, context, world);
    return now;
  },
  decide: (_data, state, { actor }, world) => [
    {
      type: 'Closed',
      data: {
        ...of(state), closedBy: actor.id, unit: actor.unit, rung: state.rung, handlingUnit: state.handlingUnits.at(-1) ?? state.accountableUnit,
        selfHandled: false, clocks: allClocksStopped(state, world),
      },
    },
  ],
});

/** 申请强制结案 */
export const requestForceClose = ruling<'RequestForceClose', Open>({
  already: (_data, state) => state.stage === 'open' && state.endRequest?.kind === 'force-close',
  may: (state, context, world) => {
    const now = inStage(state, 'open');
    if (context.actor.unit !== now.accountableUnit) atDesk(now, context, world);
    return now;
  },
  decide: (data, state, { actor }) => [{ type: 'ForceCloseRequested', data: { ...of(state), applicant: actor.id, unit: actor.unit, reason: data.reason } }],
});

const approved = (state: Open | Reported | AcceptedLife, kind: 'void' | 'force-close', { actor }: CommandContext) => {
  const request = state.endRequest;
  if (request?.kind !== kind) return refuse('approval.nothing-asked', 'Nobody has asked for this, so there is nothing to approve.', { kind });
  if (request.applicant === actor.id) return refuse('duty.own-request', 'Whoever asked cannot approve.', { applicant: request.applicant });
  return request;
};

/** 强制结案 For the impossible case: approved by a centre above, never by the applicant or a handler; counted apart. */
export const forceCloseIncident = ruling<'ForceCloseIncident', Open>({
  already: (_data, state) => state.stage === 'closed' && state.how === 'forced',
  may: (state, context, world) => {
    const now = inStage(state, 'open');
    approved(now, 'force-close', context);
    atCentreAbove(now.rung, now, context, world);
    independent(now, context);
    return now;
  },
  decide: (_data, state, context, world) => {
    const { applicant, reason } = approved(state, 'force-close', context);
    return [
      {
        type: 'ForceClosed',
        data: {
          ...of(state), applicant, approver: context.actor.id, rung: state.rung, handlingUnit: state.handlingUnits.at(-1) ?? null, reason,
          clocks: allClocksStopped(state, world),
        },
      },
    ];
  },
});

/** 申请作废 */
export const requestVoid = ruling<'RequestVoid', Reported | AcceptedLife | Open>({
  already: (_data, state) => state.stage !== 'unknown' && state.endRequest?.kind === 'void',
  may: (state, context, world) => {
    const now = inStage(state, 'reported', 'accepted', 'open');
    atAnyCentre(now, context, world);
    return now;
  },
  decide: (data, state, { actor }) => [{ type: 'VoidRequested', data: { ...of(state), applicant: actor.id, unit: actor.unit, reason: data.reason } }],
});

/** 作废 Approved by a second person of the street centre or above; stays in the denominators. There is no delete. */
export const voidIncident = ruling<'VoidIncident', Reported | AcceptedLife | Open>({
  already: (_data, state) => state.stage === 'voided',
  may: (state, context, world) => {
    const now = inStage(state, 'reported', 'accepted', 'open');
    approved(now, 'void', context);
    atCentreAbove('grid', now, context, world);
    return now;
  },
  decide: (_data, state, context, world) => {
    const { applicant, reason } = approved(state, 'void', context);
    return [
      { type: 'Voided', data: { ...of(state), applicant, approver: context.actor.id, reason, clocks: sheet(state, world).stopWhere(({ clock }) => !afterClocks.includes(clock)).changes } },
    ];
  },
});

/** A duplicate keeps its own reporter, so it is visited like a closed incident. */
const ended = (state: Parameters<typeof inStage>[0]): ClosedLife | Ended => inStage(state, 'closed', 'merged');

const notTheHandler = (state: ClosedLife | Ended, { actor }: CommandContext): void => {
  if (state.stage === 'closed' && state.handlingUnits.includes(actor.unit)) {
    refuse('duty.not-independent', 'The unit that handled the incident does not ask the reporter how it did.', { handlingUnits: state.handlingUnits });
  }
};

/** 回访 The reporter is asked, by somebody who did not handle it. */
export const recordVisit = ruling<'RecordVisit', ClosedLife | Ended>({
  already: (data, state) => state.stage !== 'unknown' && state.visited && data.reached,
  may: (state, context, world) => {
    const now = ended(state);
    notTheHandler(now, context);
    if (context.actor.role !== 'channel') atAnyCentre(now, context, world);
    return now;
  },
  decide: (data, state) => [{ type: 'Visited', data: { ...of(state), reached: data.reached, note: data.note ?? null } }],
});

/** 评价 Once a round; it cannot be talked up afterwards. */
export const recordSatisfaction = ruling<'RecordSatisfaction', ClosedLife | Ended>({
  already: (data, state) => state.stage !== 'unknown' && state.satisfaction === data.grade,
  may: (state, context, world) => {
    const now = ended(state);
    notTheHandler(now, context);
    if (context.actor.role !== 'channel') atAnyCentre(now, context, world);
    if (!now.visited) refuse('satisfaction.not-visited', 'The reporter has not been asked yet; record the visit first.');
    return now.satisfaction === null ? now : refuse('satisfaction.already-given', 'The rating of this round is recorded and cannot be replaced.', { grade: now.satisfaction });
  },
  decide: (data, state) => [{ type: 'SatisfactionRecorded', data: { ...of(state), grade: data.grade } }],
});

/** 整改 A bad rating opens a loop of its own; the loops ask for it. */
export const openRectification = ruling<'OpenRectification', ClosedLife>({
  already: (_data, state) => state.stage !== 'unknown' && state.rectifications.has(`rectification:${state.round}`),
  may: (state, context) => {
    const now = inStage(state, 'closed');
    if (!isEngine(context)) refuse('actor.engine-only', 'A bad rating opens the rectification by itself.');
    return now.satisfaction === 'dissatisfied' ? now : refuse('rectification.no-bad-rating', 'Only a bad rating opens a rectification.', { satisfaction: now.satisfaction });
  },
  decide: (_data, state, { now }, world) => {
    const unit = state.handlingUnits.at(-1) ?? centreOn(state.rung, state.origin.place, world).code;
    const rectificationId = `rectification:${state.round}`;
    return [
      { type: 'RectificationOpened', data: { ...of(state), unit, rectificationId, clocks: sheet(state, world).start('rectify', unit, state.rung, now, { subject: rectificationId }).changes } },
    ];
  },
});

/** 整改完成 All that the unit still owes for this incident, even after it was reopened: the rectification is a loop of its own. */
export const completeRectification = ruling<'CompleteRectification', KnownIncident>({
  already: (_data, state) => state.stage === 'closed' && state.rectifications.size === 0 && state.satisfaction === 'dissatisfied',
  may: (state, { actor }) => {
    const now = known(state);
    return [...now.rectifications.values()].includes(actor.unit) ? now : refuse('rectification.not-yours', 'No rectification of this unit is open.', { unit: actor.unit });
  },
  decide: (data, state, { actor }, world) =>
    [...state.rectifications]
      .filter(([, unit]) => unit === actor.unit)
      .map(([rectificationId]) => {
        const clocks = sheet(state, world).stopWhere(({ clock, subject }) => clock === 'rectify' && subject === rectificationId);
        return { type: 'RectificationCompleted', data: { ...of(state), unit: actor.unit, rectificationId, note: data.note ?? null, clocks: clocks.changes } };
      }),
});

/** A new round on the rung that closed it; the citizen's clock goes on as if it had never stopped. */
const reopened = (state: ClosedLife, reason: { readonly code: string }, now: number, world: World): IncidentEvent => {
  const centre = centreOn(state.rung, state.origin.place, world).code;
  const clocks = sheet(state, world).stop('inspect').reviveCitizen().start('dispatch', centre, state.rung, now);
  return { type: 'Reopened', data: { incidentId: state.origin.incidentId, round: state.round + 1, rung: state.rung, accountableUnit: centre, reason, clocks: clocks.changes } };
};

/** 重开 */
export const reopenIncident = ruling<'ReopenIncident', ClosedLife>({
  already: (_data, state) => state.stage === 'open' && state.round > 1 && state.work.step === 'filed',
  may: (state, context, world) => {
    const now = inStage(state, 'closed');
    atAnyCentre(now, context, world);
    const days = reckoningOf(now, world).policy.reopenDaysMax;
    if (context.now - now.closedAt > days * day) refuse('reopen.too-late', `An incident can be reopened for ${days} days after closing; report a new one.`, { days });
    return now;
  },
  decide: (data, state, { now }, world) => [reopened(state, data.reason, now, world)],
});

/** 并案 Into an earlier incident that is still alive: earlier only, so that no two can swallow each other. */
export const mergeIncident = ruling<'MergeIncident', Reported | AcceptedLife | Open>({
  already: (data, state) => state.stage === 'merged' && state.into === data.into.incidentId,
  may: (state, context, world) => {
    const now = inStage(state, 'reported', 'accepted', 'open');
    atAnyCentre(now, context, world);
    if (now.stage === 'open' && (now.work.step === 'handled' || now.work.step === 'inspected')) refuse('merge.already-handled', 'It has been handled already; inspect and close it instead.');
    return now;
  },
  decide: (data, state, _context, world) => {
    const { into } = data;
    const { incidentId, reportedAt } = state.origin;
    if (into.incidentId === incidentId) refuse('merge.into-itself', 'An incident cannot be merged into itself.');
    if (['declined', 'voided', 'merged', 'unknown'].includes(into.stage)) refuse('merge.master-ended', `The other incident is ${into.stage} and cannot take this one up.`, { into: into.incidentId, stage: into.stage });
    if (into.reportedAt > reportedAt || (into.reportedAt === reportedAt && into.incidentId > incidentId)) {
      refuse('merge.into-later', 'A later incident is merged into the earlier one, not the other way round.', { into: into.incidentId, reportedAt: into.reportedAt });
    }
    const days = reckoningOf(state, world).policy.mergeDaysMax;
    if (fromIso(reportedAt) - fromIso(into.reportedAt) > days * day) refuse('merge.too-far-apart', `Incidents reported more than ${days} days apart are not merged.`, { days });
    return [{ type: 'Merged', data: { ...of(state), into: into.incidentId, reason: data.reason, clocks: sheet(state, world).stopWhere(({ clock }) => !afterClocks.includes(clock)).changes } }];
  },
});

/** 关联并入 The other half of a merger, told to the earlier incident by the engine. */
export const linkDuplicate = ruling<'LinkDuplicate', Exclude<Parameters<typeof inStage>[0], { stage: 'unknown' }>>({
  already: (data, state) => state.stage !== 'unknown' && state.duplicates.includes(data.duplicate),
  may: (state, context) => {
    const now = inStage(state, 'reported', 'accepted', 'open', 'closed', 'merged', 'voided', 'declined');
    return isEngine(context) ? now : refuse('actor.engine-only', 'Merging the later incident links the two by itself.');
  },
  decide: (data, state) => [{ type: 'DuplicateLinked', data: { ...of(state), duplicate: data.duplicate } }],
});
