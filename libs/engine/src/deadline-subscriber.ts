import { deadlineChangesOf } from '#deadlines';
import { upcast } from '#events';
import type { IncidentEvent } from '#events';
import type { DeadlineIndex } from '#kernel';
import { isIncidentStream } from './ids.js';
import { streamParts } from './subscription-loop.js';
import type { Subscriber } from './subscription-loop.js';

/** 时限索引 Keeps the index of what falls due when. It can be lost at any time: the facts know it all. */
export const deadlineSubscriber = <Tx>(index: DeadlineIndex<Tx>): Subscriber<Tx> => ({
  name: 'deadlines',
  // What a flood brings is due in hours; what was due and is recorded, its firing has taken out already.
  canWait: true,
  batch: 1_000,
  parts: streamParts,
  handle: async (events) => {
    const changes = events
      .filter(({ stream }) => isIncidentStream(stream))
      .flatMap(({ stream, type, schema, data }) => deadlineChangesOf(stream, { type, data: upcast(type, schema, data) } as IncidentEvent));
    return changes.length === 0 ? null : (tx) => index.project(tx, changes);
  },
});
