import type { Channel, ClockName, IncidentEventType, PlacePath, Rung, SatisfactionGrade } from '#events';
import type { Instant } from '#kernel';

/** A fact that a figure rests on: when it was recorded and where it stands in the log. */
export interface Mark {
  readonly at: Instant;
  readonly position: number;
}

/** 立案 What filing fixed. */
interface FilingMark extends Mark {
  readonly rung: Rung;
  readonly ruleId: string;
  readonly subclassCode: string;
  readonly scenario: string;
}

/** 派单 One dispatch, and whether the unit returned it. */
export interface DispatchMark extends Mark {
  readonly unit: string;
  readonly rung: Rung;
  readonly round: number;
  readonly returnedPosition?: number;
}

/** 升级 or 下派 */
interface TransferMark extends Mark {
  readonly fromRung: Rung;
  readonly toRung: Rung;
  readonly fromUnit: string;
}

/** 处置 */
interface HandlingMark extends Mark {
  readonly unit: string;
  readonly rung: Rung;
  readonly round: number;
}

/** 核查 Who looked, at whose work, with what result; `drawn` of a self-handled incident after its closing. */
interface InspectionMark extends Mark {
  readonly passed: boolean;
  readonly drawn: boolean;
  readonly inspector: string;
  readonly unit: string;
  readonly handlingUnit: string | null;
  readonly round: number;
}

/** How an incident was closed: 结案 after an inspection, 自行处置 at once by its finder, 强制结案 without an inspection. */
type ClosingKind = 'inspected' | 'self-handled' | 'forced';

/** 结案 */
export interface ClosingMark extends Mark {
  readonly kind: ClosingKind;
  readonly rung: Rung;
  readonly unit: string | null;
  readonly round: number;
}

/** 评价 */
interface RatingMark extends Mark {
  readonly grade: SatisfactionGrade;
  readonly round: number;
}

/** 一项时限责任 One clock: whose time it was, and how it ended. Absent fields have not happened. */
export interface DutyMark {
  readonly clockId: string;
  readonly clock: ClockName;
  readonly unit: string;
  readonly rung: Rung;
  readonly startedAt: Instant;
  readonly startPosition: number;
  /** 升级 The incident climbs when it is breached. */
  readonly climbs: boolean;
  /** As it stands after every extension and suspension. */
  readonly dueAt: Instant;
  readonly endedAt?: Instant;
  readonly endPosition?: number;
  /** The fact that ended it. */
  readonly endedBy?: IncidentEventType;
  readonly breachedAt?: Instant;
  readonly breachPosition?: number;
  readonly exemptionPosition?: number;
  /** Since when it stands still. */
  readonly pausedAt?: Instant;
  /** How long it stood still before. */
  readonly stoodStillMs: number;
}

/** Over without a closing: 不予受理, 作废 or 并案. */
export interface EndMark extends Mark {
  readonly kind: 'declined' | 'voided' | 'merged';
}

/**
 * 台账 What one incident gives to the figures: a fold of its facts that keeps where every one of them stands in the log. Plain JSON.
 * It says nothing about the present moment: what is overdue follows from its due times and the moment that somebody asks for.
 */
export interface Ledger {
  readonly incidentId: string;
  readonly stream: string;
  readonly revision: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly place: PlacePath;
  readonly channel: Channel;
  readonly reported: Mark;
  readonly filed: FilingMark | null;
  readonly ended: EndMark | null;
  readonly round: number;
  readonly rung: Rung | null;
  readonly accountableUnit: string | null;
  /** No duty of this incident is due, and nothing was recorded of it, after this moment. Never goes back. */
  readonly latestAt: Instant;
  readonly duties: readonly DutyMark[];
  readonly dispatches: readonly DispatchMark[];
  readonly transfers: readonly TransferMark[];
  readonly handlings: readonly HandlingMark[];
  readonly inspections: readonly InspectionMark[];
  readonly closings: readonly ClosingMark[];
  readonly ratings: readonly RatingMark[];
  readonly reopenings: readonly Mark[];
  readonly suspensions: readonly Mark[];
  readonly extensions: readonly Mark[];
  /** 重复诉求 Later reports that were merged into this one. */
  readonly duplicates: readonly Mark[];
  /** 抽查抽取 Whether a self-handled incident was drawn. */
  readonly draws: readonly (Mark & { readonly drawn: boolean })[];
}
