import { databaseOf, Engine, explain, loadKafka, loadWitnesses, logTo, noticesTo, openPatiently, settingsFrom, stopOnSignals, storesOf } from '#assembly';
import { beginWork } from './work.js';

/**
 * npm run start:worker: the loops, the deadlines and the views, on a database that a front door shares. As many as one likes: they
 * share the work in parts, and what one leaves another takes over.
 */
const main = async (): Promise<void> => {
  const settings = settingsFrom(process.env);
  const databaseUrl = databaseOf(settings);
  const log = logTo(settings.logLevel);
  const notice = noticesTo(log);
  const more = { ...(await loadWitnesses(settings)), ...(await loadKafka(settings)) };
  const engine = await openPatiently(() => Engine.open({ dataFolder: settings.dataFolder, kind: 'live', notice, ...storesOf(settings), databaseUrl, ...more }), { ...settings, notice });
  const { url, close } = await beginWork(engine, settings, log);
  stopOnSignals(close);
  process.stdout.write(`ThreeLoops 三循环: a worker does its work (process ${process.pid}${url === null ? '' : `, watched at ${url}`}). Ctrl-C ends it.\n`);
};

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
