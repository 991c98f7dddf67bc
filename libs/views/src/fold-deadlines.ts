import type { ClockChange, Clocked, IncidentEvent } from '#events';
import type { Iso } from '#kernel';
import type { DeadlineRow, IncidentRow } from './queries.js';

/** What a clock's row takes from the row of its incident; `changedAt` is the moment of the fact. */
export type ClockSetting = Pick<IncidentRow, 'incidentId' | 'grid' | 'street' | 'changedAt'>;

type Draft = { -readonly [Field in keyof DeadlineRow]: DeadlineRow[Field] };
type Started = Extract<ClockChange, { change: 'start' }>;

const started = ({ clockId, clock, unit, rung, startedAt, warnAt, dueAt, seriousAt }: Started, { incidentId, grid, street }: ClockSetting): Draft => ({
  incidentId, clockId, clock, unit, rung, status: 'running', startedAt, warnAt, dueAt, seriousAt, stoppedAt: null,
  warned: false, breached: false, seriouslyBreached: false, exempted: false, grid, street,
});

const apply = (row: Draft, change: Exclude<ClockChange, Started>, changedAt: Iso): void => {
  switch (change.change) {
    case 'stop':
      row.status = 'stopped';
      row.stoppedAt = changedAt;
      return;
    case 'pause':
      row.status = 'paused';
      return;
    case 'resume':
    case 'extend':
      row.status = 'running';
      row.startedAt = change.startedAt;
      row.warnAt = change.warnAt;
      row.dueAt = change.dueAt;
      row.seriousAt = change.seriousAt;
      row.stoppedAt = null;
  }
};

/** Puts a row that may be changed into its place among the rows and answers it. */
const draftAt = (rows: DeadlineRow[], clockId: string, own: boolean, incidentId: string): Draft => {
  const at = rows.findIndex((row) => row.clockId === clockId);
  const row = rows[at];
  if (!row) throw new Error(`clock ${clockId} of incident ${incidentId} changes before it was started`);
  const draft = own ? row : { ...row };
  rows[at] = draft;
  return draft;
};

const marks = {
  DeadlineWarned: 'warned',
  DeadlineBreached: 'breached',
  DeadlineSeriouslyBreached: 'seriouslyBreached',
  ExemptionGranted: 'exempted',
} as const;

/**
 * Folds one fact into the clocks of its incident. Works on the moments as they are written, without reckoning any: rows that do
 * not change stay the same objects, and the whole list does when none changes. With `own`, list and rows belong to the caller alone
 * and are changed in place.
 */
export const foldDeadlines = (rows: readonly DeadlineRow[], event: IncidentEvent, setting: ClockSetting, own = false): readonly DeadlineRow[] => {
  const copy = (): DeadlineRow[] => (own ? (rows as DeadlineRow[]) : [...rows]);
  switch (event.type) {
    case 'DeadlineWarned':
    case 'DeadlineBreached':
    case 'DeadlineSeriouslyBreached':
    case 'ExemptionGranted': {
      const next = copy();
      draftAt(next, event.data.clockId, own, setting.incidentId)[marks[event.type]] = true;
      return next;
    }
    default: {
      const { clocks = [] } = event.data as Partial<Clocked>;
      if (clocks.length === 0) return rows;
      const next = copy();
      for (const change of clocks) {
        if (change.change === 'start') next.push(started(change, setting));
        else apply(draftAt(next, change.clockId, own, setting.incidentId), change, setting.changedAt);
      }
      return next;
    }
  }
};

/** The clock that runs and is due first; clocks due at the same moment go by their id. Moments are UTC in one form, so text order is time order. */
export const nextDue = (rows: readonly DeadlineRow[]): DeadlineRow | null => {
  let next: DeadlineRow | null = null;
  for (const row of rows) {
    if (row.status !== 'running') continue;
    if (!next || row.dueAt < next.dueAt || (row.dueAt === next.dueAt && row.clockId < next.clockId)) next = row;
  }
  return next;
};
