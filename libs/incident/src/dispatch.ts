import type { IncidentEvent } from '#events';
import type { Instant } from '#kernel';
import { height } from '#reference';
import type { Rung, Unit } from '#reference';
import type { CommandOf } from './commands.js';
import {
  accountable, atDesk, atStep, centreAbove, centreOn, cityIn, desksOf, inStage, notSuspended, of, reckoningOf, refuse, ruling, sheet, transfer, workClocks,
} from './ruling.js';
import type { World } from './ruling.js';
import type { Open } from './state.js';
import { Story } from './story.js';

const activeUnit = (code: string, world: World): Unit => {
  const unit = cityIn(world).unit(code) ?? refuse('unit.unknown', `There is no unit "${code}".`, { unit: code });
  return unit.active ? unit : refuse('unit.not-active', `Unit ${unit.name} is not active.`, { unit: code });
};

/** A unit of this rung that answers for the place, or a refusal that says which of the two is wrong. */
const unitFor = (code: string, rung: Rung, state: Open, world: World): Unit => {
  const unit = activeUnit(code, world);
  if (unit.rung !== rung) {
    refuse('dispatch.wrong-rung', `Unit ${unit.name} works on the ${unit.rung} rung, the incident is on the ${rung} rung: climb, delegate or whistle instead.`, { unit: code, unitRung: unit.rung, rung });
  }
  if (unit.kind !== 'workstation' && unit.kind.endsWith('centre')) refuse('dispatch.to-a-centre', 'A centre dispatches and supervises; it does not handle.', { unit: code });
  if (!cityIn(world).contains(unit.place, state.origin.place.grid)) {
    refuse('dispatch.wrong-place', `Unit ${unit.name} does not answer for the place of the incident.`, { unit: code, unitPlace: unit.place });
  }
  return unit;
};

const otherUnits = (codes: readonly string[] | undefined, unit: string, world: World): readonly string[] => {
  const others = [...new Set(codes ?? [])];
  for (const code of others) activeUnit(code, world);
  return others.includes(unit) ? refuse('dispatch.one-accountable-unit', 'The accountable unit cannot assist or be informed as well.', { unit }) : others;
};

type Request = Pick<CommandOf<'DispatchIncident'>['data'], 'unit' | 'assisting' | 'informed' | 'suggestion'>;

/** Rule 5: back to the same unit the remaining time goes on; to another unit the full limit starts. */
const dispatched = (state: Open, unit: Unit, request: Partial<Request>, final: boolean, now: Instant, world: World): IncidentEvent => {
  const { catalogueVersion, ruleId } = state.filing;
  const rule = world.library.rule(catalogueVersion, ruleId);
  if (!rule) throw new Error(`rule ${ruleId} of catalogue ${catalogueVersion} is pinned but missing`);
  const clocks = sheet(state, world).stop('dispatch');
  if (state.returnedBy === unit.code) clocks.resume(now, 'handle');
  else clocks.stop('handle').start('handle', unit.code, state.rung, now, { limit: rule.handleLimit });
  for (const clock of ['acknowledge', 'contact', 'arrive'] as const) clocks.start(clock, unit.code, state.rung, now);
  return {
    type: 'Dispatched',
    data: {
      ordinal: state.dispatchOrdinal + 1, accountableUnit: unit.code, assisting: otherUnits(request.assisting, unit.code, world),
      informed: otherUnits(request.informed, unit.code, world), suggestion: request.suggestion ?? null, final, clocks: clocks.changes, ...of(state),
    },
  };
};

/** 派单 By the centre that holds it, to one unit of its own rung. */
export const dispatchIncident = ruling<'DispatchIncident', Open>({
  already: (data, state) => state.stage === 'open' && state.work.step === 'dispatched' && state.accountableUnit === data.unit,
  may: (state, context, world) => {
    const now = notSuspended(atStep(state, 'filed'));
    atDesk(now, context, world);
    return now;
  },
  decide: (data, state, { now }, world) => [dispatched(state, unitFor(data.unit, state.rung, state, world), data, false, now, world)],
});

/** 承接 The unit takes it on; only then it may handle. */
export const acknowledgeDispatch = ruling<'AcknowledgeDispatch', Open>({
  already: (_data, state, { actor }) => state.stage === 'open' && state.work.step === 'acknowledged' && state.accountableUnit === actor.unit,
  may: (state, context) => {
    const now = atStep(state, 'dispatched');
    accountable(now, context);
    return now;
  },
  decide: (_data, state, _context, world) => [
    { type: 'DispatchAcknowledged', data: { unit: state.accountableUnit, clocks: sheet(state, world).stop('acknowledge').changes, ...of(state) } },
  ],
});

/** 退单 With a reason code. Past the cap the centre one level up must rule. */
export const returnDispatch = ruling<'ReturnDispatch', Open>({
  already: (_data, state, { actor }) => state.stage === 'open' && (state.work.step === 'filed' || state.work.step === 'arbitrating') && state.returnedBy === actor.unit,
  may: (state, context) => {
    const now = notSuspended(atStep(state, 'dispatched', 'acknowledged'));
    accountable(now, context);
    return 'final' in now.work && now.work.final
      ? refuse('return.after-arbitration', 'This unit was named by arbitration and cannot return the incident again.', { unit: now.accountableUnit })
      : now;
  },
  decide: (data, state, context, world) => {
    const centre = centreOn(state.rung, state.origin.place, world).code;
    const returns = state.returns + 1;
    const arbitration = returns > reckoningOf(state, world).policy.returnCap;
    const clocks = sheet(state, world).stop('acknowledge', 'contact', 'arrive').pause(context.now, 'handle');
    if (!arbitration) clocks.start('dispatch', centre, state.rung, context.now);
    const story = new Story<Open>(state, context).tell({
      type: 'DispatchReturned',
      data: { unit: state.accountableUnit, accountableUnit: centre, reason: data.reason, returns, clocks: clocks.changes, ...of(state) },
    });
    if (!arbitration) return story.events;
    const arbiter = centreAbove(state.rung, state.origin.place, world).code;
    const asked = sheet(story.state, world).start('arbitrate', arbiter, state.rung, context.now);
    return story.tell({ type: 'ArbitrationOpened', data: { arbiter, returns, clocks: asked.changes, ...of(state) } }).events;
  },
});

/** 裁定 The centre one level up names the unit, which cannot return the incident again. A unit of a higher rung takes it up with it. */
export const arbitrateReturn = ruling<'ArbitrateReturn', Open>({
  may: (state, { actor }) => {
    const now = atStep(state, 'arbitrating');
    const arbiter = now.work.step === 'arbitrating' ? now.work.arbiter : '';
    return actor.unit === arbiter ? now : refuse('actor.not-the-arbiter', `Only the centre one level up may rule: ${arbiter}.`, { arbiter, unit: actor.unit });
  },
  decide: (data, state, context, world) => {
    const { rung } = activeUnit(data.unit, world);
    if (height(rung) < height(state.rung)) refuse('dispatch.wrong-rung', 'Arbitration names a unit of this rung or above.', { unit: data.unit, unitRung: rung, rung: state.rung });
    const unit = unitFor(data.unit, rung, state, world);
    const story = new Story<Open>(state, context).tell({
      type: 'Arbitrated',
      data: { arbiter: context.actor.unit, unit: unit.code, reason: data.reason, clocks: sheet(state, world).stop('arbitrate').changes, ...of(state) },
    });
    if (rung !== state.rung) story.tell(transfer('Escalated', story.state, rung, 'returns-exhausted', data.reason, context.now, world));
    return story.tell(dispatched(story.state, unit, {}, true, context.now, world)).events;
  },
});

const workedBy = (state: Open, unit: string): boolean => unit === state.accountableUnit || state.assisting.includes(unit);

const onTheJob = (state: Open, unit: string): Open =>
  workedBy(state, unit) ? state : refuse('actor.not-on-the-job', 'Only the accountable unit or an assisting one may do this.', { unit, accountableUnit: state.accountableUnit });

const clockStopped = (state: Open, name: 'contact' | 'arrive'): boolean =>
  ![...state.clocks.values()].some(({ clock, status }) => clock === name && status !== 'stopped');

/** 先行联系 Before going there, the unit speaks with whoever reported. */
export const recordFirstContact = ruling<'RecordFirstContact', Open>({
  already: (_data, state) => state.stage === 'open' && (state.work.step === 'dispatched' || state.work.step === 'acknowledged') && clockStopped(state, 'contact'),
  may: (state, { actor }) => onTheJob(atStep(state, 'dispatched', 'acknowledged'), actor.unit),
  decide: (_data, state, { actor }, world) => [{ type: 'FirstContactMade', data: { unit: actor.unit, clocks: sheet(state, world).stop('contact').changes, ...of(state) } }],
});

/** 到场 */
export const recordArrival = ruling<'RecordArrival', Open>({
  already: (_data, state) => state.stage === 'open' && (state.work.step === 'dispatched' || state.work.step === 'acknowledged') && clockStopped(state, 'arrive'),
  may: (state, { actor }) => onTheJob(atStep(state, 'dispatched', 'acknowledged'), actor.unit),
  decide: (data, state, { actor }, world) => [
    { type: 'Arrived', data: { unit: actor.unit, location: data.location ?? null, clocks: sheet(state, world).stop('arrive').changes, ...of(state) } },
  ],
});

/** 处置 The accountable unit says it is done. What comes next is somebody else's look at it. */
export const recordHandling = ruling<'RecordHandling', Open>({
  already: (_data, state, { actor }) => state.stage === 'open' && state.work.step === 'handled' && state.work.handler === actor.id,
  may: (state, context) => {
    const open = inStage(state, 'open');
    if (open.work.step === 'dispatched') refuse('dispatch.not-acknowledged', 'The unit has to take the dispatch on before it can report it handled.', { unit: open.accountableUnit });
    const now = notSuspended(atStep(state, 'acknowledged'));
    accountable(now, context);
    return now;
  },
  decide: (data, state, { actor, now }, world) => {
    const centre = desksOf(state.rung, state.origin.place, world).at(-1) ?? '';
    const clocks = sheet(state, world).stop(...workClocks).start('inspect', centre, state.rung, now);
    return [
      { type: 'Handled', data: { unit: state.accountableUnit, handler: actor.id, onTheSpot: false, note: data.note ?? null, photos: data.photos ?? [], clocks: clocks.changes, ...of(state) } },
    ];
  },
});
