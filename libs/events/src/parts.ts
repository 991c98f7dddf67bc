import type { Iso, Sealed } from '#kernel';
import type { ClockName, Grade, Loop, PlacePath, Rung, TimeLimit } from '#reference';

/** A clock starts: all its moments are facts from here on. */
export interface ClockStarted {
  readonly change: 'start';
  /** `name:ordinal`, unique within the incident. */
  readonly clockId: string;
  readonly clock: ClockName;
  /** The unit whose time this is. */
  readonly unit: string;
  readonly rung: Rung;
  readonly limit: TimeLimit;
  readonly calendarVersion: string;
  readonly startedAt: Iso;
  readonly warnAt: Iso;
  readonly dueAt: Iso;
  readonly seriousAt: Iso;
  /** Limit and what was used of it before this start, in milliseconds of the limit's own kind of time. */
  readonly durationMs: number;
  readonly consumedMs: number;
  /** 升级 The incident climbs when this clock is breached. */
  readonly climbs: boolean;
  /** For supervision, whistle and rectification clocks: what they belong to. */
  readonly subject?: string;
}

/** 停 The stage is over. */
export interface ClockStopped {
  readonly change: 'stop';
  readonly clockId: string;
}

/** 暂停 Time stands still; `consumedMs` is what was used so far. */
export interface ClockPaused {
  readonly change: 'pause';
  readonly clockId: string;
  readonly consumedMs: number;
}

/** 续 Time goes on with what remained, or 延期 the due time moved. */
export interface ClockMoved {
  readonly change: 'resume' | 'extend';
  readonly clockId: string;
  readonly startedAt: Iso;
  readonly warnAt: Iso;
  readonly dueAt: Iso;
  readonly seriousAt: Iso;
  readonly durationMs: number;
  readonly consumedMs: number;
}

/** 时限变化 What a fact does to the clocks of its incident. Whoever folds facts needs nothing else to know every clock. */
export type ClockChange = ClockStarted | ClockStopped | ClockPaused | ClockMoved;

export interface Clocked {
  readonly clocks: readonly ClockChange[];
}

/** Why, in a word that can be counted, and in words that only those who may read persons' texts can read. */
export interface Reason {
  readonly code: string;
  readonly note?: Sealed;
}

/** 照片 A photo that stands in the photo store under its hash. */
export interface PhotoRef {
  /** SHA-256 of the stored (re-encoded, then encrypted) bytes, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** WGS-84 degrees. */
export interface GeoPoint {
  readonly longitude: number;
  readonly latitude: number;
}

/** 上报渠道 */
export type Channel = 'grid' | 'hotline' | 'citizen' | 'sensor' | 'video' | 'department' | 'enterprise';
export const channels: readonly Channel[] = ['grid', 'hotline', 'citizen', 'sensor', 'video', 'department', 'enterprise'];

/** What filing pins, so that a later change of rules never re-prices this incident. */
export interface Pins {
  readonly catalogueVersion: string;
  readonly ruleId: string;
  readonly subclassCode: string;
  readonly scenario: string;
  readonly dutyVersion: string;
  readonly policyVersion: string;
  readonly calendarVersion: string;
}

/** Why an incident changed its loop. */
export type ClimbTrigger = 'declared' | 'deadline' | 'rule' | 'grade' | 'returns-exhausted' | 'supervision' | 'vital-sign' | 'emergency-mode';

export interface Transfer {
  readonly fromRung: Rung;
  readonly toRung: Rung;
  readonly fromLoop: Loop;
  readonly toLoop: Loop;
  readonly fromUnit: string;
  /** The centre that holds the incident from here on. */
  readonly accountableUnit: string;
  readonly reason: Reason;
}

/** 智能派单 Why the engine proposed this unit, and in which place it proposed it; null when nobody proposed it. */
export interface Suggestion {
  readonly rank: number;
  readonly dutyId: string;
  readonly match: 'rule' | 'subclass' | 'class';
}

export type SatisfactionGrade = 'satisfied' | 'mostly-satisfied' | 'neutral' | 'dissatisfied';
export const satisfactionGrades: readonly SatisfactionGrade[] = ['satisfied', 'mostly-satisfied', 'neutral', 'dissatisfied'];

export type { ClockName, Grade, Loop, PlacePath, Rung, Sealed, TimeLimit };
