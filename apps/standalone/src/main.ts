import { Engine, explain, loadKafka, loadWitnesses, logTo, noticesTo, openPatiently, settingsFrom, storesOf } from '#assembly';
import { receive } from '../../api/src/host.js';

/** npm start: api, durable processes and, unless DATABASE_URL says otherwise, a PostgreSQL of its own, in one process. */
const main = async (): Promise<void> => {
  const settings = settingsFrom(process.env);
  const log = logTo(settings.logLevel);
  const notice = noticesTo(log);
  const more = { ...(await loadWitnesses(settings)), ...(await loadKafka(settings)), ...storesOf(settings) };
  const engine = await openPatiently(() => Engine.open({ dataFolder: settings.dataFolder, kind: 'live', notice, ...more }), { ...settings, notice });
  await receive(engine, settings, log, { work: true });
};

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
