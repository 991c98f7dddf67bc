import type { ClockChange, Clocked, ClockName, EventOf, IncidentEvent, IncidentEventType, Transfer } from '#events';
import type { Iso, RecordedEvent } from '#kernel';
import { loopOf } from '#reference';
import type { Rung } from '#reference';
import { foldDeadlines, nextDue } from './fold-deadlines.js';
import type { DeadlineRow, IncidentRow, StageWord } from './queries.js';
import { happenedAt } from './two-times.js';

/**
 * Names what the fold makes of the same facts. Raised whenever that changes, so that rows of two ways of folding are never mixed: a
 * rebuild that was interrupted begins anew.
 */
export const foldVersion = 2;

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

type Draft = { -readonly [Field in keyof IncidentRow]: IncidentRow[Field] };
/** Fills in what a fact means for the row of its incident: a fresh copy that nobody else has seen yet. */
type Handler<Type extends IncidentEventType> = (row: Draft, data: EventOf<Type>['data'], recordedAt: Iso) => void;

const unchanged = (): void => undefined;

const clocksIn = (data: IncidentEvent['data']): readonly ClockChange[] => (data as Partial<Clocked>).clocks ?? [];

/** The unit of a clock that this fact starts. */
const startedFor = (data: IncidentEvent['data'], name: ClockName): string | null => {
  for (const change of clocksIn(data)) if (change.change === 'start' && change.clock === name) return change.unit;
  return null;
};

/** 阶段 Where it stands, and who acts next there. */
const waits = (row: Draft, stage: StageWord, holder: string | null): void => {
  row.stage = stage;
  row.holder = holder;
};

/** The accountable unit works, so it is the accountable unit that has to act next. */
const works = (row: Draft, stage: StageWord, unit: string): void => {
  row.accountableUnit = unit;
  waits(row, stage, unit);
};

const on = (row: Draft, rung: Rung): void => {
  row.rung = rung;
  row.loop = loopOf(rung);
};

const over = (row: Draft, stage: StageWord): void => {
  waits(row, stage, null);
  row.open = false;
  row.suspendedUntil = null;
};

const moved = (row: Draft, { toRung, accountableUnit }: Transfer): void => {
  on(row, toRung);
  works(row, 'filed', accountableUnit);
  row.suspendedUntil = null;
};

/** What each fact means. Who acts next stays as it is unless a line here says otherwise. */
const handlers: { readonly [Type in Exclude<IncidentEventType, 'IncidentReported'>]: Handler<Type> } = {
  Verified: unchanged,
  Accepted: (row, data) => waits(row, 'accepted', startedFor(data, 'dispatch') ?? data.unit),
  Declined: (row) => over(row, 'declined'),
  Filed: (row, data, recordedAt) => {
    on(row, data.rung);
    works(row, 'filed', data.accountableUnit);
    row.filedAt ??= recordedAt;
    row.ruleId = data.ruleId;
    row.subclassCode = data.subclassCode;
    row.scenario = data.scenario;
    row.grade = data.grade;
  },
  Dispatched: (row, data) => works(row, 'dispatched', data.accountableUnit),
  DispatchAcknowledged: (row) => waits(row, 'acknowledged', row.accountableUnit),
  DispatchReturned: (row, data) => {
    works(row, 'filed', data.accountableUnit);
    row.returns += 1;
  },
  ArbitrationOpened: (row, data) => waits(row, 'arbitrating', data.arbiter),
  Arbitrated: (row) => waits(row, 'filed', row.accountableUnit),
  FirstContactMade: unchanged,
  Arrived: unchanged,
  Handled: (row, data) => {
    row.accountableUnit = data.unit;
    waits(row, 'handled', startedFor(data, 'inspect') ?? data.unit);
  },
  InspectionPassed: (row) => {
    // A self-handled incident that was drawn is inspected when it is over, and stays so.
    if (row.open) row.stage = 'inspected';
  },
  InspectionFailed: unchanged,
  ReworkOrdered: (row, data) => {
    works(row, 'acknowledged', data.accountableUnit);
    row.reworks += 1;
  },
  Closed: (row, data, recordedAt) => {
    over(row, 'closed');
    row.closedAt = recordedAt;
    row.selfHandled = data.selfHandled;
  },
  SampleDrawn: unchanged,
  ForceCloseRequested: unchanged,
  ForceClosed: (row, _data, recordedAt) => {
    over(row, 'closed');
    row.closedAt = recordedAt;
  },
  Visited: unchanged,
  SatisfactionRecorded: (row, data) => {
    row.satisfaction = data.grade;
  },
  RectificationOpened: unchanged,
  RectificationCompleted: unchanged,
  Reopened: (row, data) => {
    on(row, data.rung);
    works(row, 'filed', data.accountableUnit);
    row.open = true;
    row.closedAt = null;
    row.selfHandled = false;
    row.satisfaction = null;
  },
  Merged: (row, data) => {
    over(row, 'merged');
    row.mergedInto = data.into;
  },
  DuplicateLinked: unchanged,
  VoidRequested: unchanged,
  Voided: (row) => over(row, 'voided'),
  SuspensionRequested: unchanged,
  Suspended: (row, data) => {
    row.suspendedUntil = data.until;
  },
  SuspensionDenied: unchanged,
  Resumed: (row) => {
    row.suspendedUntil = null;
  },
  ExtensionRequested: unchanged,
  Extended: unchanged,
  ExtensionDenied: unchanged,
  Urged: unchanged,
  SupervisionIssued: unchanged,
  SupervisionAnswered: unchanged,
  DeclaredBeyondAbility: unchanged,
  Escalated: (row, data) => {
    moved(row, data);
    row.escalations += 1;
  },
  Delegated: (row, data) => moved(row, data),
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

const reported = (data: EventOf<'IncidentReported'>['data'], recordedAt: Iso, happened: Iso | null): IncidentRow => ({
  incidentId: data.incidentId, revision: 0, position: 0, stage: 'reported', open: true, round: data.round, rung: null, loop: null, accountableUnit: null,
  holder: startedFor(data, 'accept'), channel: data.channel, externalId: data.externalId, grid: data.place.grid, community: data.place.community,
  street: data.place.street, district: data.place.district, location: data.location, ruleHint: data.ruleHint, ruleId: null, subclassCode: null,
  scenario: null, grade: null, reporter: data.reporter, description: data.description, address: data.address, photos: data.photos,
  reportedAt: recordedAt, happenedAt: happened, filedAt: null, closedAt: null, changedAt: recordedAt, dueAt: null, dueClock: null, breachedClocks: 0, escalations: 0,
  returns: 0, reworks: 0, suspendedUntil: null, selfHandled: false, satisfaction: null, mergedInto: null,
});

const setDue = (row: Draft, deadlines: readonly DeadlineRow[]): void => {
  const next = nextDue(deadlines);
  row.dueAt = next?.dueAt ?? null;
  row.dueClock = next?.clock ?? null;
  row.breachedClocks = deadlines.reduce((count, { breached }) => (breached ? count + 1 : count), 0);
};

const first = (event: RecordedEvent<IncidentEvent>, fact: IncidentEvent): IncidentView => {
  if (fact.type !== 'IncidentReported') throw new Error(`${fact.type} at position ${event.position} has no report before it`);
  return { incident: reported(fact.data, event.recordedAt, happenedAt(event)), city: fact.data.place.city, deadlines: [], parties: [] };
};

const contradicts = (view: IncidentView | null, event: RecordedEvent<IncidentEvent>): Error =>
  new Error(`incident ${event.data.incidentId} goes from version ${view?.incident.revision ?? 0} to ${event.version} at position ${event.position}`);

/** The next view, in the parts of the last one where they belong to the caller alone (`own`). */
const next = (view: IncidentView | null, event: RecordedEvent<IncidentEvent>, own: boolean): IncidentView => {
  if (event.version !== (view?.incident.revision ?? 0) + 1) throw contradicts(view, event);
  // The envelope's type and data belong together; its declaration cannot say so.
  const fact = event as unknown as IncidentEvent;
  const before = view ?? first(event, fact);
  const mine = own || view === null;
  const row: Draft = mine ? before.incident : { ...before.incident };
  if (view) (handlers[fact.type as 'Verified'] as Handler<IncidentEventType>)(row, fact.data, event.recordedAt);
  row.round = fact.data.round;
  row.revision = event.version;
  row.position = event.position;
  row.changedAt = event.recordedAt;
  const deadlines = foldDeadlines(before.deadlines, fact, row, mine);
  if (deadlines !== before.deadlines || mine) setDue(row, deadlines);
  return { incident: row, city: before.city, deadlines, parties: joined(before.parties, partiesIn(fact)) };
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
export const foldIncident = (view: IncidentView | null, event: RecordedEvent<IncidentEvent>): IncidentView =>
  view && event.version <= view.incident.revision ? view : next(view, event, false);

/**
 * The same for a view that nobody else has seen yet and that the caller gives away: its parts are changed in place. For building views
 * from many facts at once, where copies would be made only to be thrown away.
 */
export const foldOwnIncident = (view: IncidentView | null, event: RecordedEvent<IncidentEvent>): IncidentView =>
  view && event.version <= view.incident.revision ? view : next(view, event, true);
