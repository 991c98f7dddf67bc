import { databaseOf, Engine, explain, loadWitnesses, logTo, noticesTo, openPatiently, settingsFrom, storesOf } from '#assembly';
import { receive } from './host.js';

/** npm run start:api: the front door alone, on a database that workers share. Limits pass and loops answer only where a worker runs. */
const main = async (): Promise<void> => {
  const settings = settingsFrom(process.env);
  const databaseUrl = databaseOf(settings);
  const log = logTo(settings.logLevel);
  const notice = noticesTo(log);
  const witnesses = await loadWitnesses(settings);
  const engine = await openPatiently(() => Engine.open({ dataFolder: settings.dataFolder, kind: 'live', notice, ...storesOf(settings), databaseUrl, ...witnesses }), { ...settings, notice });
  await receive(engine, settings, log, { work: false });
};

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
