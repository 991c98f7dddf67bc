import { Engine, explain, seed, settingsFrom, stopOnSignals } from '#assembly';
import { setupLink } from '#identity';
import { logTo, noticesTo, openDoor } from './host.js';

/** npm start: api, durable processes and, unless DATABASE_URL says otherwise, a PostgreSQL of its own, in one process. */
const main = async (): Promise<void> => {
  const settings = settingsFrom(process.env);
  const log = logTo(settings.logLevel);
  const engine = await Engine.open({
    dataFolder: settings.dataFolder, kind: 'live', notice: noticesTo(log), ...(settings.databaseUrl === undefined ? {} : { databaseUrl: settings.databaseUrl }),
  });
  try {
    if (engine.shelf.isEmpty) {
      const { version } = await seed(engine, settings.seedsFolder, { accounts: false });
      process.stdout.write(`The log is new. City ${engine.shelf.library().current.reference.cityName}, reference version ${version}, is in force now.\n`);
    }
    engine.watchReference();
    engine.startWork();
    const host = await openDoor(engine, settings, log);
    stopOnSignals(async () => {
      await host.close();
      await engine.close();
    });
    process.stdout.write(`ThreeLoops 三循环 answers at ${host.url} (data in ${settings.dataFolder}). Ctrl-C ends it.\n`);
    if ((await engine.doorkeeper.accounts()).length === 0) {
      process.stdout.write(`Nobody has an account yet. Within 30 minutes, once: ${host.url}${await setupLink(engine.doorkeeper)}\n`);
    }
  } catch (error) {
    await engine.close();
    throw error;
  }
};

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
