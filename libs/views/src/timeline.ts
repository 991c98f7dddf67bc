import type { IncidentEvent } from '#events';
import type { RecordedEvent } from '#kernel';
import type { TimelineRow } from './queries.js';
import { happenedAt } from './two-times.js';

/** 时间线 The line of one fact. */
export const timelineRowOf = (event: RecordedEvent<IncidentEvent>): TimelineRow => ({
  incidentId: event.data.incidentId,
  version: event.version,
  position: event.position,
  type: event.type,
  round: event.data.round,
  recordedAt: event.recordedAt,
  claimedAt: event.claimedAt ?? null,
  deviceSkewMs: event.deviceSkewMs ?? null,
  happenedAt: happenedAt(event),
  actorId: event.actor.id,
  actorRole: event.actor.role,
  actorUnit: event.actor.unit,
  onBehalfOf: event.onBehalfOf ?? null,
  data: event.data as unknown as Readonly<Record<string, unknown>>,
});
