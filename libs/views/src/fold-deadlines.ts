import type { ClockChange, Clocked, IncidentEvent } from '#events';
import type { DeadlineRow, IncidentRow } from './queries.js';

/** What a clock's row takes from the row of its incident; `changedAt` is the moment of the fact. */
export type ClockSetting = Pick<IncidentRow, 'incidentId' | 'grid' | 'street' | 'changedAt'>;

const changed = (row: DeadlineRow | undefined, change: ClockChange, { incidentId, grid, street, changedAt }: ClockSetting): DeadlineRow => {
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
      return { ...row, status: 'stopped', stoppedAt: changedAt };
    case 'pause':
      return { ...row, status: 'paused' };
    case 'resume':
    case 'extend': {
      const { startedAt, warnAt, dueAt, seriousAt } = change;
      return { ...row, status: 'running', startedAt, warnAt, dueAt, seriousAt, stoppedAt: null };
    }
  }
};

const withChanges = (rows: readonly DeadlineRow[], changes: readonly ClockChange[], setting: ClockSetting): readonly DeadlineRow[] => {
  const next = [...rows];
  for (const change of changes) {
    const at = next.findIndex((row) => row.clockId === change.clockId);
    if (at < 0) next.push(changed(undefined, change, setting));
    else next[at] = changed(next[at], change, setting);
  }
  return next;
};

const marks = {
  DeadlineWarned: 'warned',
  DeadlineBreached: 'breached',
  DeadlineSeriouslyBreached: 'seriouslyBreached',
  ExemptionGranted: 'exempted',
} as const;

const withMark = (rows: readonly DeadlineRow[], clockId: string, mark: (typeof marks)[keyof typeof marks], incidentId: string): readonly DeadlineRow[] => {
  const at = rows.findIndex((row) => row.clockId === clockId);
  const row = rows[at];
  if (!row) throw new Error(`clock ${clockId} of incident ${incidentId} is marked "${mark}" before it was started`);
  return rows.with(at, { ...row, [mark]: true });
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
      return withMark(rows, event.data.clockId, marks[event.type], setting.incidentId);
    default: {
      const { clocks = [] } = event.data as Partial<Clocked>;
      return clocks.length === 0 ? rows : withChanges(rows, clocks, setting);
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
