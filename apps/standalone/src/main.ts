import { Engine, explain, loadKafka, loadWitnesses, logTo, noticesTo, openPatiently, settingsFrom, stopOnSignals, storesOf } from '#assembly';
import { openDoor, sayWhere, seedNewLog } from '../../api/src/host.js';

/** npm start: api, durable processes and, unless DATABASE_URL says otherwise, a PostgreSQL of its own, in one process. */
const main = async (): Promise<void> => {
  const settings = settingsFrom(process.env);
  const log = logTo(settings.logLevel);
  const notice = noticesTo(log);
  const more = { ...(await loadWitnesses(settings)), ...(await loadKafka(settings)), ...storesOf(settings) };
  const engine = await openPatiently(() => Engine.open({ dataFolder: settings.dataFolder, kind: 'live', notice, waitForEventStore: true, ...more }), { ...settings, notice });
  try {
    await seedNewLog(engine, settings);
    engine.watchReference();
    engine.startWork();
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
