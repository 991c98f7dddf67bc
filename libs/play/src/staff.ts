import type { ClosedLife, Incident, IncidentCommand, KnownIncident, Open, OtherIncident } from '#incident';
import type { Actor, Instant, Role } from '#kernel';
import { height } from '#reference';
import type { City, PlacePath, Rung } from '#reference';
import type { Script } from './script.js';

/** 动作 What somebody does next, and when. */
export interface Move {
  readonly at: Instant;
  readonly actor: Actor;
  readonly command: IncidentCommand;
}

/** Who works for a unit. One name per unit and role is enough to keep duties apart. */
export type Staffing = (unit: string, role: Role) => Actor;

export const namelessStaff: Staffing = (unit, role) => ({ id: `${role}@${unit}`, role, unit });

interface Scene {
  readonly script: Script;
  readonly state: Incident;
  /** When the last fact was recorded. */
  readonly since: Instant;
  readonly city: City;
  readonly staff: Staffing;
  readonly master: OtherIncident | null;
}

const reason = (code: string) => ({ code });

const pathOf = (city: City, gridCode: string): PlacePath => {
  const path = city.pathOf(gridCode);
  if (!path) throw new Error(`grid "${gridCode}" of a script is not in the city`);
  return path;
};

const centreCode = (city: City, rung: Rung, path: PlacePath): string => {
  const centre = city.centre(rung, path);
  if (!centre) throw new Error(`no centre on rung ${rung}`);
  return centre.code;
};

const deskRole: Readonly<Record<Rung, Role>> = { grid: 'grid-worker', street: 'street-dispatcher', district: 'district-dispatcher', city: 'city-dispatcher' };

/** The desk of a rung; the grid's is worked by the street centre. */
const desk = ({ city, script, staff }: Scene, rung: Rung): Actor => {
  const at = rung === 'grid' ? 'street' : rung;
  return staff(centreCode(city, at, pathOf(city, script.gridCode)), deskRole[at]);
};

const roleOfUnit = (city: City, unit: string): Role => (city.unit(unit)?.kind === 'workstation' ? 'grid-worker' : 'unit-handler');

const report = ({ script, city, staff }: Scene): Move => {
  const { incidentId, channel, externalId, gridCode, location, description, address, reporter, ruleId, photo } = script;
  const path = pathOf(city, gridCode);
  const common = {
    incidentId, channel, gridCode,
    ...(externalId === undefined ? {} : { externalId }), ...(location === undefined ? {} : { location }), ...(description === undefined ? {} : { description }),
    ...(address === undefined ? {} : { address }), ...(reporter === undefined ? {} : { reporter }), ...(photo === null ? {} : { photos: [photo] }),
  };
  const worker = staff(centreCode(city, 'grid', path), 'grid-worker');
  if (script.ending === 'self-handled' && photo) {
    return { at: script.reportedAt, actor: worker, command: { type: 'ReportHandledOnTheSpot', data: { ...common, ruleId, handlingPhotos: [photo] } } };
  }
  const actor = channel === 'grid' ? worker : staff(`channel-${channel}`, 'channel');
  return { at: script.reportedAt, actor, command: { type: 'ReportIncident', data: { ...common, ruleHint: ruleId } } };
};

/** Somebody to look at the work who had no part in it: the grid worker next door, or the street desk where the grid itself handled. */
const inspector = (scene: Scene, handlingUnits: readonly string[]): Actor => {
  const workstation = centreCode(scene.city, 'grid', pathOf(scene.city, scene.script.gridCode));
  return handlingUnits.includes(workstation) ? desk(scene, 'street') : scene.staff(workstation, 'grid-worker');
};

const atTheCentre = (scene: Scene, state: Open): Move | null => {
  const { script, since, city } = scene;
  const { incidentId, pace } = script;
  const at = since + pace.dispatchMs;
  const actor = desk(scene, state.rung);
  const rule = city.rule(state.filing.ruleId);
  const duties = rule ? city.dutiesFor(rule, state.rung, state.origin.place).filter(({ unit }) => unit.kind === 'workstation' || !unit.kind.endsWith('centre')) : [];
  const mayClimb = state.rung !== 'city';
  if (mayClimb && (duties.length === 0 || (script.closesOn !== null && height(state.rung) < height(script.closesOn)))) {
    // Said by the rung itself: in the grid that is the workstation, not the street's desk.
    const own = scene.staff(centreCode(city, state.rung, state.origin.place), deskRole[state.rung]);
    return { at, actor: own, command: { type: 'DeclareBeyondAbility', data: { incidentId, reason: reason(duties.length === 0 ? 'beyond-authority' : 'beyond-resources') } } };
  }
  if (duties.length === 0) return null;
  // A wrong first guess, where the script wants one: the last unit of the list instead of the first.
  const rank = state.returns < script.returns ? duties.length : 1;
  const duty = duties[rank - 1] ?? duties[0];
  if (!duty) return null;
  return {
    at, actor,
    command: { type: 'DispatchIncident', data: { incidentId, unit: duty.unit.code, suggestion: { rank, dutyId: duty.dutyId, match: duty.match } } },
  };
};

const withTheUnit = (scene: Scene, state: Open): Move | null => {
  const { script, since, city, staff } = scene;
  const { incidentId, pace, workedUntil } = script;
  const actor = staff(state.accountableUnit, roleOfUnit(city, state.accountableUnit));
  if (state.work.step === 'dispatched') {
    const final = state.work.final;
    const back = state.returns < script.returns && !final && state.accountableUnit !== centreCode(city, 'grid', state.origin.place);
    const command: IncidentCommand = back
      ? { type: 'ReturnDispatch', data: { incidentId, reason: reason('not-our-duty') } }
      : { type: 'AcknowledgeDispatch', data: { incidentId } };
    return { at: since + pace.acknowledgeMs, actor, command };
  }
  const waits = (name: 'contact' | 'arrive'): boolean => [...state.clocks.values()].some(({ clock, status }) => clock === name && status === 'running');
  if (waits('contact')) return { at: since + pace.contactMs, actor, command: { type: 'RecordFirstContact', data: { incidentId } } };
  if (waits('arrive')) return { at: since + pace.arriveMs, actor, command: { type: 'RecordArrival', data: { incidentId } } };
  if (workedUntil === null) return null;
  if (script.extensionMinutes !== null && state.extensions === 0) {
    const asked = state.extensionRequest !== null;
    const command: IncidentCommand = asked
      ? { type: 'GrantExtension', data: { incidentId } }
      : { type: 'RequestExtension', data: { incidentId, addedMinutes: script.extensionMinutes, reason: reason('awaits-material') } };
    const at = since + pace.acknowledgeMs;
    const running = [...state.clocks.values()].find(({ clock, status }) => clock === 'handle' && status === 'running');
    if (running && !running.breached && at < running.dueAt) return { at, actor: asked ? desk(scene, state.rung) : actor, command };
  }
  const done = state.failures > 0 ? since + pace.reworkMs : Math.max(since + pace.acknowledgeMs, workedUntil);
  return { at: done, actor, command: { type: 'RecordHandling', data: { incidentId, ...(script.photo ? { photos: [script.photo] } : {}) } } };
};

const whileOpen = (scene: Scene, state: Open): Move | null => {
  const { script, since } = scene;
  const { incidentId, pace } = script;
  switch (state.work.step) {
    case 'filed':
      return atTheCentre(scene, state);
    case 'arbitrating': {
      const rule = scene.city.rule(state.filing.ruleId);
      const duty = rule ? scene.city.dutiesFor(rule, state.rung, state.origin.place)[0] : undefined;
      const arbiter = scene.city.unit(state.work.arbiter);
      if (!duty || !arbiter) return null;
      const actor = scene.staff(arbiter.code, deskRole[arbiter.rung]);
      return { at: since + pace.dispatchMs, actor, command: { type: 'ArbitrateReturn', data: { incidentId, unit: duty.unit.code, reason: reason('by-duty') } } };
    }
    case 'dispatched':
    case 'acknowledged':
      return withTheUnit(scene, state);
    case 'handled': {
      const command: IncidentCommand =
        state.failures < script.failures ? { type: 'FailInspection', data: { incidentId, reason: reason('done-in-part') } } : { type: 'PassInspection', data: { incidentId } };
      return { at: since + pace.inspectMs, actor: inspector(scene, state.handlingUnits), command };
    }
    case 'inspected':
      return { at: since + pace.closeMs, actor: desk(scene, state.rung), command: { type: 'CloseIncident', data: { incidentId } } };
  }
};

const afterClosing = (scene: Scene, state: ClosedLife): Move | null => {
  const { script, since, city, staff } = scene;
  const { incidentId, pace } = script;
  if (state.awaitsSample) {
    return { at: since + pace.inspectMs, actor: desk(scene, 'street'), command: script.failures > 0 ? { type: 'FailInspection', data: { incidentId, reason: reason('done-in-part') } } : { type: 'PassInspection', data: { incidentId } } };
  }
  const [owing] = state.rectifications.values();
  if (owing !== undefined) return { at: since + pace.reworkMs, actor: staff(owing, roleOfUnit(city, owing)), command: { type: 'CompleteRectification', data: { incidentId } } };
  if (script.satisfaction === null) return null;
  if (!state.visited) return { at: since + pace.visitMs, actor: desk(scene, 'street'), command: { type: 'RecordVisit', data: { incidentId, reached: true } } };
  return state.satisfaction === null
    ? { at: since + 60_000, actor: desk(scene, 'street'), command: { type: 'RecordSatisfaction', data: { incidentId, grade: script.satisfaction } } }
    : null;
};

const atTheIntake = (scene: Scene, state: KnownIncident): Move | null => {
  const { script, since, master } = scene;
  const { incidentId, pace } = script;
  const actor = desk(scene, 'street');
  if (state.stage === 'reported') return { at: since + pace.acceptMs, actor, command: { type: 'AcceptIncident', data: { incidentId } } };
  if (script.ending === 'duplicate' && master) return { at: since + pace.fileMs, actor, command: { type: 'MergeIncident', data: { incidentId, into: master, reason: reason('same-matter') } } };
  if (script.ending === 'declined' || script.ending === 'duplicate') {
    const at = Math.max(since + pace.fileMs, script.workedUntil ?? 0);
    return { at, actor, command: { type: 'DeclineIncident', data: { incidentId, reason: reason(script.ending === 'duplicate' ? 'repeated' : 'not-in-catalogue') } } };
  }
  return { at: since + pace.fileMs, actor, command: { type: 'FileIncident', data: { incidentId, ruleId: script.ruleId, grade: script.grade } } };
};

/** 督办答复 Whoever owes an answer gives it in time, beside everything else. */
const supervisionAnswer = ({ script, since, city, staff }: Scene, state: KnownIncident): Move | null => {
  for (const [supervisionId, { unit, answered }] of state.supervisions) {
    if (answered) continue;
    const role = Object.values(deskRole).find((_role, index) => city.unit(unit)?.kind === (['workstation', 'street-centre', 'district-centre', 'city-centre'] as const)[index]);
    return { at: since + script.pace.answerMs, actor: staff(unit, role ?? 'unit-handler'), command: { type: 'AnswerSupervision', data: { incidentId: script.incidentId, supervisionId } } };
  }
  return null;
};

/** 下一步 What the people of the city do next about an incident, following its script; null when they are done, or never get to it. */
export const nextMove = (scene: Scene): Move | null => {
  const { state } = scene;
  const next = mainMove(scene);
  const main = next && isLeft(scene, next) ? null : next;
  const answer = state.stage === 'unknown' ? null : supervisionAnswer(scene, state);
  return main && (!answer || main.at <= answer.at) ? main : answer;
};

const isLeft = ({ script: { leaves, returns }, state }: Scene, { command: { type } }: Move): boolean =>
  type === leaves && (type !== 'DispatchIncident' || (state.stage === 'open' && state.returns >= returns));

const mainMove = (scene: Scene): Move | null => {
  const { state } = scene;
  switch (state.stage) {
    case 'unknown':
      return report(scene);
    case 'reported':
    case 'accepted':
      return atTheIntake(scene, state);
    case 'open':
      return state.suspendedUntil === null ? whileOpen(scene, state) : null;
    case 'closed':
      return afterClosing(scene, state);
    case 'declined':
    case 'voided':
    case 'merged':
      return null;
  }
};

