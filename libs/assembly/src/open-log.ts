import type { LogIdentity } from '#kernel';
import { openKurrent, refuseMoved } from '#kurrent';
import type { Connection, PostgresLog, SchemaStep } from '#postgres';
import { openPostgres } from '#postgres';

interface LogOptions {
  readonly connection: Connection;
  readonly eventStore?: string;
  readonly kind: LogIdentity['kind'];
  readonly moreMigrations: readonly SchemaStep[];
}

const inDatabase = async ({ connection, kind, moreMigrations }: LogOptions): Promise<PostgresLog> => {
  const log = await openPostgres({ connection, kind, moreMigrations });
  try {
    await refuseMoved(log.pool);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
};

/** Opens the log where its facts are. Fails as the stores do. */
export const openLog = (options: LogOptions): Promise<PostgresLog> => {
  const { eventStore, ...rest } = options;
  return eventStore === undefined ? inDatabase(options) : openKurrent({ ...rest, eventStore });
};
