import type { RecordedEvent } from '#kernel';
import type { IncidentEvent } from './incident-events.js';
import { incidentEventKinds, upcast } from './registry.js';

/**
 * The facts about incidents among what a log holds, in the present shape. Facts about the log's own life are left out; a type or a
 * schema that this version of the engine does not know throws.
 */
export const incidentFacts = (events: readonly RecordedEvent[]): readonly RecordedEvent<IncidentEvent>[] => {
  const facts: RecordedEvent<IncidentEvent>[] = [];
  for (const event of events) {
    const data = upcast(event.type, event.schema, event.data);
    if (event.type in incidentEventKinds) facts.push((data === event.data ? event : { ...event, data }) as RecordedEvent<IncidentEvent>);
  }
  return facts;
};
