import { DataSource } from 'typeorm';
import type { Logger } from 'typeorm';
import { dataSourceOptions, orUnavailable } from '#postgres';
import type { Connection } from '#postgres';
import { DeadlineEntity } from './entities/deadline-entity.js';
import { IncidentEntity } from './entities/incident-entity.js';
import { IncidentPartyEntity } from './entities/incident-party-entity.js';
import { QueueEntryView } from './entities/queue-entry-view.js';
import { TimelineEntryEntity } from './entities/timeline-entry-entity.js';
import { readModelMigrations } from './migrations/index.js';

export const readModelEntities: readonly Function[] = [IncidentEntity, IncidentPartyEntity, DeadlineEntity, TimelineEntryEntity, QueueEntryView];

export interface ReadModelOptions {
  /** Most connections for queries. */
  readonly poolSize?: number;
  /** Hears every statement. */
  readonly logger?: Logger;
}

/**
 * Connects the queries to a database whose schema is up to date (`readModelMigrations` are steps for whoever opens the log). The caller
 * destroys it. Fails with `Unavailable` when the database is away.
 */
export const openReadModel = (connection: Connection, { poolSize = 10, logger }: ReadModelOptions = {}): Promise<DataSource> => {
  const options = dataSourceOptions(connection, readModelEntities, readModelMigrations);
  const source = new DataSource({ ...options, poolSize, ...(logger ? { logger, logging: ['query'] } : {}) } as typeof options);
  return orUnavailable(() => source.initialize());
};
