import type { DomainEvent, Iso } from '#kernel';
import type {
  Channel, ClimbTrigger, Clocked, ClockName, GeoPoint, Grade, PhotoRef, Pins, PlacePath, Reason, Rung, SatisfactionGrade, Sealed, Suggestion, Transfer,
} from './parts.js';

/** Every fact belongs to one incident and one round 轮次 of it (1, and one more after each reopening). */
interface OfIncident {
  readonly incidentId: string;
  readonly round: number;
}

type Fact<Type extends string, Data> = DomainEvent<Type, OfIncident & Data>;

/** 上报 Somebody told us; not yet ours. */
export type IncidentReported = Fact<'IncidentReported', Clocked & {
  readonly channel: Channel;
  /** Number that the reporting system knows this report by; a repeat of it is the same report. */
  readonly externalId: string | null;
  readonly place: PlacePath;
  readonly location: GeoPoint | null;
  /** What the reporter thinks it is. */
  readonly ruleHint: string | null;
  readonly reporter: Sealed | null;
  readonly description: Sealed | null;
  readonly address: Sealed | null;
  readonly photos: readonly PhotoRef[];
}>;

/** 核实 On site: is the report true? Before filing. */
export type Verified = Fact<'Verified', { readonly outcome: 'true' | 'untrue'; readonly note: Sealed | null; readonly photos: readonly PhotoRef[] }>;

/** 受理 A centre takes the report up. */
export type Accepted = Fact<'Accepted', Clocked & { readonly unit: string }>;

/** 不予受理 Not a matter for this system. */
export type Declined = Fact<'Declined', Clocked & { readonly unit: string; readonly reason: Reason }>;

/** 立案 It is ours: rule, grade, loop and limits are fixed and pinned. From here on exactly one unit is accountable. */
export type Filed = Fact<'Filed', Clocked & Pins & {
  readonly grade: Grade;
  readonly rung: Rung;
  /** Why the incident enters above the grid; null when it does not. */
  readonly enteredBy: 'rule' | 'grade' | null;
  readonly accountableUnit: string;
}>;

/** 派单 A unit is to handle it by a due time: it is accountable 主办; others assist 协办 or are informed 知会. */
export type Dispatched = Fact<'Dispatched', Clocked & {
  readonly ordinal: number;
  readonly accountableUnit: string;
  readonly assisting: readonly string[];
  readonly informed: readonly string[];
  readonly suggestion: Suggestion | null;
  /** 裁定 Named by arbitration: this unit cannot return it. */
  readonly final: boolean;
}>;

/** 承接 The unit takes it on. */
export type DispatchAcknowledged = Fact<'DispatchAcknowledged', Clocked & { readonly unit: string }>;

/** 退单 The unit says it is not its own. The centre is accountable again. */
export type DispatchReturned = Fact<'DispatchReturned', Clocked & {
  readonly unit: string;
  readonly accountableUnit: string;
  readonly reason: Reason;
  /** Returns in this round, this one included. */
  readonly returns: number;
}>;

/** 提请裁定 Returned more often than the cap allows: the centre one level up must name the unit. */
export type ArbitrationOpened = Fact<'ArbitrationOpened', Clocked & { readonly arbiter: string; readonly returns: number }>;

/** 裁定 The centre one level up named the unit. */
export type Arbitrated = Fact<'Arbitrated', Clocked & { readonly arbiter: string; readonly unit: string; readonly reason: Reason }>;

/** 先行联系 The unit spoke with the reporter. */
export type FirstContactMade = Fact<'FirstContactMade', Clocked & { readonly unit: string }>;

/** 到场 */
export type Arrived = Fact<'Arrived', Clocked & { readonly unit: string; readonly location: GeoPoint | null }>;

/** 处置 The unit says it is done, with evidence. */
export type Handled = Fact<'Handled', Clocked & {
  readonly unit: string;
  /** Who did it; neither they nor their unit can inspect or close. */
  readonly handler: string;
  /** 就地处置 Fixed by the reporting grid worker on the spot. */
  readonly onTheSpot: boolean;
  readonly note: Sealed | null;
  readonly photos: readonly PhotoRef[];
}>;

/** 核查通过 On site by somebody else: it is really done. */
export type InspectionPassed = Fact<'InspectionPassed', Clocked & {
  readonly inspector: string;
  readonly unit: string;
  /** 抽查 Of a self-handled incident that was drawn after it closed. */
  readonly drawn: boolean;
  readonly note: Sealed | null;
  readonly photos: readonly PhotoRef[];
}>;

/** 核查不通过 */
export type InspectionFailed = Fact<'InspectionFailed', Clocked & {
  readonly inspector: string;
  readonly unit: string;
  readonly drawn: boolean;
  readonly reason: Reason;
  readonly photos: readonly PhotoRef[];
  /** Failed inspections in this round, this one included. */
  readonly failures: number;
  readonly rung: Rung;
  /** 督办 The policy wants a supervision order after so many failures. */
  readonly supervises: boolean;
}>;

/** 返工 Handle again; everything handed in before stays. */
export type ReworkOrdered = Fact<'ReworkOrdered', Clocked & { readonly accountableUnit: string; readonly ordinal: number }>;

/** 结案 */
export type Closed = Fact<'Closed', Clocked & {
  readonly closedBy: string;
  readonly unit: string;
  readonly rung: Rung;
  readonly handlingUnit: string;
  /** Self-handled incidents are a metric family of their own. */
  readonly selfHandled: boolean;
}>;

/** 抽查抽取 The draw for a self-handled incident. Drawn when `chance` < `share`, so anyone can check it. */
export type SampleDrawn = Fact<'SampleDrawn', Clocked & { readonly chance: number; readonly share: number; readonly drawn: boolean }>;

/** 申请强制结案 */
export type ForceCloseRequested = Fact<'ForceCloseRequested', { readonly applicant: string; readonly unit: string; readonly reason: Reason }>;

/** 强制结案 For the impossible case: an approver who is not the applicant, a reason, counted apart. */
export type ForceClosed = Fact<'ForceClosed', Clocked & {
  readonly applicant: string;
  readonly approver: string;
  readonly rung: Rung;
  readonly handlingUnit: string | null;
  readonly reason: Reason;
}>;

/** 回访 The reporter was asked. */
export type Visited = Fact<'Visited', { readonly reached: boolean; readonly note: Sealed | null }>;

/** 评价 */
export type SatisfactionRecorded = Fact<'SatisfactionRecorded', { readonly grade: SatisfactionGrade }>;

/** 整改 A bad rating opens a loop of its own with a reply clock. */
export type RectificationOpened = Fact<'RectificationOpened', Clocked & { readonly unit: string; readonly rectificationId: string }>;

/** 整改完成 */
export type RectificationCompleted = Fact<'RectificationCompleted', Clocked & { readonly unit: string; readonly rectificationId: string; readonly note: Sealed | null }>;

/** 重开 A new round; the first closure stays in the record. `round` is the new one. */
export type Reopened = Fact<'Reopened', Clocked & { readonly rung: Rung; readonly accountableUnit: string; readonly reason: Reason }>;

/** 并案 The same matter as an earlier incident, which goes on for both. */
export type Merged = Fact<'Merged', Clocked & { readonly into: string; readonly reason: Reason }>;

/** 关联并入 A later incident was merged into this one. */
export type DuplicateLinked = Fact<'DuplicateLinked', { readonly duplicate: string }>;

/** 申请作废 */
export type VoidRequested = Fact<'VoidRequested', { readonly applicant: string; readonly unit: string; readonly reason: Reason }>;

/** 作废 Filed in error: approved by a second person, and it stays in the denominators. */
export type Voided = Fact<'Voided', Clocked & { readonly applicant: string; readonly approver: string; readonly reason: Reason }>;

/** 申请挂账 */
export type SuspensionRequested = Fact<'SuspensionRequested', { readonly applicant: string; readonly unit: string; readonly until: Iso; readonly reason: Reason }>;

/** 挂账 The handling clock stands still until `until`, at the latest. */
export type Suspended = Fact<'Suspended', Clocked & { readonly applicant: string; readonly approver: string; readonly until: Iso; readonly reason: Reason }>;

/** 不予挂账 */
export type SuspensionDenied = Fact<'SuspensionDenied', { readonly approver: string; readonly reason: Reason }>;

/** 销挂 */
export type Resumed = Fact<'Resumed', Clocked & { readonly by: 'person' | 'expiry' }>;

/** 申请延期 */
export type ExtensionRequested = Fact<'ExtensionRequested', { readonly applicant: string; readonly unit: string; readonly clockId: string; readonly addedMs: number; readonly reason: Reason }>;

/** 延期 The due time of the handling clock moves. */
export type Extended = Fact<'Extended', Clocked & { readonly applicant: string; readonly approver: string; readonly addedMs: number; readonly reason: Reason }>;

/** 不予延期 */
export type ExtensionDenied = Fact<'ExtensionDenied', { readonly approver: string; readonly reason: Reason }>;

/** 催办 A reminder. */
export type Urged = Fact<'Urged', { readonly unit: string; readonly by: string; readonly note: Sealed | null }>;

/** 督办 Formal supervision from above, to be answered in time. */
export type SupervisionIssued = Fact<'SupervisionIssued', Clocked & { readonly supervisionId: string; readonly by: string; readonly unit: string; readonly reason: Reason }>;

/** 督办答复 */
export type SupervisionAnswered = Fact<'SupervisionAnswered', Clocked & { readonly supervisionId: string; readonly unit: string; readonly note: Sealed | null }>;

/** 力所不及 Whoever holds it declares it beyond their ability; the loop answers by climbing. */
export type DeclaredBeyondAbility = Fact<'DeclaredBeyondAbility', { readonly unit: string; readonly rung: Rung; readonly reason: Reason }>;

/** 升级 Into a higher loop or rung. The lower loop's clocks stay in the record. */
export type Escalated = Fact<'Escalated', Clocked & Transfer & { readonly trigger: ClimbTrigger }>;

/** 下派 Down again, with a reason. */
export type Delegated = Fact<'Delegated', Clocked & Transfer & { readonly trigger: ClimbTrigger }>;

/** 吹哨 Departments are summoned to the scene, each with a clock of its own. The accountable unit stays. */
export type Whistled = Fact<'Whistled', Clocked & { readonly whistleId: string; readonly by: string; readonly units: readonly string[]; readonly reason: Reason }>;

/** 报到 A summoned department arrived. */
export type ReportedIn = Fact<'ReportedIn', Clocked & { readonly whistleId: string; readonly unit: string; readonly location: GeoPoint | null }>;

/** 未到 A summoned department had not arrived when its time was over. It may still arrive. */
export type ReportInMissed = Fact<'ReportInMissed', { readonly whistleId: string; readonly unit: string; readonly dueAt: Iso }>;

/** 销哨 */
export type WhistleEnded = Fact<'WhistleEnded', Clocked & { readonly whistleId: string; readonly by: string }>;

interface DeadlineFact {
  readonly clockId: string;
  readonly clock: ClockName;
  readonly unit: string;
  readonly rung: Rung;
  /** The moment that passed: 80 % of the limit, the limit, 150 % of it (or what the policy says). */
  readonly passedAt: Iso;
}

/** 临期预警 */
export type DeadlineWarned = Fact<'DeadlineWarned', DeadlineFact>;

/** 超期 Factual, and never undone. */
export type DeadlineBreached = Fact<'DeadlineBreached', DeadlineFact & { readonly climbs: boolean }>;

/** 严重超期 */
export type DeadlineSeriouslyBreached = Fact<'DeadlineSeriouslyBreached', DeadlineFact>;

/** 申诉 The late unit asks that a breach not be counted against it. */
export type ExemptionRequested = Fact<'ExemptionRequested', { readonly clockId: string; readonly applicant: string; readonly unit: string; readonly reason: Reason }>;

/** 申诉成立 The breach stays a fact; only the accountable figure 考核口径 leaves it out. */
export type ExemptionGranted = Fact<'ExemptionGranted', { readonly clockId: string; readonly approver: string; readonly reason: Reason }>;

/** 申诉不成立 */
export type ExemptionDenied = Fact<'ExemptionDenied', { readonly clockId: string; readonly approver: string; readonly reason: Reason }>;

export type IncidentEvent =
  | IncidentReported | Verified | Accepted | Declined | Filed
  | Dispatched | DispatchAcknowledged | DispatchReturned | ArbitrationOpened | Arbitrated
  | FirstContactMade | Arrived | Handled
  | InspectionPassed | InspectionFailed | ReworkOrdered
  | Closed | SampleDrawn | ForceCloseRequested | ForceClosed
  | Visited | SatisfactionRecorded | RectificationOpened | RectificationCompleted | Reopened
  | Merged | DuplicateLinked | VoidRequested | Voided
  | SuspensionRequested | Suspended | SuspensionDenied | Resumed
  | ExtensionRequested | Extended | ExtensionDenied
  | Urged | SupervisionIssued | SupervisionAnswered
  | DeclaredBeyondAbility | Escalated | Delegated
  | Whistled | ReportedIn | ReportInMissed | WhistleEnded
  | DeadlineWarned | DeadlineBreached | DeadlineSeriouslyBreached
  | ExemptionRequested | ExemptionGranted | ExemptionDenied;

export type IncidentEventType = IncidentEvent['type'];
export type EventOf<Type extends IncidentEventType> = Extract<IncidentEvent, { type: Type }>;
