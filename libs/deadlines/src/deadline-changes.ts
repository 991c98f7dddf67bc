import type { IncidentEvent } from '#events';
import { fromIso } from '#kernel';
import type { DeadlineChange } from '#kernel';

/**
 * What one fact means for the deadline index: a clock that starts or moves has new pending moments, one that pauses or stops has
 * none. A moment that passed needs no change: whoever fired it removed it, and firing it again is ignored.
 */
export const deadlineChangesOf = (stream: string, event: IncidentEvent): readonly DeadlineChange[] => {
  if (!('clocks' in event.data)) return [];
  return event.data.clocks.map((change): DeadlineChange => {
    if (change.change === 'stop' || change.change === 'pause') return { stream, clockId: change.clockId, pending: [] };
    const due = { moment: 'due', at: fromIso(change.dueAt) } as const;
    const single = change.change === 'start' && change.clock === 'suspension';
    return {
      stream,
      clockId: change.clockId,
      pending: single ? [due] : [{ moment: 'warn', at: fromIso(change.warnAt) }, due, { moment: 'serious', at: fromIso(change.seriousAt) }],
    };
  });
};
