import { randomUUID } from 'node:crypto';
import { afterAll, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { IncidentEvent } from '#events';
import { fromIso } from '#kernel';
import type { Append, RecordedEvent, Subscriptions } from '#kernel';
import type { PostgresLog } from '#postgres';
import { withPostgres } from '#testing';
import type { PoolClient } from 'pg';
import { readModelMigrations } from './migrations/index.js';
import { openReadModel } from './open-read-model.js';
import type { ReadModelOptions } from './open-read-model.js';
import { ReadModelProjector } from './projector.js';
import { ReadModelViews } from './read-model-views.js';

export interface SpecLog {
  readonly log: PostgresLog;
  readonly source: DataSource;
  readonly views: ReadModelViews;
}

const appendsOf = (facts: readonly RecordedEvent<IncidentEvent>[]): Append[] => {
  const byStream = new Map<string, RecordedEvent<IncidentEvent>[]>();
  for (const fact of facts) byStream.set(fact.stream, [...(byStream.get(fact.stream) ?? []), fact]);
  return [...byStream].map(([stream, events]) => {
    const [first] = events as [RecordedEvent<IncidentEvent>];
    const { actor, claimedAt, onBehalfOf } = first;
    return {
      stream, expectedVersion: first.version - 1, decidedAt: fromIso(first.recordedAt),
      provenance: { actor, commandId: randomUUID(), correlationId: randomUUID(), ...(claimedAt ? { claimedAt } : {}), ...(onBehalfOf ? { onBehalfOf } : {}) },
      events: events.map(({ type, data, schema }) => ({ eventId: randomUUID(), type, data, schema })),
    };
  });
};

/** Records made-up facts, those of each window of the history side by side. */
export const record = async ({ store }: PostgresLog, facts: Iterable<RecordedEvent<IncidentEvent>>, window = 100): Promise<void> => {
  let waiting: RecordedEvent<IncidentEvent>[] = [];
  const flush = async (): Promise<void> => {
    for (const { status } of await Promise.all(appendsOf(waiting).map((append) => store.append(append)))) {
      if (status !== 'recorded') throw new Error(`a made-up fact was not recorded: ${status}`);
    }
    waiting = [];
  };
  for (const fact of facts) {
    waiting.push(fact);
    if (waiting.length >= window) await flush();
  }
  await flush();
};

/** Runs a projector as its subscription would, to the end of the log; answers the position. */
export const project = async ({ store, subscriptions }: PostgresLog, projector = new ReadModelProjector(), batch = 500, leased: Subscriptions<PoolClient> = subscriptions): Promise<number> => {
  let lease = await leased.acquire('views', 'spec', 60_000);
  if (!lease) throw new Error('the lease of the views is taken');
  for (;;) {
    const events = await store.readAll(lease.position, batch);
    const last = events.at(-1);
    if (!last) break;
    lease = await leased.advance(lease, last.position, (await projector.handle(events)) ?? undefined);
  }
  await leased.release(lease);
  return lease.position;
};

/** A log with the read model beside it, in a database of its own. */
export const withReadModel = (): { readonly open: (options?: ReadModelOptions) => Promise<SpecLog> } => {
  // Everything here waits for a database, on a machine that may have a lot to do.
  jest.setTimeout(60_000);
  const sources: DataSource[] = [];
  // Before the server's own end, which comes in the order of these lines.
  afterAll(() => Promise.all(sources.map((source) => source.destroy())));
  const postgres = withPostgres();
  return {
    open: async (options = {}) => {
      const log = await postgres.openLog({ moreMigrations: readModelMigrations, poolSize: 12 });
      const source = await openReadModel(log.connection, { poolSize: 4, ...options });
      sources.push(source);
      return { log, source, views: new ReadModelViews(source) };
    },
  };
};
