import { randomUUID } from 'node:crypto';
import type { IncidentEvent } from '#events';
import { fromIso } from '#kernel';
import type { RecordedEvent } from '#kernel';
import type { PostgresLog } from '#postgres';
import { incidentHistories } from '#testing';
import { FiguresProjector } from './figures-projector.js';

/** Records made-up incidents, their facts in random turns, as one writer would. */
export const record = async ({ store }: PostgresLog, seed: number, incidents: number): Promise<void> => {
  const { position, recordedAt } = await store.head();
  const after = recordedAt === null ? {} : { after: { position, now: fromIso(recordedAt) } };
  for (const { stream, version, type, schema, data, recordedAt: at, actor } of incidentHistories({ seed, incidents, concurrent: 20, ...after })) {
    const provenance = { actor, commandId: randomUUID(), correlationId: randomUUID() };
    const result = await store.append({ stream, expectedVersion: version - 1, decidedAt: fromIso(at), provenance, events: [{ eventId: randomUUID(), type, schema, data }] });
    if (result.status !== 'recorded') throw new Error(`a made-up fact was not recorded: ${result.status}`);
  }
};

/** Runs a projector as its subscription would, to the end of the log or to a position. */
export const project = async ({ store, subscriptions }: PostgresLog, { batch = 97, until = Number.MAX_SAFE_INTEGER, projector = new FiguresProjector({ cachedIncidents: 7 }) } = {}): Promise<void> => {
  let lease = await subscriptions.acquire('figures', 'spec', 60_000);
  if (!lease) throw new Error('the lease of the figures is taken');
  for (;;) {
    const events = (await store.readAll(lease.position, batch)).filter(({ position }) => position <= until);
    const last = events.at(-1);
    if (!last) break;
    lease = await subscriptions.advance(lease, last.position, (await projector.handle(events)) ?? undefined);
  }
  await subscriptions.release(lease);
};

/** Every fact about incidents up to a position, by stream. */
export const factsUpTo = async ({ store }: PostgresLog, position: number): Promise<ReadonlyMap<string, readonly RecordedEvent<IncidentEvent>[]>> => {
  const byStream = new Map<string, RecordedEvent<IncidentEvent>[]>();
  for (const event of await store.readAll(0, 100_000)) {
    if (event.position > position || !event.stream.startsWith('incident-')) continue;
    const list = byStream.get(event.stream) ?? [];
    byStream.set(event.stream, list);
    list.push(event as RecordedEvent<IncidentEvent>);
  }
  return byStream;
};
