import type { TimeLimit } from './catalogue.js';
import type { Rung } from './ladder.js';

/** 案件等级 一般, 较大, 重大, 特别重大 (突发事件应对法 2024). */
export type Grade = 'general' | 'larger' | 'major' | 'extraordinary';
export const grades: readonly Grade[] = ['general', 'larger', 'major', 'extraordinary'];

/**
 * Stage clocks. accept 受理, dispatch 派单, acknowledge 承接, contact 先行联系, arrive 到场, handle 处置, inspect 核查,
 * supervise 督办答复, arbitrate 裁定, whistle 报到, rectify 整改, suspension 挂账期满, citizen 全程 (never restarts).
 */
export type ClockName =
  | 'accept'
  | 'dispatch'
  | 'acknowledge'
  | 'contact'
  | 'arrive'
  | 'handle'
  | 'inspect'
  | 'supervise'
  | 'arbitrate'
  | 'whistle'
  | 'rectify'
  | 'suspension'
  | 'citizen';

export const clockNames: readonly ClockName[] = [
  'accept', 'dispatch', 'acknowledge', 'contact', 'arrive', 'handle', 'inspect', 'supervise', 'arbitrate', 'whistle', 'rectify', 'suspension', 'citizen',
];

/** Limits of one rung; `handle` comes from the catalogue rule. */
export type StageLimits = Readonly<Record<Exclude<ClockName, 'handle' | 'suspension' | 'citizen'>, TimeLimit>>;

/** 直接进入 Incidents that start higher than the grid. All given fields must match. */
export interface DirectEntry {
  readonly grade?: Grade;
  /** A class or subclass code. */
  readonly subject?: string;
  readonly rung: Rung;
  readonly trigger: 'rule' | 'grade';
}

/**
 * 体征 When what the sensors of one kind measure becomes a report. The two thresholds lie apart, so that a value that trembles around one of
 * them does not report again and again: it alarms at `alarmAt` and can alarm anew only after it was back at `clearAt`.
 */
export interface VitalSign {
  /** What the gateways of the sensors call it, such as `water-depth`. */
  readonly sign: string;
  readonly name: string;
  /** Of measure, as people read it. */
  readonly unit: string;
  /** Above `clearAt`: alarms at this or more. Below it: at this or less. */
  readonly alarmAt: number;
  readonly clearAt: number;
  /** For how long every reading has to be beyond, by the sensor's own clock; 0 for at once. */
  readonly holdSeconds: number;
  /** Rule of the catalogue that the report names. */
  readonly ruleId: string;
}

/** 政策 Everything about the loops that a city decides and may decide anew, under a version that never changes. */
export interface Policy {
  readonly version: string;
  /** Parts of a limit: 0.8 warn 临期, 1.5 serious 严重超期; breach 超期 is always at 1. */
  readonly warnAt: number;
  readonly seriousAt: number;
  /** 工作时 of one 工作日. */
  readonly hoursPerWorkingDay: number;
  readonly limits: Readonly<Record<Rung, StageLimits>>;
  /** 全程 The citizen's clock, from report to close. */
  readonly citizenLimit: TimeLimit;
  /** Which breaches make an incident climb, by the rung that holds it. */
  readonly climbsOn: Readonly<Record<Rung, readonly ClockName[]>>;
  readonly directEntry: readonly DirectEntry[];
  /** 退单 How often an incident may be returned in one round before arbitration. */
  readonly returnCap: number;
  /** 延期 How many extensions may be granted in one round, and the longest one as a multiple of the handling limit. */
  readonly extensionCap: number;
  readonly extensionFactor: number;
  /** 挂账 How many suspensions may be granted in one round, and the longest one. */
  readonly suspensionCap: number;
  readonly suspensionDaysMax: number;
  /** 抽查 Share of self-handled incidents drawn for inspection, 0 to 1. */
  readonly samplingShare: number;
  /** 返工 After how many failed inspections in one round a supervision order is issued. */
  readonly failedInspectionsBeforeSupervision: number;
  /** 重开 Days after closing during which an incident may be reopened. */
  readonly reopenDaysMax: number;
  /** 并案 Days between the reports of two incidents that may still be merged. */
  readonly mergeDaysMax: number;
  /** A clock that jumps ahead by more than this holds the firing of deadlines. */
  readonly clockJumpMinutesMax: number;
  /** 感知 What sensors report by themselves; left out where they report nothing. */
  readonly vitalSigns?: readonly VitalSign[];
}
