import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { seed, stopOnSignals } from '#assembly';
import type { Engine, Settings } from '#assembly';
import { setupLink } from '#identity';
import { ConsoleFiles } from './console/console-files.js';
import { listening } from './listening.js';
import type { Host } from './listening.js';
import type { ApiOptions } from './ports.js';
import { createApi } from './server.js';
import { watchOptionsOf, watchPortsOf } from './watch-host.js';

/** Beside the built engine. */
const consoleFolder = fileURLToPath(new URL('../../../console', import.meta.url));

const tilesOf = ({ tilesUrl, tilesNote }: Settings): Pick<ApiOptions, 'tiles'> => (tilesUrl === undefined ? {} : { tiles: { url: tilesUrl, note: tilesNote } });

/** Opens the front door of an engine. Refuses with `port.in-use` and `port.not-allowed`. */
export const openDoor = async (engine: Engine, settings: Settings, log: Logger, more: Pick<ApiOptions, 'controllers'> = {}): Promise<Host> => {
  const app = await createApi(
    {
      ...watchPortsOf(engine, log),
      desk: engine.desk, history: engine.history, ledgers: engine.ledgers, figures: engine.figures, library: engine.shelf.library, libraryAsOf: engine.shelf.libraryAsOf, shelf: engine.shelf, vault: engine.vault,
      photos: engine.photos, secret: engine.secrets.digestKey,
    },
    { ...(await watchOptionsOf(settings)), consoleFiles: await ConsoleFiles.of(consoleFolder), ...tilesOf(settings), ...more },
  );
  return listening(app, { host: settings.host, port: settings.port, setting: 'THREELOOPS_PORT' });
};

/** A log that nothing stands in yet starts with the city of the seeds folder, without accounts. */
const seedNewLog = async (engine: Engine, { seedsFolder }: Settings): Promise<void> => {
  if (!engine.shelf.isEmpty) return;
  const { version } = await seed(engine, seedsFolder, { accounts: false });
  process.stdout.write(`The log is new. City ${engine.shelf.library().current.reference.cityName}, reference version ${version}, is in force now.\n`);
  const { keys } = await engine.evidence.book.status();
  process.stdout.write(`Its keys, to be filed on paper: all that is verified later rests on them (npm run loops -- evidence keys).\n${keys}`);
};

/** Where the engine answers and, while nobody can come in, the one link by which the first administrator does. */
const sayWhere = async (engine: Engine, { url }: Host, { dataFolder }: Settings): Promise<void> => {
  process.stdout.write(`ThreeLoops 三循环 answers at ${url} (data in ${dataFolder}). Ctrl-C ends it.\n`);
  if (await engine.doorkeeper.hasNoAccount()) process.stdout.write(`Nobody has an account yet. Within 30 minutes, once: ${url}${await setupLink(engine.doorkeeper)}\n`);
};

/** From an engine that is open to people who come in: the first city, the durable processes where they are this process's, the door, and an orderly end. Closes the engine when it fails. */
export const receive = async (engine: Engine, settings: Settings, log: Logger, { work }: { readonly work: boolean }): Promise<void> => {
  try {
    await seedNewLog(engine, settings);
    engine.watchReference();
    if (work) engine.startWork();
    const host = await openDoor(engine, settings, log);
    stopOnSignals(async () => {
      await host.close();
      await engine.close();
    });
    await sayWhere(engine, host, settings);
  } catch (error) {
    await engine.close();
    throw error;
  }
};
