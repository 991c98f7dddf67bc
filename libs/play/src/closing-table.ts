import type { IncidentEvent } from '#events';
import { isIncidentStream } from '#engine';
import type { EventStore } from '#kernel';
import { loopOf } from '#reference';
import type { Loop } from '#reference';

/** 收盘表 What a log says about the incidents in it. Counted from facts alone. */
export interface ClosingTable {
  readonly incidents: number;
  readonly events: number;
  /** Neither closed nor declined, voided or merged. */
  readonly open: number;
  /** By the loop that closed them. */
  readonly closed: Readonly<Record<Loop, number>>;
  /** Incidents that climbed at least once, that breached a limit at least once, that were reworked, that were returned. */
  readonly escalated: number;
  readonly breached: number;
  readonly reworked: number;
  readonly returned: number;
  readonly held: Readonly<Record<Loop, number>>;
  readonly selfHandled: number;
  readonly declined: number;
  readonly merged: number;
}

class Count {
  open = false;
  closed: Loop | null = null;
  selfHandled = false;
  end: 'declined' | 'merged' | 'voided' | null = null;
  readonly held = new Set<Loop>();
  readonly seen = new Set<string>();
}

const note = (count: Count, event: IncidentEvent): void => {
  count.seen.add(event.type);
  switch (event.type) {
    case 'IncidentReported':
      count.open = true;
      return;
    case 'Filed':
    case 'Reopened':
      count.open = true;
      count.closed = null;
      count.held.add(loopOf(event.data.rung));
      return;
    case 'Escalated':
    case 'Delegated':
      count.held.add(event.data.toLoop);
      return;
    case 'Closed':
      count.selfHandled = event.data.selfHandled;
      count.open = false;
      count.closed = loopOf(event.data.rung);
      return;
    case 'ForceClosed':
      count.open = false;
      count.closed = loopOf(event.data.rung);
      return;
    case 'Declined':
    case 'Merged':
    case 'Voided':
      count.open = false;
      count.end = event.type === 'Declined' ? 'declined' : event.type === 'Merged' ? 'merged' : 'voided';
      return;
    default:
  }
};

export const closingTableOf = async (store: EventStore, pageSize = 5_000): Promise<ClosingTable> => {
  const counts = new Map<string, Count>();
  let events = 0;
  for (let position = 0; ; ) {
    const page = await store.readAll(position, pageSize);
    for (const { stream, type, data } of page) {
      events += 1;
      if (!isIncidentStream(stream)) continue;
      const count = counts.get(stream) ?? new Count();
      counts.set(stream, count);
      note(count, { type, data } as IncidentEvent);
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    position = last.position;
  }
  const all = [...counts.values()];
  const having = (matches: (count: Count) => boolean): number => all.filter(matches).length;
  const perLoop = (matches: (count: Count, loop: Loop) => boolean): Record<Loop, number> => ({
    grid: having((count) => matches(count, 'grid')),
    street: having((count) => matches(count, 'street')),
    city: having((count) => matches(count, 'city')),
  });
  return {
    incidents: all.length,
    events,
    open: having(({ open }) => open),
    closed: perLoop(({ closed }, loop) => closed === loop),
    escalated: having(({ seen }) => seen.has('Escalated')),
    breached: having(({ seen }) => seen.has('DeadlineBreached')),
    reworked: having(({ seen }) => seen.has('ReworkOrdered')),
    returned: having(({ seen }) => seen.has('DispatchReturned')),
    held: perLoop(({ held }, loop) => held.has(loop)),
    selfHandled: having(({ selfHandled }) => selfHandled),
    declined: having(({ end }) => end === 'declined'),
    merged: having(({ end }) => end === 'merged'),
  };
};
