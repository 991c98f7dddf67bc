import type { ClosedLife, Incident, KnownIncident, Open, SentCommandType } from '#incident';
import { day, hour, toIso } from '#kernel';
import type { Rung } from '#reference';
import type { Dice } from './dice.js';
import { people } from './people.js';
import type { PersonName } from './people.js';
import type { Asked, History } from './scenario.js';

const everybody = Object.keys(people) as PersonName[];
const centres = ['dispatcher', 'dispatcher2', 'district', 'city'] as const satisfies readonly PersonName[];
const grids = ['S1A1', 'S1A1', 'S1A1', 'S1A2', 'S1A2', 'S1B2'] as const;
const rules = ['C-01-01.1', 'C-01-01.2', 'E-01-02.1', 'E-01-02.1', 'E-04-01.1', 'E-05-01.1'] as const;
const rungNames: readonly Rung[] = ['grid', 'street', 'district', 'city'];
const unitsOn: Readonly<Record<Rung, readonly string[]>> = {
  grid: ['S1A-station', 'S1B-station'],
  street: ['S1-roads', 'S1-sanitation', 'S1-order'],
  district: ['YP-roads', 'YP-order'],
  city: ['SH-roads'],
};
const anyUnit = [...Object.values(unitsOn).flat(), 'S1-centre', 'S2-roads', 'nobody'];
const photo = { sha256: 'a'.repeat(64), bytes: 9 };
const reason = { code: 'other' };

const openOf = (state: Incident): Open | null => (state.stage === 'open' ? state : null);
const membersOf = (unit: string): PersonName[] => everybody.filter((name) => people[name].unit === unit);
const idsOf = (map: ReadonlyMap<string, unknown> | undefined): string[] => [...(map?.keys() ?? [])];
const oneOr = (dice: Dice, values: readonly string[], otherwise: string): string => (values.length > 0 ? dice.one(values) : otherwise);
const rungOf = (state: Incident): Rung => ('rung' in state ? state.rung : 'street');
const aboveOf = (dice: Dice, rung: Rung): Rung => dice.one(rungNames.slice(rungNames.indexOf(rung) + 1).concat('city'));
const breachedClocks = (state: Incident): string[] =>
  state.stage === 'unknown' ? [] : [...state.clocks.values()].filter(({ breached }) => breached).map(({ clockId }) => clockId);

type Builders = { readonly [Type in SentCommandType]: (dice: Dice, history: History) => Extract<Asked, { type: Type }> };

/** One plausible order of every kind, so that no command is left out of a random life. */
const build: Builders = {
  ReportIncident: (dice) => ({ type: 'ReportIncident', channel: dice.one(['hotline', 'grid', 'sensor']), externalId: dice.one(['H-1', 'H-1', 'H-2']), gridCode: dice.one(grids) }),
  ReportHandledOnTheSpot: (dice) => ({ type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: dice.one(['S1A1', 'S1A2']), ruleId: 'E-01-02.1', handlingPhotos: [photo] }),
  VerifyIncident: (dice) => ({ type: 'VerifyIncident', outcome: dice.one(['true', 'true', 'untrue']) }),
  AcceptIncident: () => ({ type: 'AcceptIncident' }),
  DeclineIncident: () => ({ type: 'DeclineIncident', reason }),
  FileIncident: (dice) => ({ type: 'FileIncident', ruleId: dice.one(rules), grade: dice.one(['general', 'general', 'general', 'general', 'larger', 'major']) }),
  DispatchIncident: (dice, { state }) => ({
    type: 'DispatchIncident', unit: dice.below(12) === 0 ? dice.one(anyUnit) : dice.one(unitsOn[rungOf(state)]), ...(dice.below(4) === 0 ? { assisting: ['S1-order'] } : {}),
  }),
  AcknowledgeDispatch: () => ({ type: 'AcknowledgeDispatch' }),
  ReturnDispatch: () => ({ type: 'ReturnDispatch', reason }),
  ArbitrateReturn: (dice, { state }) => ({ type: 'ArbitrateReturn', unit: dice.one([...unitsOn[rungOf(state)], ...anyUnit]), reason }),
  RecordFirstContact: () => ({ type: 'RecordFirstContact' }),
  RecordArrival: () => ({ type: 'RecordArrival' }),
  RecordHandling: () => ({ type: 'RecordHandling' }),
  PassInspection: () => ({ type: 'PassInspection' }),
  FailInspection: () => ({ type: 'FailInspection', reason }),
  CloseIncident: () => ({ type: 'CloseIncident' }),
  RequestForceClose: () => ({ type: 'RequestForceClose', reason }),
  ForceCloseIncident: () => ({ type: 'ForceCloseIncident' }),
  RecordVisit: (dice) => ({ type: 'RecordVisit', reached: dice.below(4) > 0 }),
  RecordSatisfaction: (dice) => ({ type: 'RecordSatisfaction', grade: dice.one(['satisfied', 'mostly-satisfied', 'dissatisfied', 'dissatisfied']) }),
  OpenRectification: () => ({ type: 'OpenRectification' }),
  CompleteRectification: () => ({ type: 'CompleteRectification' }),
  ReopenIncident: () => ({ type: 'ReopenIncident', reason }),
  MergeIncident: (dice) => ({ type: 'MergeIncident', into: { incidentId: dice.one(['i-0', 'i-1', 'i-9']), stage: dice.one(['filed', 'closed', 'voided']), reportedAt: '2026-03-02T00:30:00.000Z' }, reason }),
  LinkDuplicate: (dice) => ({ type: 'LinkDuplicate', duplicate: dice.one(['i-8', 'i-9']) }),
  RequestVoid: () => ({ type: 'RequestVoid', reason }),
  VoidIncident: () => ({ type: 'VoidIncident' }),
  RequestSuspension: (dice, { now }) => ({ type: 'RequestSuspension', until: toIso(now + dice.one([hour, 5 * hour, 2 * day, 20 * day])), reason }),
  GrantSuspension: () => ({ type: 'GrantSuspension' }),
  DenySuspension: () => ({ type: 'DenySuspension', reason }),
  ResumeIncident: () => ({ type: 'ResumeIncident' }),
  RequestExtension: (dice) => ({ type: 'RequestExtension', addedMinutes: dice.one([30, 60, 120, 100_000]), reason }),
  GrantExtension: () => ({ type: 'GrantExtension' }),
  DenyExtension: () => ({ type: 'DenyExtension', reason }),
  UrgeIncident: () => ({ type: 'UrgeIncident' }),
  IssueSupervision: (dice) => ({ type: 'IssueSupervision', supervisionId: dice.one(['s-1', 's-2', 's-3']), reason }),
  AnswerSupervision: (dice, { state }) => ({ type: 'AnswerSupervision', supervisionId: oneOr(dice, state.stage === 'unknown' ? [] : idsOf(state.supervisions), 's-1') }),
  DeclareBeyondAbility: () => ({ type: 'DeclareBeyondAbility', reason }),
  EscalateIncident: (dice, { state }) => ({ type: 'EscalateIncident', from: rungOf(state), to: aboveOf(dice, rungOf(state)), trigger: 'supervision', reason }),
  DelegateIncident: (dice) => ({ type: 'DelegateIncident', to: dice.one(rungNames), reason }),
  BlowWhistle: (dice) => ({ type: 'BlowWhistle', whistleId: dice.one(['w-1', 'w-2']), units: dice.one([['S1-order'], ['S1-order', 'S1-sanitation'], ['YP-order', 'S1-order']]), reason }),
  ReportIn: (dice, { state }) => ({ type: 'ReportIn', whistleId: oneOr(dice, idsOf(openOf(state)?.whistles), 'w-1') }),
  EndWhistle: (dice, { state }) => ({ type: 'EndWhistle', whistleId: oneOr(dice, idsOf(openOf(state)?.whistles), 'w-1') }),
  RequestExemption: (dice, { state }) => ({ type: 'RequestExemption', clockId: oneOr(dice, breachedClocks(state), 'handle:1'), reason }),
  GrantExemption: (dice, { state }) => ({ type: 'GrantExemption', clockId: oneOr(dice, state.stage === 'unknown' ? [] : idsOf(state.exemptions), 'handle:1'), reason }),
  DenyExemption: (dice, { state }) => ({ type: 'DenyExemption', clockId: oneOr(dice, state.stage === 'unknown' ? [] : idsOf(state.exemptions), 'handle:1'), reason }),
};

const commandTypes = Object.keys(build) as SentCommandType[];

/** A move: who may well make it, what, and how often it is made compared with the others. */
type Move = readonly [who: readonly PersonName[], what: SentCommandType, weight: number];

const centreOf: Readonly<Record<Rung, readonly PersonName[]>> = { grid: ['gridWorkerA', 'gridWorkerA2', 'dispatcher'], street: ['dispatcher', 'dispatcher2'], district: ['district'], city: ['city'] };
const inspectors = ['gridWorkerB', 'dispatcher', 'dispatcher2', 'district', 'city'] as const satisfies readonly PersonName[];

const duringWork = (state: Open): readonly Move[] => {
  const unit = membersOf(state.accountableUnit);
  const desk = centreOf[state.rung];
  switch (state.work.step) {
    case 'filed':
      return [[desk, 'DispatchIncident', 60], [desk, 'DelegateIncident', 3], [desk, 'DeclareBeyondAbility', 1], [['dispatcher', 'district', 'city'], 'EscalateIncident', 3], [desk, 'MergeIncident', 1]];
    case 'dispatched':
      return [[unit, 'AcknowledgeDispatch', 40], [unit, 'ReturnDispatch', 30], [unit, 'RecordFirstContact', 8], [unit, 'RecordArrival', 4], [unit, 'RequestSuspension', 4]];
    case 'acknowledged':
      return [[unit, 'RecordHandling', 40], [unit, 'ReturnDispatch', 10], [unit, 'RecordArrival', 6], [unit, 'RequestExtension', 16], [unit, 'RequestSuspension', 12], [unit, 'DeclareBeyondAbility', 3]];
    case 'handled':
      return [[inspectors, 'PassInspection', 40], [inspectors, 'FailInspection', 24], [unit, 'PassInspection', 4]];
    case 'inspected':
      return [[desk, 'CloseIncident', 50], [unit, 'CloseIncident', 4]];
    case 'arbitrating':
      return [[membersOf(state.work.arbiter), 'ArbitrateReturn', 50]];
  }
};

const whileOpen = (state: Open): readonly Move[] => {
  const unit = membersOf(state.accountableUnit);
  const desk = centreOf[state.rung];
  const summoned = [...state.whistles.values()].filter(({ ended }) => !ended).flatMap(({ units }) => units.flatMap(membersOf));
  return [
    ...duringWork(state),
    ...(state.extensionRequest ? ([[desk, 'GrantExtension', 30], [desk, 'DenyExtension', 10]] as const) : []),
    ...(state.suspensionRequest ? ([[desk, 'GrantSuspension', 40], [desk, 'DenySuspension', 8]] as const) : []),
    ...(state.suspendedUntil ? ([[unit, 'ResumeIncident', 20]] as const) : []),
    ...(state.endRequest ? ([[centres, 'ForceCloseIncident', 4], [centres, 'VoidIncident', 1]] as const) : ([[desk, 'RequestForceClose', 2], [desk, 'RequestVoid', 1]] as const)),
    ...(summoned.length > 0 ? ([[summoned, 'ReportIn', 10], [centres, 'EndWhistle', 3]] as const) : []),
    [centres, 'BlowWhistle', 2], [centres, 'UrgeIncident', 1], [['district', 'city'], 'IssueSupervision', 2],
  ];
};

const owing = (state: ClosedLife): readonly Move[] => (state.rectifications.size > 0 ? [[[...state.rectifications.values()].flatMap(membersOf), 'CompleteRectification', 12]] : []);
const onceClosed = (state: ClosedLife): readonly Move[] => [
  ...owing(state),
  [['hotline', 'dispatcher'], 'RecordVisit', state.visited ? 1 : 10], [['hotline', 'dispatcher'], 'RecordSatisfaction', state.satisfaction ? 1 : 10], [centres, 'ReopenIncident', 5],
  ...(state.awaitsSample ? ([[inspectors, 'PassInspection', 3], [inspectors, 'FailInspection', 6]] as const) : []),
];

const suing = (state: KnownIncident): readonly Move[] => {
  const ordered = [...state.supervisions.values()].filter(({ answered }) => !answered).flatMap(({ unit }) => membersOf(unit));
  const late = [...state.clocks.values()].filter(({ breached }) => breached).flatMap(({ unit }) => membersOf(unit));
  return [
    [ordered, 'AnswerSupervision', 4], [late, 'RequestExemption', 2],
    ...(state.exemptions.size > 0 ? ([[['district', 'city'], 'GrantExemption', 3], [['district', 'city'], 'DenyExemption', 3]] as const) : []),
  ];
};

const movesOf = (state: Incident): readonly Move[] => {
  switch (state.stage) {
    case 'unknown':
      return [[['hotline', 'hotline', 'gridWorkerA'], 'ReportIncident', 6], [['gridWorkerA'], 'ReportHandledOnTheSpot', 1]];
    case 'reported':
      return [[['dispatcher', 'gridWorkerA'], 'AcceptIncident', 40], [['gridWorkerA'], 'VerifyIncident', 4], [centres, 'DeclineIncident', 1], [centres, 'RequestVoid', 1], [centres, 'MergeIncident', 1]];
    case 'accepted':
      return [[['dispatcher', 'dispatcher2'], 'FileIncident', 40], [['gridWorkerA', 'dispatcher'], 'VerifyIncident', 4], [centres, 'DeclineIncident', 1], [centres, 'RequestVoid', 1], [centres, 'VoidIncident', 1]];
    case 'open':
      return [...whileOpen(state), ...suing(state)];
    case 'closed':
      return [...onceClosed(state), ...suing(state)];
    default:
      return [[['hotline'], 'RecordVisit', 1], [['hotline'], 'RecordSatisfaction', 1], ...suing(state)];
  }
};

/** What somebody might sensibly do now; or, when wild, anybody anything. */
export const randomOrder = (dice: Dice, history: History, wild: boolean): readonly [PersonName, Asked] => {
  if (wild) return [dice.one(everybody), build[dice.one(commandTypes)](dice, history)];
  const moves = movesOf(history.state).filter(([who]) => who.length > 0);
  let left = dice.below(moves.reduce((sum, [, , weight]) => sum + weight, 0));
  for (const [who, what, weight] of moves) {
    left -= weight;
    if (left < 0) return [dice.one(who), build[what](dice, history)];
  }
  throw new Error('the weights of the moves do not add up');
};

/** Every command by everybody, each in as many variants as there are seeds: for walks that must leave nothing out. */
export const everyOrder = (history: History, seeds: readonly Dice[]): readonly (readonly [PersonName, Asked])[] =>
  everybody.flatMap((who) => commandTypes.flatMap((type) => seeds.map((dice) => [who, build[type](dice, history)] as const)));
