import { Refusal } from '#kernel';
import { moveToKurrent, moveToPostgres } from '#kurrent';
import type { Moved } from '#kurrent';
import { EmbeddedPostgres } from '#postgres';
import { moreMigrations, readKind } from './engine.js';
import type { Settings } from './settings.js';

interface MoveOrder {
  readonly to: 'kurrentdb' | 'postgresql';
  readonly settings: Pick<Settings, 'dataFolder' | 'databaseUrl' | 'eventStore'>;
  readonly notice: (notice: string) => void;
  readonly onProgress: (position: number) => void;
  readonly signal: AbortSignal;
}

/**
 * 迁移 Moves the facts of a log between its database and KurrentDB; everything else stays in the database. Refuses with `setting.missing`
 * without EVENT_STORE, with `move.no-log` a data folder that holds no log of work, and as the stores do.
 */
export const moveLog = async ({ to, settings: { dataFolder, databaseUrl, eventStore }, notice, onProgress, signal }: MoveOrder): Promise<Moved> => {
  if (eventStore === undefined) throw new Refusal('setting.missing', 'EVENT_STORE is not set; it names the KurrentDB that the facts are moved to or from.', { setting: 'EVENT_STORE' });
  if (databaseUrl === undefined && (await readKind(dataFolder)) !== 'live') throw new Refusal('move.no-log', `${dataFolder} holds no log of work that could be moved.`, { dataFolder });
  const embedded = databaseUrl === undefined ? await EmbeddedPostgres.start({ dataFolder, onNotice: notice }) : null;
  try {
    const move = to === 'kurrentdb' ? moveToKurrent : moveToPostgres;
    return await move({ connection: embedded ? embedded.connection : { connectionString: databaseUrl ?? '' }, eventStore, moreMigrations, onProgress, signal });
  } finally {
    await embedded?.stop();
  }
};
