import type { LogIdentity } from '#kernel';
import { Unavailable } from '#kernel';
import { openKurrent, refuseMoved } from '#kurrent';
import type { Connection, PostgresLog, SchemaStep } from '#postgres';
import { openPostgres } from '#postgres';

interface LogOptions {
  readonly connection: Connection;
  readonly eventStore?: string;
  readonly waitForEventStore?: boolean;
  readonly kind: LogIdentity['kind'];
  readonly moreMigrations: readonly SchemaStep[];
  readonly notice: (notice: string, error?: unknown) => void;
}

const againMs = 1_000;
const sayAgainMs = 60_000;

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

/** Opens the log where its facts are. Fails as the stores do; where it is told to, it waits for an event store that is away. */
export const openLog = async (options: LogOptions): Promise<PostgresLog> => {
  const { eventStore, waitForEventStore = false, notice, ...rest } = options;
  if (eventStore === undefined) return inDatabase(options);
  for (let saidAt = Number.NEGATIVE_INFINITY; ; ) {
    try {
      return await openKurrent({ ...rest, eventStore });
    } catch (error) {
      if (!waitForEventStore || !(error instanceof Unavailable)) throw error;
      if (performance.now() - saidAt > sayAgainMs) {
        notice('the log cannot be opened yet; the engine waits for it', error);
        saidAt = performance.now();
      }
      await new Promise((resolve) => void setTimeout(resolve, againMs));
    }
  }
};
