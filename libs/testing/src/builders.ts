import { randomUUID } from 'node:crypto';
import type { Append, EventToRecord, Instant, Provenance } from '#kernel';

/** Half past eleven in Shanghai on a day in November: any moment does, but the same one everywhere. */
export const someMoment: Instant = Date.UTC(2026, 10, 23, 3, 30);

export const provenanceOf = (changes: Partial<Provenance> = {}): Provenance => ({
  actor: { id: 'u-7f3a', role: 'grid-worker', unit: 'YP-01' },
  commandId: randomUUID(),
  correlationId: randomUUID(),
  ...changes,
});

export const eventOf = (data: unknown = {}, changes: Partial<EventToRecord> = {}): EventToRecord => ({
  eventId: randomUUID(),
  type: 'SomethingHappened',
  schema: 1,
  data,
  ...changes,
});

/** An append that a store records, unless the changes say otherwise: one event on a stream that must not exist yet. */
export const appendOf = (changes: Partial<Append> & { readonly commandId?: string } = {}): Append => {
  const { commandId, ...rest } = changes;
  return {
    stream: `stream-${randomUUID()}`,
    expectedVersion: 0,
    events: [eventOf()],
    provenance: provenanceOf(commandId === undefined ? {} : { commandId }),
    decidedAt: someMoment,
    ...rest,
  };
};
