import { databaseOf, Engine, explain, loadWitnesses, logTo, noticesTo, openPatiently, settingsFrom, stopOnSignals, storesOf } from '#assembly';
import { openDoor, sayWhere, seedNewLog } from './host.js';

/** npm run start:api: the front door alone, on a database that workers share. Limits pass and loops answer only where a worker runs. */
const main = async (): Promise<void> => {
  const settings = settingsFrom(process.env);
  const databaseUrl = databaseOf(settings);
  const log = logTo(settings.logLevel);
  const notice = noticesTo(log);
  const witnesses = await loadWitnesses(settings);
  const engine = await openPatiently(() => Engine.open({ dataFolder: settings.dataFolder, kind: 'live', notice, waitForEventStore: true, ...storesOf(settings), databaseUrl, ...witnesses }), { ...settings, notice });
  try {
    await seedNewLog(engine, settings);
    engine.watchReference();
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

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
