import { schemaOf } from '#events';
import type { IncidentEvent } from '#events';
import { toIso } from '#kernel';
import type { RecordedEvent } from '#kernel';
import type { History } from './scenario.js';

/** The facts of a history as a log would have recorded them, alone or after `before` other facts. */
export const asRecorded = ({ told }: Pick<History, 'told'>, before = 0): readonly RecordedEvent<IncidentEvent>[] =>
  told.map(({ event, at, actor }, index) => {
    const position = before + index + 1;
    const { incidentId } = event.data;
    return {
      ...event, eventId: `fact-${position}`, stream: `incident-${incidentId}`, version: index + 1, position, schema: schemaOf(event.type), recordedAt: toIso(at), actor,
      commandId: `command-${position}`, correlationId: `command-${position}`,
    };
  });
