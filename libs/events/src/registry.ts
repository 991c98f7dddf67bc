import type { IncidentEventType } from './incident-events.js';

/** One step of an upcaster: pure, from the JSON of schema n to the JSON of schema n + 1. */
export type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

interface EventKind {
  /** 中文名 as people see it on every page. */
  readonly chinese: string;
  /** Present version of the shape. */
  readonly schema: number;
  /** `upcasts[n - 1]` lifts schema n to n + 1; so there are `schema - 1` of them. */
  readonly upcasts: readonly Upcast[];
}

const first = (chinese: string): EventKind => ({ chinese, schema: 1, upcasts: [] });

/** 事实目录 Every fact that can be recorded. The names are a storage format: none is ever renamed or removed. */
export const incidentEventKinds: Readonly<Record<IncidentEventType, EventKind>> = {
  IncidentReported: first('上报'),
  Verified: first('核实'),
  Accepted: first('受理'),
  Declined: first('不予受理'),
  Filed: first('立案'),
  Dispatched: first('派单'),
  DispatchAcknowledged: first('承接'),
  DispatchReturned: first('退单'),
  ArbitrationOpened: first('提请裁定'),
  Arbitrated: first('裁定'),
  FirstContactMade: first('先行联系'),
  Arrived: first('到场'),
  Handled: first('处置'),
  InspectionPassed: first('核查通过'),
  InspectionFailed: first('核查不通过'),
  ReworkOrdered: first('返工'),
  Closed: first('结案'),
  SampleDrawn: first('抽查抽取'),
  ForceCloseRequested: first('申请强制结案'),
  ForceClosed: first('强制结案'),
  Visited: first('回访'),
  SatisfactionRecorded: first('评价'),
  RectificationOpened: first('整改'),
  RectificationCompleted: first('整改完成'),
  Reopened: first('重开'),
  Merged: first('并案'),
  DuplicateLinked: first('关联并入'),
  VoidRequested: first('申请作废'),
  Voided: first('作废'),
  SuspensionRequested: first('申请挂账'),
  Suspended: first('挂账'),
  SuspensionDenied: first('不予挂账'),
  Resumed: first('销挂'),
  ExtensionRequested: first('申请延期'),
  Extended: first('延期'),
  ExtensionDenied: first('不予延期'),
  Urged: first('催办'),
  SupervisionIssued: first('督办'),
  SupervisionAnswered: first('督办答复'),
  DeclaredBeyondAbility: first('力所不及'),
  Escalated: first('升级'),
  Delegated: first('下派'),
  Whistled: first('吹哨'),
  ReportedIn: first('报到'),
  ReportInMissed: first('未到'),
  WhistleEnded: first('销哨'),
  DeadlineWarned: first('临期预警'),
  DeadlineBreached: first('超期'),
  DeadlineSeriouslyBreached: first('严重超期'),
  ExemptionRequested: first('申诉'),
  ExemptionGranted: first('申诉成立'),
  ExemptionDenied: first('申诉不成立'),
};

/** Facts about the log's own life, beside the incidents. */
export const otherEventKinds = {
  // Before there were moments to come, every version was in force at once.
  ReferenceActivated: { chinese: '底数启用', schema: 2, upcasts: [(data) => ({ ...data, effectiveFrom: null })] },
  ReferenceWithdrawn: first('底数撤回'),
  PeriodFrozen: first('考核固化'),
} as const satisfies Readonly<Record<string, EventKind>>;

/** By own names only: a type is text from a log, and `constructor` is none of ours. */
const kinds: ReadonlyMap<string, EventKind> = new Map(Object.entries({ ...incidentEventKinds, ...otherEventKinds }));
const kindOf = (type: string): EventKind | undefined => kinds.get(type);

/** Present schema version of a type; throws for a type that the registry does not know. */
export const schemaOf = (type: string): number => {
  const kind = kindOf(type);
  if (!kind) throw new Error(`"${type}" is not in the registry of facts`);
  return kind.schema;
};

export const chineseNameOf = (type: string): string => kindOf(type)?.chinese ?? type;

/** Lifts stored data to the present shape. Throws for a type or a schema that this version of the engine does not know. */
export const upcast = (type: string, schema: number, data: unknown, kind: EventKind | undefined = kindOf(type)): unknown => {
  if (!kind) throw new Error(`"${type}" is not in the registry of facts`);
  if (!Number.isInteger(schema) || schema < 1 || schema > kind.schema) {
    throw new Error(`"${type}" of schema ${schema} is newer than this engine, which knows schemas 1 to ${kind.schema}`);
  }
  return kind.upcasts.slice(schema - 1).reduce<Record<string, unknown>>((lifted, step) => step(lifted), data as Record<string, unknown>);
};
