import type { Incident } from './incidents.js';
import type { Due } from './due.js';

/** 分栏 What a desk sorts its queue into. The board of the district counts by the same rules, so that a number opens exactly what it counts. */
export const lists = ['all', 'late', 'soon', 'to-dispatch', 'in-hand', 'to-inspect', 'returned'] as const;
/** Lists that only the board counts. */
export const moreLists = ['climbed'] as const;
export type List = (typeof lists)[number] | (typeof moreLists)[number];

export const isList = (value: unknown): value is List => ([...lists, ...moreLists] as readonly unknown[]).includes(value);

const stagesOf: Readonly<Partial<Record<List, readonly Incident['stage'][]>>> = {
  'to-dispatch': ['reported', 'accepted', 'filed'],
  'in-hand': ['dispatched', 'acknowledged'],
  'to-inspect': ['handled', 'inspected'],
};

export const belongs = (list: List, row: Pick<Incident, 'stage' | 'returns' | 'escalations'>, due: Due): boolean => {
  switch (list) {
    case 'all':
      return true;
    case 'late':
    case 'soon':
      return due.kind === list;
    case 'climbed':
      return row.escalations > 0;
    case 'returned':
      return row.stage === 'arbitrating' || (row.returns > 0 && row.stage === 'filed');
    default:
      return stagesOf[list]?.includes(row.stage) ?? false;
  }
};

/** Whoever is due first stands first; what has no due time stands last, the oldest first. */
export const byDue = (a: Pick<Incident, 'dueAt' | 'reportedAt' | 'incidentId'>, b: Pick<Incident, 'dueAt' | 'reportedAt' | 'incidentId'>): number =>
  compared(a.dueAt ?? '9', b.dueAt ?? '9') || compared(a.reportedAt, b.reportedAt) || compared(a.incidentId, b.incidentId);

/** Moments and ids are plain letters and digits; asking the language how to sort them costs thousands of rows dearly. */
const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
