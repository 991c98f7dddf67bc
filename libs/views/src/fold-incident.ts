import type { ClockName, EventOf, IncidentEvent, IncidentEventType, Transfer } from '#events';
import type { Iso, RecordedEvent } from '#kernel';
import { loopOf } from '#reference';
import type { Rung } from '#reference';
import { foldDeadlines, nextDue } from './fold-deadlines.js';
import type { DeadlineRow, IncidentRow } from './queries.js';

/** 案件全貌 Everything that the views keep of one incident, besides its timeline. */
export interface IncidentView {
  readonly incident: IncidentRow;
  /** Code of the city, which the row leaves out and a scope may name. */
  readonly city: string;
  /** Every clock that was ever started. */
  readonly deadlines: readonly DeadlineRow[];
  /**
   * 相关单位 Units that may see the incident wherever it lies: whoever is or was accountable 主办, assists 协办, is informed 知会, was
   * whistled to 吹哨, took it up, is to arbitrate, or owes an answer to a supervision or a rectification.
   */
  readonly parties: readonly string[];
}

type Patch = Partial<IncidentRow>;
type Handler<Type extends IncidentEventType> = (row: IncidentRow, data: EventOf<Type>['data'], recordedAt: Iso) => Patch;

const unchanged = (): Patch => ({});

/** The unit of a clock that this fact starts. */
const startedFor = (event: IncidentEvent['data'], name: ClockName): string | null => {
  if (!('clocks' in event)) return null;
  for (const change of event.clocks) if (change.change === 'start' && change.clock === name) return change.unit;
  return null;
};

const onRung = (rung: Rung): Patch => ({ rung, loop: loopOf(rung) });
/** The accountable unit works, so it is the accountable unit that has to act next. */
const withUnit = (unit: string): Patch => ({ accountableUnit: unit, holder: unit });
const over: Patch = { open: false, holder: null, suspendedUntil: null };

const moved = ({ toRung, accountableUnit }: Transfer): Patch => ({ ...onRung(toRung), ...withUnit(accountableUnit), stage: 'filed', suspendedUntil: null });

/** What each fact means for the row of its incident. Who acts next stays as it is unless a line here says otherwise. */
const handlers: { readonly [Type in Exclude<IncidentEventType, 'IncidentReported'>]: Handler<Type> } = {
  Verified: unchanged,
  Accepted: (_row, data) => ({ stage: 'accepted', holder: startedFor(data, 'dispatch') ?? data.unit }),
  Declined: () => ({ ...over, stage: 'declined' }),
  Filed: (row, data, recordedAt) => ({
    ...onRung(data.rung), ...withUnit(data.accountableUnit), stage: 'filed', filedAt: row.filedAt ?? recordedAt,
    ruleId: data.ruleId, subclassCode: data.subclassCode, scenario: data.scenario, grade: data.grade,
  }),
  Dispatched: (_row, data) => ({ ...withUnit(data.accountableUnit), stage: 'dispatched' }),
  DispatchAcknowledged: (row) => ({ stage: 'acknowledged', holder: row.accountableUnit }),
  DispatchReturned: (row, data) => ({ ...withUnit(data.accountableUnit), stage: 'filed', returns: row.returns + 1 }),
  ArbitrationOpened: (_row, data) => ({ stage: 'arbitrating', holder: data.arbiter }),
  Arbitrated: (row) => ({ stage: 'filed', holder: row.accountableUnit }),
  FirstContactMade: unchanged,
  Arrived: unchanged,
  Handled: (_row, data) => ({ stage: 'handled', accountableUnit: data.unit, holder: startedFor(data, 'inspect') ?? data.unit }),
  InspectionPassed: (row) => (row.open ? { stage: 'inspected' } : {}),
  InspectionFailed: unchanged,
  ReworkOrdered: (row, data) => ({ ...withUnit(data.accountableUnit), stage: 'acknowledged', reworks: row.reworks + 1 }),
  Closed: (_row, data, recordedAt) => ({ ...over, stage: 'closed', closedAt: recordedAt, selfHandled: data.selfHandled }),
  SampleDrawn: unchanged,
  ForceCloseRequested: unchanged,
  ForceClosed: (_row, _data, recordedAt) => ({ ...over, stage: 'closed', closedAt: recordedAt }),
  Visited: unchanged,
  SatisfactionRecorded: (_row, data) => ({ satisfaction: data.grade }),
  RectificationOpened: unchanged,
  RectificationCompleted: unchanged,
  Reopened: (_row, data) => ({
    ...onRung(data.rung), ...withUnit(data.accountableUnit), stage: 'filed', open: true, closedAt: null, selfHandled: false, satisfaction: null,
  }),
  Merged: (_row, data) => ({ ...over, stage: 'merged', mergedInto: data.into }),
  DuplicateLinked: unchanged,
  VoidRequested: unchanged,
  Voided: () => ({ ...over, stage: 'voided' }),
  SuspensionRequested: unchanged,
  Suspended: (_row, data) => ({ suspendedUntil: data.until }),
  SuspensionDenied: unchanged,
  Resumed: () => ({ suspendedUntil: null }),
  ExtensionRequested: unchanged,
  Extended: unchanged,
  ExtensionDenied: unchanged,
  Urged: unchanged,
  SupervisionIssued: unchanged,
  SupervisionAnswered: unchanged,
  DeclaredBeyondAbility: unchanged,
  Escalated: (row, data) => ({ ...moved(data), escalations: row.escalations + 1 }),
  Delegated: (_row, data) => moved(data),
  Whistled: unchanged,
  ReportedIn: unchanged,
  ReportInMissed: unchanged,
  WhistleEnded: unchanged,
  DeadlineWarned: unchanged,
  DeadlineBreached: unchanged,
  DeadlineSeriouslyBreached: unchanged,
  ExemptionRequested: unchanged,
  ExemptionGranted: unchanged,
  ExemptionDenied: unchanged,
};

const partiesIn = (event: IncidentEvent): readonly string[] => {
  switch (event.type) {
    case 'Accepted':
    case 'RectificationOpened':
    case 'SupervisionIssued':
      return [event.data.unit];
    case 'Filed':
    case 'DispatchReturned':
    case 'ReworkOrdered':
    case 'Reopened':
    case 'Escalated':
    case 'Delegated':
      return [event.data.accountableUnit];
    case 'Dispatched':
      return [event.data.accountableUnit, ...event.data.assisting, ...event.data.informed];
    case 'Handled':
      return [event.data.unit];
    case 'ArbitrationOpened':
      return [event.data.arbiter];
    case 'Arbitrated':
      return [event.data.unit];
    case 'Whistled':
      return event.data.units;
    default:
      return [];
  }
};

/** The same list when nobody is new, so that whoever stores it sees at a glance that there is nothing to store. */
const joined = (parties: readonly string[], units: readonly string[]): readonly string[] =>
  units.reduce((all, unit) => (all.includes(unit) ? all : [...all, unit]), parties);

const reported = (data: EventOf<'IncidentReported'>['data'], recordedAt: Iso): IncidentRow => ({
  incidentId: data.incidentId, revision: 0, position: 0, stage: 'reported', open: true, round: data.round, rung: null, loop: null, accountableUnit: null,
  holder: startedFor(data, 'accept'), channel: data.channel, externalId: data.externalId, grid: data.place.grid, community: data.place.community,
  street: data.place.street, district: data.place.district, location: data.location, ruleHint: data.ruleHint, ruleId: null, subclassCode: null,
  scenario: null, grade: null, reporter: data.reporter, description: data.description, address: data.address, photos: data.photos,
  reportedAt: recordedAt, filedAt: null, closedAt: null, changedAt: recordedAt, dueAt: null, dueClock: null, breachedClocks: 0, escalations: 0,
  returns: 0, reworks: 0, suspendedUntil: null, selfHandled: false, satisfaction: null, mergedInto: null,
});

const due = (deadlines: readonly DeadlineRow[]): Pick<IncidentRow, 'dueAt' | 'dueClock' | 'breachedClocks'> => {
  const next = nextDue(deadlines);
  return { dueAt: next?.dueAt ?? null, dueClock: next?.clock ?? null, breachedClocks: deadlines.filter(({ breached }) => breached).length };
};

const first = (event: RecordedEvent<IncidentEvent>, fact: IncidentEvent): IncidentView => {
  if (fact.type !== 'IncidentReported') throw new Error(`${fact.type} at position ${event.position} has no report before it`);
  return { incident: reported(fact.data, event.recordedAt), city: fact.data.place.city, deadlines: [], parties: [] };
};

/**
 * 汇总 Folds one fact into the view of its incident; `null` stands for an incident that nothing is known of yet. A fact that is already
 * folded in (its version is at or below the row's revision) changes nothing and gives the same object back, so delivering a fact
 * twice is harmless. A gap in the versions, or a first fact that is no report, is a defect and throws.
 *
 * Who has to act next (`holder`): the centre whose intake clock runs until filing; then the accountable unit, which is a centre until
 * it has dispatched; the arbiter while it arbitrates; the centre that inspects from handling to closing; nobody once it is over.
 * `escalations`, `returns`, `reworks` and `breachedClocks` count over all rounds. Rung and accountable unit of an incident that is
 * over are the last ones it had.
 */
export const foldIncident = (view: IncidentView | null, event: RecordedEvent<IncidentEvent>): IncidentView => {
  if (view && event.version <= view.incident.revision) return view;
  const revision = view?.incident.revision ?? 0;
  if (event.version !== revision + 1) {
    throw new Error(`incident ${event.data.incidentId} goes from version ${revision} to ${event.version} at position ${event.position}`);
  }
  // The envelope's type and data belong together; its declaration cannot say so.
  const fact = event as unknown as IncidentEvent;
  const before = view ?? first(event, fact);
  const { incident } = before;
  const patch = view ? (handlers[fact.type as 'Verified'] as Handler<IncidentEventType>)(incident, fact.data, event.recordedAt) : {};
  const deadlines = foldDeadlines(before.deadlines, fact, {
    incidentId: incident.incidentId, grid: incident.grid, street: incident.street, recordedAt: event.recordedAt,
  });
  return {
    incident: {
      ...incident,
      ...patch,
      ...(deadlines === before.deadlines ? {} : due(deadlines)),
      round: fact.data.round,
      revision: event.version,
      position: event.position,
      changedAt: event.recordedAt,
    },
    city: before.city,
    deadlines,
    parties: joined(before.parties, partiesIn(fact)),
  };
};
