import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { seed, stopOnSignals } from '#assembly';
import type { Engine, Settings } from '#assembly';
import { setupLink } from '#identity';
import { Refusal } from '#kernel';
import { ConsoleFiles } from './console/console-files.js';
import type { ApiOptions } from './ports.js';
import { createApi } from './server.js';

/** Beside the built engine. */
const consoleFolder = fileURLToPath(new URL('../../../console', import.meta.url));

const tilesOf = ({ tilesUrl, tilesNote }: Settings): Pick<ApiOptions, 'tiles'> => (tilesUrl === undefined ? {} : { tiles: { url: tilesUrl, note: tilesNote } });

export interface Host {
  /** Where people reach it. */
  readonly url: string;
  close(): Promise<void>;
}

/** How far the clock has jumped ahead; what else the door measures it registers itself. */
const clockFigure = (engine: Engine, registry: Registry): void => {
  new Gauge({
    name: 'threeloops_clock_ahead_ms', help: 'How far the clock has jumped ahead; 0 while it is believed.', registers: [registry],
    collect() {
      this.set(engine.clock.anomaly()?.aheadMs ?? 0);
    },
  });
};

const leastTokenLength = 32;

/** Refuses with `setting.unreadable`, naming the file and never what is in it. */
const metricsTokenIn = async (file: string): Promise<string> => {
  const token = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (token.length >= leastTokenLength && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new Refusal('setting.unreadable', `THREELOOPS_METRICS_TOKEN_FILE names ${file}; it must be a file with one word of at least ${leastTokenLength} characters.`, { setting: 'THREELOOPS_METRICS_TOKEN_FILE', file });
};

/** Opens the front door of an engine. Refuses with `port.in-use` and `port.not-allowed`. */
export const openDoor = async (engine: Engine, settings: Settings, log: Logger, more: Pick<ApiOptions, 'controllers'> = {}): Promise<Host> => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  clockFigure(engine, registry);
  const app = await createApi(
    {
      desk: engine.desk, views: engine.views, history: engine.history, ledgers: engine.ledgers, figures: engine.figures, store: engine.log.store, library: engine.shelf.library, libraryAsOf: engine.shelf.libraryAsOf, shelf: engine.shelf, clock: engine.clock, vault: engine.vault,
      photos: engine.photos, evidence: engine.evidence.book, doorkeeper: engine.doorkeeper, subscriptions: engine.log.subscriptions, secret: engine.secrets.digestKey, log, registry,
      ...(engine.exchange ? { exchange: engine.exchange } : {}),
      ...(engine.eventStore ? { eventStore: engine.eventStore } : {}),
    },
    { https: settings.https, behindProxy: settings.behindProxy, consoleFiles: await ConsoleFiles.of(consoleFolder), ...(settings.metricsTokenFile === undefined ? {} : { metricsToken: await metricsTokenIn(settings.metricsTokenFile) }), ...tilesOf(settings), ...more },
  );
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new Refusal('port.in-use', `Port ${settings.port} on ${settings.host} is taken by another program; set THREELOOPS_PORT to a free one.`, { port: settings.port });
    if (code === 'EACCES') throw new Refusal('port.not-allowed', `This user may not listen on port ${settings.port}; set THREELOOPS_PORT to one above 1023.`, { port: settings.port });
    throw error;
  }
  const address = app.getHttpServer().address() as { readonly port: number };
  const shown = settings.host === '0.0.0.0' || settings.host === '::' ? 'localhost' : settings.host;
  return { url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`, close: () => app.close() };
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
