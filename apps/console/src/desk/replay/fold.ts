import type { Fact } from '../incident/picture.js';

/** What the replay needs of a fact; also what a file of exported facts holds. */
export type Told = Pick<Fact, 'type' | 'recordedAt' | 'round' | 'version' | 'data'>;

/** 当时的状态 Where an incident stood after a fact, as far as it is replayed. */
export interface Moment {
  readonly stage: string;
  readonly rung: string | null;
  readonly accountableUnit: string | null;
  readonly holder: string | null;
  readonly round: number;
  readonly suspendedUntil: string | null;
  readonly returns: number;
  readonly reworks: number;
  readonly escalations: number;
  readonly breachedClocks: number;
}

/** 时限的一生 A clock from its start to its end, as the facts tell it. */
export interface ClockLife {
  readonly clockId: string;
  readonly clock: string;
  readonly unit: string;
  readonly startedAt: string;
  dueAt: string;
  stoppedAt: string | null;
  readonly pauses: { from: string; to: string | null }[];
}

interface ClockChange {
  readonly change: string;
  readonly clockId: string;
  readonly clock?: string;
  readonly unit?: string;
  readonly dueAt?: string;
}

type Data = Readonly<Record<string, unknown>>;
type Draft = { -readonly [Field in keyof Moment]: Moment[Field] };

const changesIn = (data: Data): readonly ClockChange[] => (data['clocks'] as readonly ClockChange[] | undefined) ?? [];
const startedFor = (data: Data, clock: string): string | null => changesIn(data).find((change) => change.change === 'start' && change.clock === clock)?.unit ?? null;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const works = (now: Draft, stage: string, unit: unknown): void => {
  now.stage = stage;
  now.accountableUnit = text(unit);
  now.holder = now.accountableUnit;
};
const waits = (now: Draft, stage: string, holder: string | null): void => {
  now.stage = stage;
  now.holder = holder;
};
const ends = (now: Draft, stage: string): void => {
  waits(now, stage, null);
  now.suspendedUntil = null;
};
const climbs = (now: Draft, data: Data): void => {
  now.rung = text(data['toRung']);
  works(now, 'filed', data['accountableUnit']);
  now.suspendedUntil = null;
};

/** Facts without an entry change nothing of it. */
const means: Readonly<Record<string, (now: Draft, data: Data) => void>> = {
  IncidentReported: (now, data) => waits(now, 'reported', startedFor(data, 'accept')),
  Accepted: (now, data) => waits(now, 'accepted', startedFor(data, 'dispatch') ?? text(data['unit'])),
  Declined: (now) => ends(now, 'declined'),
  Filed: (now, data) => {
    now.rung = text(data['rung']);
    works(now, 'filed', data['accountableUnit']);
  },
  Dispatched: (now, data) => works(now, 'dispatched', data['accountableUnit']),
  DispatchAcknowledged: (now) => waits(now, 'acknowledged', now.accountableUnit),
  DispatchReturned: (now, data) => {
    works(now, 'filed', data['accountableUnit']);
    now.returns += 1;
  },
  ArbitrationOpened: (now, data) => waits(now, 'arbitrating', text(data['arbiter'])),
  Arbitrated: (now) => waits(now, 'filed', now.accountableUnit),
  Handled: (now, data) => {
    now.accountableUnit = text(data['unit']);
    waits(now, 'handled', startedFor(data, 'inspect') ?? now.accountableUnit);
  },
  InspectionPassed: (now) => {
    if (now.holder !== null) now.stage = 'inspected';
  },
  ReworkOrdered: (now, data) => {
    works(now, 'acknowledged', data['accountableUnit']);
    now.reworks += 1;
  },
  Closed: (now) => ends(now, 'closed'),
  ForceClosed: (now) => ends(now, 'closed'),
  Merged: (now) => ends(now, 'merged'),
  Voided: (now) => ends(now, 'voided'),
  Reopened: (now, data) => {
    now.rung = text(data['rung']);
    works(now, 'filed', data['accountableUnit']);
  },
  Suspended: (now, data) => {
    now.suspendedUntil = text(data['until']);
  },
  Resumed: (now) => {
    now.suspendedUntil = null;
  },
  Escalated: (now, data) => {
    climbs(now, data);
    now.escalations += 1;
  },
  Delegated: climbs,
  DeadlineBreached: (now) => {
    now.breachedClocks += 1;
  },
};

const nothing: Moment = {
  stage: 'reported', rung: null, accountableUnit: null, holder: null, round: 1, suspendedUntil: null, returns: 0, reworks: 0, escalations: 0, breachedClocks: 0,
};

/** 逐步 The state after each fact, in the order of the facts. */
export const momentsOf = (facts: readonly Told[]): readonly Moment[] => {
  const moments: Moment[] = [];
  let now: Moment = nothing;
  for (const { type, round, data } of facts) {
    const draft: Draft = { ...now, round };
    means[type]?.(draft, data as Data);
    now = draft;
    moments.push(now);
  }
  return moments;
};

/** Every clock that was ever started, in the order of its start. */
export const clocksOf = (facts: readonly Told[]): readonly ClockLife[] => {
  const clocks = new Map<string, ClockLife>();
  const follow = (change: ClockChange, recordedAt: string): void => {
    const known = clocks.get(change.clockId);
    if (change.change === 'start') {
      clocks.set(change.clockId, { clockId: change.clockId, clock: change.clock ?? '', unit: change.unit ?? '', startedAt: recordedAt, dueAt: change.dueAt ?? recordedAt, stoppedAt: null, pauses: [] });
      return;
    }
    if (!known) return;
    const pause = known.pauses.at(-1);
    if (change.change === 'stop') known.stoppedAt = recordedAt;
    else if (change.change === 'pause') known.pauses.push({ from: recordedAt, to: null });
    else if (pause && pause.to === null) pause.to = recordedAt;
    if (change.dueAt !== undefined) known.dueAt = change.dueAt;
  };
  for (const { data, recordedAt } of facts) for (const change of changesIn(data as Data)) follow(change, recordedAt);
  return [...clocks.values()];
};
