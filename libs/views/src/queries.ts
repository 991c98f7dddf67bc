import type { ClockName, Channel, GeoPoint, Grade, Loop, PhotoRef, Rung, SatisfactionGrade } from '#events';
import type { Iso, Sealed } from '#kernel';

/** Where an incident stands, as queues and pages name it. */
export type StageWord =
  | 'reported' | 'accepted' | 'filed' | 'dispatched' | 'acknowledged' | 'handled' | 'inspected' | 'arbitrating' | 'closed' | 'declined' | 'voided' | 'merged';

/** 案件视图 One incident as people look at it. Sealed texts stay sealed here; whoever may read them unseals them at the door. */
export interface IncidentRow {
  readonly incidentId: string;
  /** Stream version: what `expected revision` is compared with. */
  readonly revision: number;
  /** Log position of the last fact that is folded in. */
  readonly position: number;
  readonly stage: StageWord;
  readonly open: boolean;
  readonly round: number;
  readonly rung: Rung | null;
  readonly loop: Loop | null;
  readonly accountableUnit: string | null;
  /** Whoever has to act next: the accountable unit while it works, the centre otherwise. The queue 队列 is grouped by it. */
  readonly holder: string | null;
  readonly channel: Channel;
  readonly externalId: string | null;
  readonly grid: string;
  readonly community: string;
  readonly street: string;
  readonly district: string;
  readonly location: GeoPoint | null;
  readonly ruleHint: string | null;
  readonly ruleId: string | null;
  readonly subclassCode: string | null;
  readonly scenario: string | null;
  readonly grade: Grade | null;
  readonly reporter: Sealed | null;
  readonly description: Sealed | null;
  readonly address: Sealed | null;
  readonly photos: readonly PhotoRef[];
  /** When the report was recorded: its clocks run from here. */
  readonly reportedAt: Iso;
  /** When it happened by the reporter's word, put right by the device's clock; null where nobody said. */
  readonly happenedAt: Iso | null;
  readonly filedAt: Iso | null;
  readonly closedAt: Iso | null;
  readonly changedAt: Iso;
  /** Next due time among the clocks that run, and which clock it is. */
  readonly dueAt: Iso | null;
  readonly dueClock: ClockName | null;
  readonly breachedClocks: number;
  readonly escalations: number;
  readonly returns: number;
  readonly reworks: number;
  readonly suspendedUntil: Iso | null;
  readonly selfHandled: boolean;
  readonly satisfaction: SatisfactionGrade | null;
  readonly mergedInto: string | null;
}

/** 在办 One open incident as a queue and a map show it: without what persons wrote, so that all of them fit into one answer. */
export interface OpenIncident
  extends Pick<
    IncidentRow,
    | 'incidentId' | 'revision' | 'stage' | 'rung' | 'loop' | 'holder' | 'channel' | 'externalId' | 'grid' | 'community' | 'street' | 'location' | 'ruleHint' | 'ruleId' | 'subclassCode' | 'grade'
    | 'reportedAt' | 'changedAt' | 'dueAt' | 'dueClock' | 'escalations' | 'returns' | 'suspendedUntil'
  > {
  /** When the clock that is due next warns. */
  readonly warnAt: Iso | null;
}

export interface OpenIncidents {
  /** What is due first stands first; what has nothing due stands last. */
  readonly items: readonly OpenIncident[];
  /** Whether there are more than one look holds. */
  readonly more: boolean;
}

/** 时间线 One fact of an incident, in order. */
export interface TimelineRow {
  readonly incidentId: string;
  readonly version: number;
  readonly position: number;
  readonly type: string;
  readonly round: number;
  readonly recordedAt: Iso;
  readonly claimedAt: Iso | null;
  /** Device clock minus server clock when it was received, in milliseconds. */
  readonly deviceSkewMs: number | null;
  /** The claimed moment put right by the device's clock. */
  readonly happenedAt: Iso | null;
  readonly actorId: string;
  readonly actorRole: string;
  readonly actorUnit: string;
  readonly onBehalfOf: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** 时限视图 One clock of an incident. */
export interface DeadlineRow {
  readonly incidentId: string;
  readonly clockId: string;
  readonly clock: ClockName;
  readonly unit: string;
  readonly rung: Rung;
  readonly status: 'running' | 'paused' | 'stopped';
  readonly startedAt: Iso;
  readonly warnAt: Iso;
  readonly dueAt: Iso;
  readonly seriousAt: Iso;
  readonly stoppedAt: Iso | null;
  readonly warned: boolean;
  readonly breached: boolean;
  readonly seriouslyBreached: boolean;
  readonly exempted: boolean;
  readonly grid: string;
  readonly street: string;
}

/** 辖区 What the caller may see: everything below a place, or what a unit holds or has held; null for everything. */
export interface Scope {
  /** Codes of places; an incident inside any of them is visible. Null: no limit by place. */
  readonly places: readonly string[] | null;
  /** Incidents that this unit is or was accountable for, assists or was whistled to are visible too. */
  readonly unit: string | null;
}

export const incidentSorts = ['reportedAt', 'dueAt', 'changedAt'] as const;
export type IncidentSort = (typeof incidentSorts)[number];

export interface IncidentFilter {
  readonly stage?: StageWord;
  readonly open?: boolean;
  readonly rung?: Rung;
  readonly loop?: Loop;
  readonly holder?: string;
  readonly accountableUnit?: string;
  readonly street?: string;
  readonly community?: string;
  readonly grid?: string;
  readonly channel?: Channel;
  readonly subclassCode?: string;
  readonly scenario?: string;
  readonly grade?: Grade;
  readonly breached?: boolean;
  /** Half-open interval of the report time. */
  readonly reportedFrom?: Iso;
  readonly reportedBefore?: Iso;
}

export interface PageRequest<Sort extends string> {
  readonly sort: Sort;
  readonly direction: 'ascending' | 'descending';
  /** From the previous page; null for the first one. */
  readonly cursor: string | null;
  /** 1 to 200. */
  readonly limit: number;
}

export interface Page<Row> {
  readonly items: readonly Row[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Which of the clocks that run. */
export interface DeadlineFilter {
  readonly unit?: string;
  readonly clock?: ClockName;
  readonly breached?: boolean;
}

/** How much one holder has to do. */
export interface QueueSummary {
  readonly holder: string;
  readonly open: number;
  readonly breached: number;
  readonly nextDueAt: Iso | null;
}

/**
 * 查询 What people look at. Refuses a cursor that it did not make with `query.cursor-unreadable`; fails with `Unavailable` when the
 * database is away.
 */
export interface Views {
  incidents(scope: Scope, filter: IncidentFilter, page: PageRequest<IncidentSort>): Promise<Page<IncidentRow>>;
  /** Everything that is open, in one look. */
  openIncidents(scope: Scope, filter: Pick<IncidentFilter, 'street'>): Promise<OpenIncidents>;
  incident(scope: Scope, incidentId: string): Promise<IncidentRow | null>;
  timeline(scope: Scope, incidentId: string): Promise<readonly TimelineRow[]>;
  deadlinesOf(scope: Scope, incidentId: string): Promise<readonly DeadlineRow[]>;
  /** Clocks that run, next due first. */
  deadlines(scope: Scope, filter: DeadlineFilter, page: PageRequest<'dueAt'>): Promise<Page<DeadlineRow>>;
  queues(scope: Scope): Promise<readonly QueueSummary[]>;
  /** Log position up to which everything is folded in. */
  position(): Promise<number>;
}

/** 时光 The same queries about the past. */
export interface History {
  /**
   * 时点 How everything stood when the log ended at this position: exact, whatever came later. The views must hold everything up to it;
   * whoever asks waits for that. Scopes are those of today.
   */
  asOf(position: number): Views;
}
