import type { Command, Iso, Sealed } from '#kernel';
import type { Channel, ClimbTrigger, GeoPoint, PhotoRef, Reason, SatisfactionGrade, Suggestion } from '#events';
import type { Grade, Rung } from '#reference';

/** Every command names its incident; the rest is what the person or the loop decided. */
type Of<Type extends string, Data = unknown> = Command<Type, { readonly incidentId: string } & Data>;

/** What another incident is like at this moment, for a decision that needs to know. */
export interface OtherIncident {
  readonly incidentId: string;
  readonly stage: string;
  readonly reportedAt: Iso;
}

interface Evidence {
  readonly note?: Sealed;
  readonly photos?: readonly PhotoRef[];
}

/** 上报 */
export type ReportIncident = Of<'ReportIncident', {
  readonly channel: Channel;
  readonly externalId?: string;
  readonly gridCode: string;
  readonly location?: GeoPoint;
  readonly ruleHint?: string;
  readonly reporter?: Sealed;
  readonly description?: Sealed;
  readonly address?: Sealed;
  readonly photos?: readonly PhotoRef[];
}>;

/** 就地处置上报 A grid worker found it, fixed it and reports both in one act. */
export type ReportHandledOnTheSpot = Of<'ReportHandledOnTheSpot', Omit<ReportIncident['data'], 'incidentId' | 'ruleHint'> & {
  readonly ruleId: string;
  readonly handlingNote?: Sealed;
  readonly handlingPhotos: readonly PhotoRef[];
}>;

/** 核实 */
export type VerifyIncident = Of<'VerifyIncident', Evidence & { readonly outcome: 'true' | 'untrue' }>;
/** 受理 */
export type AcceptIncident = Of<'AcceptIncident'>;
/** 不予受理 */
export type DeclineIncident = Of<'DeclineIncident', { readonly reason: Reason }>;
/** 立案 */
export type FileIncident = Of<'FileIncident', { readonly ruleId: string; readonly grade: Grade }>;
/** 派单 Whoever dispatches for arbitration uses `ArbitrateReturn` instead. */
export type DispatchIncident = Of<'DispatchIncident', {
  readonly unit: string;
  readonly assisting?: readonly string[];
  readonly informed?: readonly string[];
  readonly suggestion?: Suggestion;
}>;
/** 承接 */
export type AcknowledgeDispatch = Of<'AcknowledgeDispatch'>;
/** 退单 */
export type ReturnDispatch = Of<'ReturnDispatch', { readonly reason: Reason }>;
/** 裁定 */
export type ArbitrateReturn = Of<'ArbitrateReturn', { readonly unit: string; readonly reason: Reason }>;
/** 先行联系 */
export type RecordFirstContact = Of<'RecordFirstContact'>;
/** 到场 */
export type RecordArrival = Of<'RecordArrival', { readonly location?: GeoPoint }>;
/** 处置 */
export type RecordHandling = Of<'RecordHandling', Evidence>;
/** 核查通过 */
export type PassInspection = Of<'PassInspection', Evidence>;
/** 核查不通过 */
export type FailInspection = Of<'FailInspection', { readonly reason: Reason; readonly photos?: readonly PhotoRef[] }>;
/** 结案 */
export type CloseIncident = Of<'CloseIncident'>;
/** 申请强制结案 */
export type RequestForceClose = Of<'RequestForceClose', { readonly reason: Reason }>;
/** 强制结案 The approver's half: somebody else asked for it. */
export type ForceCloseIncident = Of<'ForceCloseIncident'>;
/** 回访 */
export type RecordVisit = Of<'RecordVisit', { readonly reached: boolean; readonly note?: Sealed }>;
/** 评价 */
export type RecordSatisfaction = Of<'RecordSatisfaction', { readonly grade: SatisfactionGrade }>;
/** 整改 */
export type OpenRectification = Of<'OpenRectification'>;
/** 整改完成 */
export type CompleteRectification = Of<'CompleteRectification', { readonly note?: Sealed }>;
/** 重开 */
export type ReopenIncident = Of<'ReopenIncident', { readonly reason: Reason }>;
/** 并案 `into` is looked up by the door at the moment of the command. */
export type MergeIncident = Of<'MergeIncident', { readonly into: OtherIncident; readonly reason: Reason }>;
/** 关联并入 */
export type LinkDuplicate = Of<'LinkDuplicate', { readonly duplicate: string }>;
/** 申请作废 */
export type RequestVoid = Of<'RequestVoid', { readonly reason: Reason }>;
/** 作废 The approver's half: somebody else asked for it. */
export type VoidIncident = Of<'VoidIncident'>;
/** 申请挂账 */
export type RequestSuspension = Of<'RequestSuspension', { readonly until: Iso; readonly reason: Reason }>;
/** 准予挂账 */
export type GrantSuspension = Of<'GrantSuspension'>;
/** 不予挂账 */
export type DenySuspension = Of<'DenySuspension', { readonly reason: Reason }>;
/** 销挂 */
export type ResumeIncident = Of<'ResumeIncident'>;
/** 申请延期 */
export type RequestExtension = Of<'RequestExtension', { readonly addedMinutes: number; readonly reason: Reason }>;
/** 准予延期 */
export type GrantExtension = Of<'GrantExtension'>;
/** 不予延期 */
export type DenyExtension = Of<'DenyExtension', { readonly reason: Reason }>;
/** 催办 */
export type UrgeIncident = Of<'UrgeIncident', { readonly note?: Sealed }>;
/** 督办 */
export type IssueSupervision = Of<'IssueSupervision', {
  readonly supervisionId: string;
  readonly reason: Reason;
  /** The moment whose passing caused the order; the reply clock runs from it. */
  readonly since?: Iso;
}>;
/** 督办答复 */
export type AnswerSupervision = Of<'AnswerSupervision', { readonly supervisionId: string; readonly note?: Sealed }>;
/** 力所不及 */
export type DeclareBeyondAbility = Of<'DeclareBeyondAbility', { readonly reason: Reason }>;
/** 升级 `from` is the rung that the sender saw: an incident that has left it meanwhile does not climb twice. */
export type EscalateIncident = Of<'EscalateIncident', {
  readonly from: Rung;
  readonly to: Rung;
  readonly trigger: ClimbTrigger;
  readonly reason: Reason;
  /** The moment whose passing caused the climb; the clocks of the higher rung run from it. */
  readonly since?: Iso;
}>;
/** 下派 */
export type DelegateIncident = Of<'DelegateIncident', { readonly to: Rung; readonly reason: Reason }>;
/** 吹哨 */
export type BlowWhistle = Of<'BlowWhistle', { readonly whistleId: string; readonly units: readonly string[]; readonly reason: Reason }>;
/** 报到 */
export type ReportIn = Of<'ReportIn', { readonly whistleId: string; readonly location?: GeoPoint }>;
/** 销哨 */
export type EndWhistle = Of<'EndWhistle', { readonly whistleId: string }>;
/** 申诉 */
export type RequestExemption = Of<'RequestExemption', { readonly clockId: string; readonly reason: Reason }>;
/** 申诉成立 */
export type GrantExemption = Of<'GrantExemption', { readonly clockId: string; readonly reason: Reason }>;
/** 申诉不成立 */
export type DenyExemption = Of<'DenyExemption', { readonly clockId: string; readonly reason: Reason }>;
/** 到点 Time has passed: record whatever is due. Sent by the deadlines process; every other command does the same first. */
export type PassTime = Of<'PassTime'>;

export type IncidentCommand =
  | ReportIncident | ReportHandledOnTheSpot | VerifyIncident | AcceptIncident | DeclineIncident | FileIncident
  | DispatchIncident | AcknowledgeDispatch | ReturnDispatch | ArbitrateReturn
  | RecordFirstContact | RecordArrival | RecordHandling
  | PassInspection | FailInspection | CloseIncident | RequestForceClose | ForceCloseIncident
  | RecordVisit | RecordSatisfaction | OpenRectification | CompleteRectification | ReopenIncident
  | MergeIncident | LinkDuplicate | RequestVoid | VoidIncident
  | RequestSuspension | GrantSuspension | DenySuspension | ResumeIncident
  | RequestExtension | GrantExtension | DenyExtension
  | UrgeIncident | IssueSupervision | AnswerSupervision
  | DeclareBeyondAbility | EscalateIncident | DelegateIncident
  | BlowWhistle | ReportIn | EndWhistle
  | RequestExemption | GrantExemption | DenyExemption
  | PassTime;

export type IncidentCommandType = IncidentCommand['type'];
export type CommandOf<Type extends IncidentCommandType> = Extract<IncidentCommand, { type: Type }>;
