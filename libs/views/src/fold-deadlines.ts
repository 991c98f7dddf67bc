import type { ClockChange, IncidentEvent } from '#events';
import type { Iso } from '#kernel';
import type { DeadlineRow } from './queries.js';

/** What a clock's row knows besides the clock itself. */
export interface ClockSetting {
  readonly incidentId: string;
  readonly grid: string;
  readonly street: string;
  readonly recordedAt: Iso;
}

const changed = (row: DeadlineRow | undefined, change: ClockChange, { incidentId, grid, street, recordedAt }: ClockSetting): DeadlineRow => {
  if (change.change === 'start') {
    const { clockId, clock, unit, rung, startedAt, warnAt, dueAt, seriousAt } = change;
    return {
      incidentId, clockId, clock, unit, rung, status: 'running', startedAt, warnAt, dueAt, seriousAt, stoppedAt: null,
      warned: false, breached: false, seriouslyBreached: false, exempted: false, grid, street,
    };
  }
  if (!row) throw new Error(`clock ${change.clockId} of incident ${incidentId} changes before it was started`);
  switch (change.change) {
    case 'stop':
      return { ...row, status: 'stopped', stoppedAt: recordedAt };
    case 'pause':
      return { ...row, status: 'paused' };
    case 'resume':
    case 'extend': {
      const { startedAt, warnAt, dueAt, seriousAt } = change;
      return { ...row, status: 'running', startedAt, warnAt, dueAt, seriousAt, stoppedAt: null };
    }
  }
};

const replaced = (rows: readonly DeadlineRow[], clockId: string, next: (row: DeadlineRow | undefined) => DeadlineRow): readonly DeadlineRow[] => {
  const at = rows.findIndex((row) => row.clockId === clockId);
  return at < 0 ? [...rows, next(undefined)] : rows.with(at, next(rows[at]));
};

const marks = {
  DeadlineWarned: 'warned',
  DeadlineBreached: 'breached',
  DeadlineSeriouslyBreached: 'seriouslyBreached',
  ExemptionGranted: 'exempted',
} as const;

const marked = (mark: (typeof marks)[keyof typeof marks], clockId: string, incidentId: string) => (row: DeadlineRow | undefined): DeadlineRow => {
  if (!row) throw new Error(`clock ${clockId} of incident ${incidentId} is marked "${mark}" before it was started`);
  return { ...row, [mark]: true };
};

/**
 * Folds one fact into the clocks of its incident. Works on the moments as they are written, without reckoning any: rows that do
 * not change stay the same objects, and the whole list does when none changes.
 */
export const foldDeadlines = (rows: readonly DeadlineRow[], event: IncidentEvent, setting: ClockSetting): readonly DeadlineRow[] => {
  switch (event.type) {
    case 'DeadlineWarned':
    case 'DeadlineBreached':
    case 'DeadlineSeriouslyBreached':
    case 'ExemptionGranted':
      return replaced(rows, event.data.clockId, marked(marks[event.type], event.data.clockId, setting.incidentId));
    default:
      if (!('clocks' in event.data)) return rows;
      return event.data.clocks.reduce((all, change) => replaced(all, change.clockId, (row) => changed(row, change, setting)), rows);
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
