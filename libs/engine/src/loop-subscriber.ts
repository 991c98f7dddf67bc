import { upcast } from '#events';
import type { IncidentEvent } from '#events';
import { engineActor, Refusal } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { ladder, reactionsTo } from '#loops';
import { deterministicId, isIncidentStream } from './ids.js';
import type { CommandDesk } from './order.js';
import { streamParts } from './subscription-loop.js';
import type { Subscriber } from './subscription-loop.js';

/** The facts of passing time carry their reactions with them already: see `passTime` in the loops. */
const alreadyAnswered = (type: string): boolean => type.startsWith('Deadline');

/** All that any loop answers here; the rest of the log is only counted past. */
const heard: ReadonlySet<string> = new Set(ladder.flatMap(({ hears }) => hears).filter((type) => !alreadyAnswered(type)));

/**
 * 三循环 as a durable process: every fact goes to the loops, what they want goes back through the desk. The command id follows from
 * the fact, so a fact that is delivered twice asks for the same thing twice.
 */
export const loopSubscriber = <Tx>(desk: CommandDesk): Subscriber<Tx> => ({
  name: 'loops',
  batch: 500,
  heard,
  parts: streamParts,
  handle: async (events) => {
    const byStream = new Map<string, RecordedEvent[]>();
    for (const event of events) {
      if (!heard.has(event.type) || !isIncidentStream(event.stream)) continue;
      const list = byStream.get(event.stream);
      if (list) list.push(event);
      else byStream.set(event.stream, [event]);
    }
    await Promise.all([...byStream.values()].map((list) => answerInOrder(desk, list)));
    return null;
  },
});

/** Lets the loops answer facts of one incident, in order; safe to do again. */
export const answerInOrder = async (desk: CommandDesk, events: readonly RecordedEvent[]): Promise<void> => {
  for (const event of events) {
    if (!heard.has(event.type)) continue;
    const fact = { type: event.type, data: upcast(event.type, event.schema, event.data) } as IncidentEvent;
    for (const [index, { loop, command }] of reactionsTo(fact).entries()) {
      try {
        await desk.execute({
          command,
          actor: engineActor(`loop:${loop}`),
          commandId: deterministicId(event.eventId, loop, index),
          correlationId: event.correlationId,
          causationId: event.eventId,
        });
      } catch (reason) {
        // The incident has moved on and says so: then there is nothing left to do about this fact.
        if (!(reason instanceof Refusal)) throw reason;
      }
    }
  }
};
