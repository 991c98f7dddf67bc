import type { ClockName, IncidentEventType, Rung } from '#events';
import type { Ledger } from '#metrics';

type Duty = Ledger['duties'][number];

/** A duty in a row, moments and positions counted from the incident's first: what has not happened is null, and nothing stands for it at the end. */
type Packed = readonly [
  clockId: string, unit: string, rung: Rung, startedAt: number, startPosition: number, climbs: 0 | 1, dueAt: number, stoodStillMs: number, endedAt?: number | null, endPosition?: number | null,
  endedBy?: IncidentEventType | null, breachedAt?: number | null, breachPosition?: number | null, exemptionPosition?: number | null, pausedAt?: number | null,
];

const from = (value: number | undefined, origin: number): number | null => (value === undefined ? null : value - origin);

const packed = (duty: Duty, at: number, position: number): Packed => {
  const row: (string | number | null)[] = [
    duty.clockId, duty.unit, duty.rung, duty.startedAt - at, duty.startPosition - position, duty.climbs ? 1 : 0, duty.dueAt - at, duty.stoodStillMs, from(duty.endedAt, at),
    from(duty.endPosition, position), duty.endedBy ?? null, from(duty.breachedAt, at), from(duty.breachPosition, position), from(duty.exemptionPosition, position), from(duty.pausedAt, at),
  ];
  while (row.at(-1) === null) row.pop();
  return row as unknown as Packed;
};

const unpacked = (row: Packed, at: number, position: number): Duty => {
  const [clockId, unit, rung, startedAt, startPosition, climbs, dueAt, stoodStillMs, endedAt, endPosition, endedBy, breachedAt, breachPosition, exemptionPosition, pausedAt] = row;
  return {
    clockId, clock: clockId.slice(0, clockId.indexOf(':')) as ClockName, unit, rung, startedAt: startedAt + at, startPosition: startPosition + position, climbs: climbs === 1, dueAt: dueAt + at, stoodStillMs,
    ...(endedAt === undefined || endedAt === null ? {} : { endedAt: endedAt + at }),
    ...(endPosition === undefined || endPosition === null ? {} : { endPosition: endPosition + position }),
    ...(endedBy === undefined || endedBy === null ? {} : { endedBy }),
    ...(breachedAt === undefined || breachedAt === null ? {} : { breachedAt: breachedAt + at }),
    ...(breachPosition === undefined || breachPosition === null ? {} : { breachPosition: breachPosition + position }),
    ...(exemptionPosition === undefined || exemptionPosition === null ? {} : { exemptionPosition: exemptionPosition + position }),
    ...(pausedAt === undefined || pausedAt === null ? {} : { pausedAt: pausedAt + at }),
  };
};

/** 台账(存储) A ledger as the table keeps it. Its duties are two thirds of it: in rows they take a third of the room, and of the time to read them. */
export const packLedger = (ledger: Ledger): string => {
  const { reported, firstPosition, duties } = ledger;
  return JSON.stringify({ ...ledger, duties: duties.map((duty) => packed(duty, reported.at, firstPosition)) });
};

export const unpackLedger = (text: string): Ledger => {
  const stored = JSON.parse(text) as Omit<Ledger, 'duties'> & { readonly duties: readonly Packed[] };
  const { reported, firstPosition, duties } = stored;
  return { ...stored, duties: duties.map((row) => unpacked(row, reported.at, firstPosition)) };
};
