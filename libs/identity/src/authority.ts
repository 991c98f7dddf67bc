import type { IncidentCommandType } from '#incident';
import type { Channel } from '#events';
import type { AccountRole } from './account.js';

/** Commands that only the engine itself sends. */
export type EngineCommandType = 'OpenRectification' | 'LinkDuplicate' | 'PassTime';

/** Commands that a person or a channel can send through the door. */
export type PersonCommandType = Exclude<IncidentCommandType, EngineCommandType>;

const dispatchers = ['street-dispatcher', 'district-dispatcher', 'city-dispatcher'] as const;
/** 工作站, 城运中心 Whoever may sit at the desk of a rung; which desk is decided with the incident. */
const desk = ['grid-worker', ...dispatchers] as const;
/** Whoever may be accountable for an incident and do the work. */
const hands = ['grid-worker', 'unit-handler'] as const;
const everybodyAtWork = ['grid-worker', 'unit-handler', ...dispatchers] as const;

/**
 * 权限表 Which roles may send which command at all. Whether this person may send it for this incident at this moment is the
 * incident's own decision (unit, stage, separation of duties).
 */
export const sendersOf: Readonly<Record<PersonCommandType, readonly AccountRole[]>> = {
  ReportIncident: [...everybodyAtWork, 'channel'],
  ReportHandledOnTheSpot: ['grid-worker'],
  VerifyIncident: desk,
  AcceptIncident: desk,
  DeclineIncident: desk,
  FileIncident: desk,
  DispatchIncident: desk,
  AcknowledgeDispatch: hands,
  ReturnDispatch: hands,
  ArbitrateReturn: dispatchers,
  RecordFirstContact: hands,
  RecordArrival: hands,
  RecordHandling: hands,
  PassInspection: desk,
  FailInspection: desk,
  CloseIncident: desk,
  RequestForceClose: everybodyAtWork,
  ForceCloseIncident: dispatchers,
  RecordVisit: dispatchers,
  RecordSatisfaction: dispatchers,
  CompleteRectification: everybodyAtWork,
  ReopenIncident: dispatchers,
  MergeIncident: desk,
  RequestVoid: desk,
  VoidIncident: dispatchers,
  RequestSuspension: everybodyAtWork,
  GrantSuspension: dispatchers,
  DenySuspension: dispatchers,
  ResumeIncident: everybodyAtWork,
  RequestExtension: everybodyAtWork,
  GrantExtension: dispatchers,
  DenyExtension: dispatchers,
  UrgeIncident: dispatchers,
  IssueSupervision: dispatchers,
  AnswerSupervision: everybodyAtWork,
  DeclareBeyondAbility: everybodyAtWork,
  EscalateIncident: desk,
  DelegateIncident: dispatchers,
  BlowWhistle: desk,
  ReportIn: everybodyAtWork,
  EndWhistle: desk,
  RequestExemption: everybodyAtWork,
  GrantExemption: dispatchers,
  DenyExemption: dispatchers,
};

export const personCommandTypes = Object.keys(sendersOf) as readonly PersonCommandType[];

export const maySend = (role: AccountRole, command: PersonCommandType): boolean => sendersOf[command].includes(role);

/** What can be looked at or kept in order through the door, apart from commands. */
export type Question =
  | 'own-account' | 'own-report' | 'reference' | 'reference-import' | 'documentation' | 'readiness' | 'process-metrics' | 'metrics' | 'freeze-figures' | 'accounts'
  | 'incidents' | 'timeline' | 'deadlines' | 'queues' | 'stream' | 'suggestions' | 'photo' | 'photo-upload'
  | 'evidence' | 'evidence-leaf' | 'evidence-export' | 'receipt';

const overview = ['analyst', 'auditor'] as const;
const everybody = [...everybodyAtWork, ...overview, 'administrator', 'channel'] as const;

/** 查询权限表 Default is no: a question that a role is not named for is closed to it. */
export const askersOf: Readonly<Record<Question, readonly AccountRole[]>> = {
  'own-account': everybody,
  'own-report': [...everybodyAtWork, 'channel'],
  reference: everybody,
  'reference-import': ['administrator'],
  documentation: everybody,
  readiness: everybody,
  'process-metrics': ['administrator', 'auditor', 'analyst', 'city-dispatcher'],
  metrics: [...overview, 'street-dispatcher', 'district-dispatcher', 'city-dispatcher'],
  'freeze-figures': ['analyst'],
  accounts: ['administrator'],
  incidents: [...everybodyAtWork, ...overview],
  timeline: [...everybodyAtWork, ...overview],
  deadlines: [...everybodyAtWork, ...overview],
  queues: [...everybodyAtWork, ...overview],
  stream: [...everybodyAtWork, ...overview],
  suggestions: desk,
  photo: everybodyAtWork,
  'photo-upload': [...everybodyAtWork, 'channel'],
  evidence: [...everybodyAtWork, ...overview, 'administrator'],
  'evidence-leaf': [...everybodyAtWork, ...overview],
  'evidence-export': overview,
  receipt: [...everybodyAtWork, ...overview, 'channel'],
};

export const mayAsk = (role: AccountRole, question: Question): boolean => askersOf[question].includes(role);

/** Channels under which a role may report: nobody passes a report off as seen by the grid, and the grid reports only what it saw. */
export const channelsOf = (role: AccountRole): readonly Channel[] => {
  switch (role) {
    case 'grid-worker': return ['grid'];
    case 'unit-handler': return ['department'];
    case 'channel': return ['hotline', 'citizen', 'sensor', 'video', 'department', 'enterprise'];
    case 'street-dispatcher':
    case 'district-dispatcher':
    case 'city-dispatcher': return ['hotline', 'citizen', 'video', 'department', 'enterprise'];
    default: return [];
  }
};

/** 个人信息 Whether a role may read what people wrote: descriptions, addresses, notes, photos. */
export const readsTexts = (role: AccountRole): boolean => (everybodyAtWork as readonly AccountRole[]).includes(role);

/**
 * Whether a caller may see a reporter's telephone in full: only whoever is working on the incident right now, that is, a member of
 * the accountable unit or of the unit that has to act next, while it is open. All others who may read texts see `138****1234`.
 */
export const seesTelephone = (
  caller: { readonly role: AccountRole; readonly unit: string },
  incident: { readonly open: boolean; readonly accountableUnit: string | null; readonly holder: string | null },
): boolean => readsTexts(caller.role) && incident.open && (caller.unit === incident.accountableUnit || caller.unit === incident.holder);

/** `13812345678` → `138****5678`; anything short loses all but its last two digits. */
export const maskTelephone = (telephone: string): string =>
  telephone.length >= 8 ? `${telephone.slice(0, 3)}****${telephone.slice(-4)}` : `****${telephone.slice(-2)}`;
