import { evolveClocks } from '#deadlines';
import type { EventOf, IncidentEvent } from '#events';
import type { RecordedAtEvent } from './recorded.js';
import { fromIso } from '#kernel';
import { newLife } from './state.js';
import type { ClosedLife, Incident, KnownIncident, Life, Open, Whistle, Work } from './state.js';

type Handler<Type extends IncidentEvent['type']> = (state: KnownIncident, event: EventOf<Type>, at: RecordedAtEvent) => Incident;

const defect = (state: Incident, event: IncidentEvent): never => {
  throw new Error(`${event.type} cannot follow stage ${state.stage}`);
};

const open = (state: KnownIncident, event: IncidentEvent): Open => (state.stage === 'open' ? state : defect(state, event));

const work = (state: KnownIncident, event: IncidentEvent, next: Work, more: Partial<Open> = {}): Open => ({ ...open(state, event), ...more, work: next });

const isFinal = (state: Open): boolean => 'final' in state.work && state.work.final;

/** What every stage takes over. Other fields are named before it: with an object that begins as a copy, Node 20 takes a microsecond for each name that is new. */
const lifeOf = ({ origin, round, clocks, clockOrdinal, verified, duplicates, rectifications, supervisions, exemptions, visited, satisfaction, endRequest }: KnownIncident): Life => ({
  origin, round, clocks, clockOrdinal, verified, duplicates, rectifications, supervisions, exemptions, visited, satisfaction, endRequest,
});

const closing = (state: Open, how: ClosedLife['how'], closedAt: number): ClosedLife => ({
  stage: 'closed', how, closedAt, filing: state.filing, rung: state.rung, handlers: state.handlers, handlingUnits: state.handlingUnits,
  awaitsSample: false, dispatchOrdinal: state.dispatchOrdinal, ...lifeOf(state), visited: false, satisfaction: null, endRequest: null,
});

const ended = (state: KnownIncident, stage: 'declined' | 'voided' | 'merged', into: string | null): Incident => ({
  stage, into, filing: 'filing' in state ? state.filing : null, ...lifeOf(state), endRequest: null,
});

const freshRound = {
  work: { step: 'filed' }, unitsTried: [], assisting: [], returns: 0, failures: 0, extensions: 0, suspensions: 0, returnedBy: null, handlers: [], handlingUnits: [],
  extensionRequest: null, suspensionRequest: null, suspendedUntil: null, whistles: new Map(),
} as const satisfies Partial<Open>;

const put = <Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> => new Map(map).set(key, value);
const added = (list: readonly string[], item: string): readonly string[] => (list.includes(item) ? list : [...list, item]);
/** With the item at the end, also when it was there before: the last one is the one that did it last. */
const latest = (list: readonly string[], item: string): readonly string[] => [...list.filter((each) => each !== item), item];

const handlers: { readonly [Type in Exclude<IncidentEvent['type'], 'IncidentReported'>]: Handler<Type> } = {
  Verified: (state, { data }) => ({ ...state, verified: data.outcome }),
  Accepted: (state, { data }) => ({ stage: 'accepted', acceptedBy: data.unit, ...lifeOf(state) }),
  Declined: (state) => ended(state, 'declined', null),
  Filed: (state, { data }) => {
    const { catalogueVersion, ruleId, subclassCode, scenario, dutyVersion, policyVersion, calendarVersion, grade } = data;
    return {
      stage: 'open', rung: data.rung, accountableUnit: data.accountableUnit, dispatchOrdinal: 0,
      filing: { catalogueVersion, ruleId, subclassCode, scenario, dutyVersion, policyVersion, calendarVersion, grade },
      ...freshRound, ...lifeOf(state),
    };
  },
  Dispatched: (state, event) => work(state, event, { step: 'dispatched', final: event.data.final }, {
    accountableUnit: event.data.accountableUnit, dispatchOrdinal: event.data.ordinal, assisting: event.data.assisting, returnedBy: null,
    unitsTried: added(open(state, event).unitsTried, event.data.accountableUnit),
  }),
  DispatchAcknowledged: (state, event) => work(state, event, { step: 'acknowledged', final: isFinal(open(state, event)) }),
  DispatchReturned: (state, event) => work(state, event, { step: 'filed' }, {
    accountableUnit: event.data.accountableUnit, returns: event.data.returns, returnedBy: event.data.unit, extensionRequest: null, suspensionRequest: null,
  }),
  ArbitrationOpened: (state, event) => work(state, event, { step: 'arbitrating', arbiter: event.data.arbiter }),
  Arbitrated: (state, event) => work(state, event, { step: 'filed' }),
  FirstContactMade: (state) => state,
  Arrived: (state) => state,
  Handled: (state, event) => {
    const now = open(state, event);
    return work(state, event, { step: 'handled', final: isFinal(now), handler: event.data.handler }, {
      handlers: added(now.handlers, event.data.handler), handlingUnits: latest(now.handlingUnits, event.data.unit),
      accountableUnit: event.data.unit, extensionRequest: null, suspensionRequest: null,
    });
  },
  InspectionPassed: (state, event) => {
    if (state.stage === 'closed') return { ...state, awaitsSample: false };
    const now = open(state, event);
    if (now.work.step !== 'handled') return defect(state, event);
    return { ...now, work: { step: 'inspected', final: now.work.final, handler: now.work.handler, inspector: event.data.inspector } };
  },
  InspectionFailed: (state, event) => {
    if (state.stage === 'closed') return { ...state, awaitsSample: false };
    return { ...open(state, event), failures: event.data.failures };
  },
  ReworkOrdered: (state, event) => work(state, event, { step: 'acknowledged', final: isFinal(open(state, event)) }, {
    accountableUnit: event.data.accountableUnit, dispatchOrdinal: event.data.ordinal,
  }),
  Closed: (state, event, at) => closing(open(state, event), event.data.selfHandled ? 'self-handled' : 'normal', at.recordedAt),
  SampleDrawn: (state, event) => (state.stage === 'closed' ? { ...state, awaitsSample: event.data.drawn } : defect(state, event)),
  ForceCloseRequested: (state, { data }) => ({ ...state, endRequest: { kind: 'force-close', applicant: data.applicant, unit: data.unit, reason: data.reason } }),
  ForceClosed: (state, event, at) => closing(open(state, event), 'forced', at.recordedAt),
  // Whoever was not reached has not been asked.
  Visited: (state, { data }) => ({ ...state, visited: state.visited || data.reached }),
  SatisfactionRecorded: (state, { data }) => ({ ...state, satisfaction: data.grade }),
  RectificationOpened: (state, { data }) => ({ ...state, rectifications: put(state.rectifications, data.rectificationId, data.unit) }),
  RectificationCompleted: (state, { data }) => {
    const rectifications = new Map(state.rectifications);
    rectifications.delete(data.rectificationId);
    return { ...state, rectifications };
  },
  Reopened: (state, event) => {
    if (state.stage !== 'closed') return defect(state, event);
    const { data } = event;
    return {
      stage: 'open', rung: data.rung, accountableUnit: data.accountableUnit, dispatchOrdinal: state.dispatchOrdinal, filing: state.filing,
      ...freshRound, ...lifeOf(state), round: data.round, visited: false, satisfaction: null,
    };
  },
  Merged: (state, { data }) => ended(state, 'merged', data.into),
  DuplicateLinked: (state, { data }) => ({ ...state, duplicates: added(state.duplicates, data.duplicate) }),
  VoidRequested: (state, { data }) => ({ ...state, endRequest: { kind: 'void', applicant: data.applicant, unit: data.unit, reason: data.reason } }),
  Voided: (state) => ended(state, 'voided', null),
  SuspensionRequested: (state, event) => ({
    ...open(state, event), suspensionRequest: { applicant: event.data.applicant, unit: event.data.unit, until: event.data.until },
  }),
  Suspended: (state, event) => ({
    ...open(state, event), suspensionRequest: null, suspensions: open(state, event).suspensions + 1, suspendedUntil: event.data.until,
  }),
  SuspensionDenied: (state, event) => ({ ...open(state, event), suspensionRequest: null }),
  Resumed: (state, event) => ({ ...open(state, event), suspendedUntil: null }),
  ExtensionRequested: (state, event) => {
    const { applicant, unit, clockId, addedMs } = event.data;
    return { ...open(state, event), extensionRequest: { applicant, unit, clockId, addedMs } };
  },
  Extended: (state, event) => ({ ...open(state, event), extensionRequest: null, extensions: open(state, event).extensions + 1 }),
  ExtensionDenied: (state, event) => ({ ...open(state, event), extensionRequest: null }),
  Urged: (state) => state,
  SupervisionIssued: (state, { data }) => ({ ...state, supervisions: put(state.supervisions, data.supervisionId, { unit: data.unit, answered: false }) }),
  SupervisionAnswered: (state, { data }) => ({ ...state, supervisions: put(state.supervisions, data.supervisionId, { unit: data.unit, answered: true }) }),
  DeclaredBeyondAbility: (state) => state,
  Escalated: (state, event) => work(state, event, { step: 'filed' }, {
    rung: event.data.toRung, accountableUnit: event.data.accountableUnit, returnedBy: null, extensionRequest: null, suspensionRequest: null, suspendedUntil: null,
  }),
  Delegated: (state, event) => work(state, event, { step: 'filed' }, {
    rung: event.data.toRung, accountableUnit: event.data.accountableUnit, returnedBy: null, extensionRequest: null, suspensionRequest: null, suspendedUntil: null,
  }),
  Whistled: (state, event) => {
    const { whistleId, by, units } = event.data;
    return { ...open(state, event), whistles: put(open(state, event).whistles, whistleId, { whistleId, by, units, arrived: [], missed: [], ended: false }) };
  },
  ReportedIn: (state, event) => whistled(state, event, event.data.whistleId, (whistle) => ({ ...whistle, arrived: added(whistle.arrived, event.data.unit) })),
  ReportInMissed: (state, event) => whistled(state, event, event.data.whistleId, (whistle) => ({ ...whistle, missed: added(whistle.missed, event.data.unit) })),
  WhistleEnded: (state, event) => whistled(state, event, event.data.whistleId, (whistle) => ({ ...whistle, ended: true })),
  DeadlineWarned: (state) => state,
  DeadlineBreached: (state) => state,
  DeadlineSeriouslyBreached: (state) => state,
  ExemptionRequested: (state, { data }) => ({ ...state, exemptions: put(state.exemptions, data.clockId, { applicantUnit: data.unit, status: 'requested' as const }) }),
  ExemptionGranted: (state, { data }) => exempted(state, data.clockId, 'granted'),
  ExemptionDenied: (state, { data }) => exempted(state, data.clockId, 'denied'),
};

const exempted = (state: KnownIncident, clockId: string, status: 'granted' | 'denied'): KnownIncident => {
  const request = state.exemptions.get(clockId);
  return request ? { ...state, exemptions: put(state.exemptions, clockId, { ...request, status }) } : state;
};

const whistled = (state: KnownIncident, event: IncidentEvent, whistleId: string, change: (whistle: Whistle) => Whistle): Incident => {
  const now = open(state, event);
  const whistle = now.whistles.get(whistleId);
  return whistle ? { ...now, whistles: put(now.whistles, whistleId, change(whistle)) } : defect(state, event);
};

const reported = ({ data }: EventOf<'IncidentReported'>, at: RecordedAtEvent): Incident => ({
  stage: 'reported',
  ...newLife({
    incidentId: data.incidentId, channel: data.channel, externalId: data.externalId, place: data.place, location: data.location, ruleHint: data.ruleHint,
    photos: data.photos, description: data.description, reportedAt: at.recordedAtIso, reporterId: at.actorId, reporterUnit: at.actorUnit,
  }),
});

const ordinalOf = (state: KnownIncident, event: IncidentEvent): number =>
  state.clockOrdinal + ('clocks' in event.data ? event.data.clocks.filter(({ change }) => change === 'start').length : 0);

/** 演变 Folds one fact into the state. A fact that cannot follow is a defect of the log, not an answer. */
export const evolve = (state: Incident, event: IncidentEvent, at: RecordedAtEvent): Incident => {
  if (event.type === 'IncidentReported') {
    const next = reported(event, at) as KnownIncident;
    return { ...next, clocks: evolveClocks(next.clocks, event), clockOrdinal: ordinalOf(next, event) };
  }
  if (state.stage === 'unknown') return defect(state, event);
  const clocks = evolveClocks(state.clocks, event);
  const clockOrdinal = ordinalOf(state, event);
  const handler = handlers[event.type] as Handler<typeof event.type>;
  const next = handler(state, event as never, at) as KnownIncident;
  return clocks === next.clocks ? next : { ...next, clocks, clockOrdinal };
};

/** When and by whom a fact was recorded, as far as the state needs it. */
export const recordedOf = (recordedAt: string, actor: { readonly id: string; readonly unit: string }): RecordedAtEvent => ({
  recordedAt: fromIso(recordedAt), recordedAtIso: recordedAt, actorId: actor.id, actorUnit: actor.unit,
});
