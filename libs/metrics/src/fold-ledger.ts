import type { ClockChange, Clocked, EventOf, IncidentEvent, IncidentEventType } from '#events';
import { fromIso } from '#kernel';
import type { Instant, RecordedEvent } from '#kernel';
import type { EndMark, Ledger, Mark } from './ledger.js';

type Draft<T> = T extends readonly (infer Item)[] ? Draft<Item>[] : T extends object ? { -readonly [Field in keyof T]: Draft<T[Field]> } : T;
type LedgerDraft = Draft<Ledger>;
type Handler<Type extends IncidentEventType> = (ledger: LedgerDraft, data: EventOf<Type>['data'], mark: Mark) => void;

const end = (kind: EndMark['kind']) => (ledger: LedgerDraft, _data: unknown, mark: Mark): void => {
  ledger.ended = { kind, ...mark };
};

const accountable = (ledger: LedgerDraft, { accountableUnit }: { readonly accountableUnit: string }): void => {
  ledger.accountableUnit = accountableUnit;
};

const transfer = (ledger: LedgerDraft, data: EventOf<'Escalated' | 'Delegated'>['data'], mark: Mark): void => {
  accountable(ledger, data);
  ledger.rung = data.toRung;
  ledger.transfers.push({ fromRung: data.fromRung, toRung: data.toRung, fromUnit: data.fromUnit, ...mark });
};

const inspected = (passed: boolean) => (ledger: LedgerDraft, data: EventOf<'InspectionPassed' | 'InspectionFailed'>['data'], mark: Mark): void => {
  const { inspector, unit, drawn, round } = data;
  ledger.inspections.push({ passed, drawn, inspector, unit, handlingUnit: ledger.handlings.at(-1)?.unit ?? null, round, ...mark });
};

/** Facts that change more than clocks; what is not here is counted by its clocks or not at all. */
const handlers: { readonly [Type in IncidentEventType]?: Handler<Type> } = {
  Declined: end('declined'),
  Merged: end('merged'),
  Voided: end('voided'),
  Filed: (ledger, data, mark) => {
    accountable(ledger, data);
    ledger.rung = data.rung;
    ledger.filed ??= { rung: data.rung, ruleId: data.ruleId, subclassCode: data.subclassCode, scenario: data.scenario, ...mark };
  },
  Dispatched: (ledger, data, mark) => {
    accountable(ledger, data);
    ledger.dispatches.push({ unit: data.accountableUnit, rung: ledger.rung ?? 'grid', round: data.round, ...mark });
  },
  DispatchReturned: (ledger, data, { position }) => {
    accountable(ledger, data);
    const dispatch = ledger.dispatches.at(-1);
    if (dispatch) dispatch.returnedPosition = position;
  },
  Handled: (ledger, data, mark) => {
    ledger.accountableUnit = data.unit;
    ledger.handlings.push({ unit: data.unit, rung: ledger.rung ?? 'grid', round: data.round, ...mark });
  },
  ReworkOrdered: accountable,
  InspectionPassed: inspected(true),
  InspectionFailed: inspected(false),
  Closed: (ledger, data, mark) => void ledger.closings.push({ kind: data.selfHandled ? 'self-handled' : 'inspected', rung: data.rung, unit: data.handlingUnit, round: data.round, ...mark }),
  ForceClosed: (ledger, data, mark) => void ledger.closings.push({ kind: 'forced', rung: data.rung, unit: data.handlingUnit ?? ledger.accountableUnit, round: data.round, ...mark }),
  SampleDrawn: (ledger, data, mark) => void ledger.draws.push({ drawn: data.drawn, ...mark }),
  SatisfactionRecorded: (ledger, data, mark) => void ledger.ratings.push({ grade: data.grade, round: data.round, ...mark }),
  Reopened: (ledger, data, mark) => {
    accountable(ledger, data);
    ledger.rung = data.rung;
    ledger.reopenings.push(mark);
  },
  Escalated: transfer,
  Delegated: transfer,
  Suspended: (ledger, _data, mark) => void ledger.suspensions.push(mark),
  Extended: (ledger, _data, mark) => void ledger.extensions.push(mark),
  DuplicateLinked: (ledger, _data, mark) => void ledger.duplicates.push(mark),
  DeadlineBreached: (ledger, data, { position }) => {
    const duty = dutyIn(ledger, data.clockId);
    duty.breachedAt = fromIso(data.passedAt);
    duty.breachPosition = position;
  },
  ExemptionGranted: (ledger, data, { position }) => {
    dutyIn(ledger, data.clockId).exemptionPosition = position;
  },
};

const dutyIn = ({ duties, incidentId }: LedgerDraft, clockId: string): Draft<Ledger['duties'][number]> => {
  for (let index = duties.length - 1; index >= 0; index -= 1) {
    const duty = duties[index];
    if (duty?.clockId === clockId) return duty;
  }
  throw new Error(`clock ${clockId} of incident ${incidentId} changes before it was started`);
};

const later = (ledger: LedgerDraft, at: Instant): void => {
  if (at > ledger.latestAt) ledger.latestAt = at;
};

const tick = (ledger: LedgerDraft, change: ClockChange, type: IncidentEventType, { at, position }: Mark): void => {
  if (change.change === 'start') {
    const dueAt = fromIso(change.dueAt);
    later(ledger, dueAt);
    ledger.duties.push({
      clockId: change.clockId, clock: change.clock, unit: change.unit, rung: change.rung, startedAt: fromIso(change.startedAt), startPosition: position, climbs: change.climbs, dueAt,
      stoodStillMs: 0,
    });
    return;
  }
  const duty = dutyIn(ledger, change.clockId);
  switch (change.change) {
    case 'stop':
      duty.endedAt = at;
      duty.endPosition = position;
      duty.endedBy = type;
      return;
    case 'pause':
      duty.pausedAt = at;
      return;
    case 'resume':
      // The clock of the whole way is taken up again where it was stopped: it goes on as if it had never stopped.
      if (duty.pausedAt !== undefined) duty.stoodStillMs += Math.max(0, fromIso(change.startedAt) - duty.pausedAt);
      delete duty.pausedAt;
      delete duty.endedAt;
      delete duty.endPosition;
      delete duty.endedBy;
  }
  duty.dueAt = fromIso(change.dueAt);
  later(ledger, duty.dueAt);
};

const opened = (event: RecordedEvent<IncidentEvent>, mark: Mark): LedgerDraft => {
  const fact = event as unknown as IncidentEvent;
  if (fact.type !== 'IncidentReported') throw new Error(`${fact.type} at position ${event.position} has no report before it`);
  const { incidentId, place, channel } = fact.data;
  return {
    incidentId, stream: event.stream, revision: 0, firstPosition: mark.position, lastPosition: mark.position, place, channel, reported: mark, filed: null, ended: null, round: 1, rung: null,
    accountableUnit: null, latestAt: mark.at, duties: [], dispatches: [], transfers: [], handlings: [], inspections: [], closings: [], ratings: [], reopenings: [], suspensions: [], extensions: [],
    duplicates: [], draws: [],
  };
};

/**
 * 记账 Folds one fact into the ledger of its incident; `null` stands for an incident that nothing is known of. The ledger that is handed in
 * is given away: its parts are changed in place. A fact that is folded in already changes nothing. A gap in the versions, or a first
 * fact that is no report, is a defect and throws.
 */
export const foldLedger = (ledger: Ledger | null, event: RecordedEvent<IncidentEvent>): Ledger => {
  if (ledger && event.version <= ledger.revision) return ledger;
  if (event.version !== (ledger?.revision ?? 0) + 1) throw new Error(`the ledger of ${event.stream} goes from version ${ledger?.revision ?? 0} to ${event.version} at position ${event.position}`);
  const mark: Mark = { at: fromIso(event.recordedAt), position: event.position };
  const draft = (ledger as LedgerDraft | null) ?? opened(event, mark);
  // The envelope's type and data belong together; its declaration cannot say so.
  const { type, data } = event as unknown as IncidentEvent;
  (handlers[type] as Handler<IncidentEventType> | undefined)?.(draft, data as never, mark);
  for (const change of (data as Partial<Clocked>).clocks ?? []) tick(draft, change, type, mark);
  draft.round = data.round;
  draft.revision = event.version;
  draft.lastPosition = event.position;
  later(draft, mark.at);
  return draft;
};

/** 重演 The ledger that facts of one incident, in order and from the first on, lead to; null for none. */
export const ledgerOf = (events: Iterable<RecordedEvent<IncidentEvent>>): Ledger | null => {
  let ledger: Ledger | null = null;
  for (const event of events) ledger = foldLedger(ledger, event);
  return ledger;
};
