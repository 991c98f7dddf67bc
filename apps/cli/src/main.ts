import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Engine, explain, kindOfLog, loadWitnesses, moveLog, seed, settingsFrom, storesOf } from '#assembly';
import type { EngineOptions, Settings } from '#assembly';
import { compareFigures, rebuildFigures } from '#figures';
import { parseIso, Refusal } from '#kernel';
import { compareReadModel, rebuildReadModel } from '#readmodel';
import { formatCalendar, freezeCalendar } from '#tables';
import { closingLines } from '#play';
import { evidence, exportLog, verify } from './evidence-commands.js';
import { importLive, playReports } from './import-reports.js';
import type { ImportResult } from './import-reports.js';
import { Progress } from './progress.js';

const usage = `npm run loops -- COMMAND …

  import-reports FILE --mapping FILE [--play] [--reference DIR] [--data DIR] [--rejects FILE]
      Reads a foreign table of service requests (CSV, gzipped or not) through a mapping. Without --play every row becomes a report of now,
      in the engine's own log. With --play the rows are played with their true times into a log of its own (default folder ./data-played).
  import-city DIR [--no-accounts] [--effective MOMENT] [--data DIR]
      Puts a city's reference data in force and adds its accounts. The same folder again adds nothing. With --effective, a moment to come such as
      2027-01-01T00:00:00+08:00, it is in force from then on; its accounts are added by the same command after that.
  rebuild-views [--check] [--data DIR]
      Builds the views anew beside the ones in use and swaps them; --check only compares.
  rebuild-figures [--check] [--data DIR]
      The same for the ledgers that the figures are computed from.
  export-log FILE [--from N] [--to N] [--data DIR]
      Writes what is signed of the log, with everything that is needed to verify it anywhere.
  verify export FILE [--key FILE] [--checkpoint NOTE] [--json]
  verify receipt FILE --key FILE [--json]
  verify consistency OLD NEW --proof FILE --key FILE [--link FILE] [--json]
  verify figure FROZEN.json --export FILE --key FILE [--json]      computes the numbers again
      Needs no engine, no database and no network. Ends with 0 as it was signed, 1 altered, 2 cannot tell. FILE of --key: evidence keys.
  evidence status | keys | check | new-epoch --reason TEXT [--new-secrets] [--data DIR]
      How far the log is signed; the keys for whoever verifies; reads the whole log again (0 as it was signed, 1 altered, 2 cannot tell); begins a
      new epoch after facts were lost, or with --new-secrets the keys: what was sealed under those stays unreadable.
  move-log --from postgresql|kurrentdb --to kurrentdb|postgresql [--data DIR]
      Moves the facts between the database and the KurrentDB of EVENT_STORE: order, ids, moments and signed roots stay what they are, and
      everything else stays in the database. Nobody records meanwhile; afterwards start the engine with EVENT_STORE, or without it.
  freeze-calendar VERSION FROM_YEAR TO_YEAR [--out FILE]
      Writes a work calendar with China's statutory holidays and make-up workdays of these years.

Settings come from the environment: THREELOOPS_DATA (or --data), DATABASE_URL, EVENT_STORE. Ctrl-C is safe at any time: run the same command again and
it goes on where it stopped.`;

type Flags = Readonly<Record<string, string | boolean | undefined>>;

interface Call {
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly signal: AbortSignal;
}

const text = (flags: Flags, name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);

const required = (value: string | undefined, what: string): string => {
  if (value === undefined || value === '') throw new Refusal('command.incomplete', `${what} is missing.\n\n${usage}`);
  return value;
};

const settingsOf = ({ flags }: Call, folder: string): Settings => {
  const settings = settingsFrom(process.env, { dataFolder: folder, logLevel: 'error' });
  const data = text(flags, 'data');
  return data === undefined ? settings : { ...settings, dataFolder: resolve(data) };
};

const notice = (sentence: string, error?: unknown): void => void process.stderr.write(`${sentence}${error instanceof Error ? `: ${error.message}` : ''}\n`);

const withEngine = async <Value>(settings: Settings, work: (engine: Engine) => Promise<Value>, kind: EngineOptions['kind'] = 'live', newSecrets = false): Promise<Value> => {
  const engine = await Engine.open({ dataFolder: settings.dataFolder, kind, notice, newSecrets, ...(await loadWitnesses(settings)), ...storesOf(settings) });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
};

/** An outside database says itself what is in it. */
const kindIn = async ({ databaseUrl, dataFolder }: Settings): Promise<EngineOptions['kind']> => (databaseUrl === undefined ? kindOfLog(dataFolder) : 'live');

/** Nothing is recorded, so a demonstration and a played log are as good as a live one. */
const withLog = async <Value>(settings: Settings, read: (engine: Engine) => Promise<Value>): Promise<Value> => withEngine(settings, read, await kindIn(settings));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sayImport = (result: ImportResult): void => {
  for (const [remark, count] of [...result.remarks].sort(([, a], [, b]) => b - a)) say(`  ${count} rows: ${remark}`);
  say(`${result.rows} rows, ${result.rejected} rejected${result.rejectFile === null ? '' : ` (listed in ${result.rejectFile})`}.`);
  if (result.table) say(`\n${closingLines(result.table)}`);
  else say(`${result.recorded} reports recorded now.`);
  if (result.interrupted) say('Interrupted. Run the same command again to go on.');
};

const importReports = async (call: Call): Promise<void> => {
  const play = call.flags['play'] === true;
  const options = {
    file: resolve(required(call.words[1], 'The FILE to import')), mapping: required(text(call.flags, 'mapping'), '--mapping'), play,
    reference: text(call.flags, 'reference'), rejects: text(call.flags, 'rejects'),
  };
  if (play) return sayImport(await playReports(settingsOf(call, 'data-played'), options, call.signal, notice));
  const settings = settingsOf(call, 'data');
  sayImport(await withEngine(settings, (engine) => importLive(engine, settings, options, call.signal)));
};

const importCity = async (call: Call): Promise<void> => {
  const folder = resolve(required(call.words[1], 'The folder of the city'));
  const moment = text(call.flags, 'effective');
  const effectiveFrom = moment === undefined ? undefined : parseIso(moment);
  if (effectiveFrom === null) throw new Refusal('command.unreadable-moment', `"${moment}" is no moment with its zone, such as 2027-01-01T00:00:00+08:00.`);
  const seeded = await withEngine(settingsOf(call, 'data'), (engine) => seed(engine, folder, { accounts: call.flags['no-accounts'] !== true, ...(effectiveFrom === undefined ? {} : { effectiveFrom }) }));
  const created = seeded.accounts.filter(({ status }) => status === 'created').length;
  say(`Reference version ${seeded.version}: ${seeded.reference === 'activated' ? `in force from ${moment ?? 'now'} on` : seeded.reference === 'already-waiting' ? 'waits for its moment already' : 'was in force already'}. ${created} accounts added, ${seeded.accounts.length - created} were there.`);
};

const rebuildViews = (call: Call): Promise<void> =>
  withLog(settingsOf(call, 'data'), async (engine) => {
    if (call.flags['check'] === true) {
      const found = await compareReadModel(engine.log.store, engine.log.pool);
      say(JSON.stringify(found));
      return;
    }
    const progress = new Progress('rebuilding', (await engine.log.store.head()).position, 'facts');
    const done = await rebuildReadModel({ store: engine.log.store, pool: engine.log.pool, signal: call.signal, onProgress: ({ position }) => progress.set(position) });
    progress.finish();
    say(JSON.stringify(done));
  });

const rebuildLedgers = (call: Call): Promise<void> =>
  withLog(settingsOf(call, 'data'), async ({ log: { store, pool } }) => {
    if (call.flags['check'] === true) {
      say(JSON.stringify(await compareFigures({ store, pool })));
      return;
    }
    const progress = new Progress('rebuilding', (await store.head()).position, 'facts');
    const done = await rebuildFigures({ store, pool, signal: call.signal, onProgress: (position) => progress.set(position) });
    progress.finish();
    say(JSON.stringify(done));
  });

const freeze = async ({ words, flags }: Call): Promise<void> => {
  const years = [words[2], words[3]].map(Number);
  const [from, to] = years;
  if (from === undefined || to === undefined || years.some((year) => !Number.isInteger(year)) || from > to) throw new Refusal('command.incomplete', `VERSION FROM_YEAR TO_YEAR are needed.\n\n${usage}`);
  const content = formatCalendar(freezeCalendar(required(words[1], 'VERSION'), from, to));
  const out = text(flags, 'out');
  if (out === undefined) process.stdout.write(content);
  else await writeFile(resolve(out), content);
};

const whole = (flags: Flags, name: string): number | undefined => {
  const said = text(flags, name);
  if (said === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(said)) throw new Refusal('command.unreadable', `--${name} is a position, a whole number from 1, not "${said}".`, { name });
  return Number(said);
};

const exportCommand = (call: Call): Promise<void> => {
  const [target, from, to] = [required(call.words[1], 'The FILE to write'), whole(call.flags, 'from') ?? 1, whole(call.flags, 'to')];
  return withLog(settingsOf(call, 'data'), (engine) => exportLog(engine, target, from, to));
};

const verifyCommand = ({ words, flags }: Call): Promise<number> => {
  const files = ['key', 'checkpoint', 'proof', 'link', 'export'].flatMap((name) => {
    const file = text(flags, name);
    return file === undefined ? [] : [[name, resolve(file)] as const];
  });
  return verify(words, Object.fromEntries(files), flags['json'] === true, usage);
};

const evidenceCommand = async (call: Call): Promise<number> => {
  const [settings, what] = [settingsOf(call, 'data'), call.words[1]];
  try {
    const kind = await kindIn(settings);
    return await withEngine(settings, (engine) => evidence(engine, what, text(call.flags, 'reason'), usage), what === 'new-epoch' ? 'live' : kind, what === 'new-epoch' && call.flags['new-secrets'] === true);
  } catch (error) {
    if (what !== 'check') throw error;
    // Only facts that are not as they were end with 1.
    explain(error);
    return 2;
  }
};

const stores = ['postgresql', 'kurrentdb'] as const;
type StoreName = (typeof stores)[number];

const storeNamed = (flags: Flags, name: string): StoreName => {
  const said = required(text(flags, name), `--${name}`);
  const store = stores.find((each) => each === said);
  if (store === undefined) throw new Refusal('command.unreadable', `--${name} is postgresql or kurrentdb, not "${said}".`, { name });
  return store;
};

const moveCommand = async (call: Call): Promise<void> => {
  const [from, to] = [storeNamed(call.flags, 'from'), storeNamed(call.flags, 'to')];
  if (from === to) throw new Refusal('command.unreadable', `The facts cannot be moved from ${from} to ${to}.`, { from, to });
  const progress = new Progress('moving', null, 'facts');
  const { status, position } = await moveLog({ to, settings: settingsOf(call, 'data'), notice, onProgress: (moved) => progress.set(moved), signal: call.signal });
  progress.finish();
  const words = { moved: `All ${position} facts are there.`, 'was-there': `All ${position} facts were there already.`, interrupted: `${position} facts are there; nothing has changed yet. Run the same command again to go on.` };
  say(`${words[status]}${status === 'interrupted' ? '' : ` Start the engine ${to === 'kurrentdb' ? 'with' : 'without'} EVENT_STORE.`}`);
};

const commands: Readonly<Record<string, (call: Call) => Promise<number | void>>> = {
  'export-log': exportCommand,
  verify: verifyCommand,
  evidence: evidenceCommand,
  'import-reports': importReports,
  'import-city': importCity,
  'rebuild-views': rebuildViews,
  'rebuild-figures': rebuildLedgers,
  'freeze-calendar': freeze,
  'move-log': moveCommand,
};

const main = async (): Promise<void> => {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        mapping: { type: 'string' }, play: { type: 'boolean' }, reference: { type: 'string' }, data: { type: 'string' }, rejects: { type: 'string' }, out: { type: 'string' },
        check: { type: 'boolean' }, effective: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' }, key: { type: 'string' }, checkpoint: { type: 'string' }, proof: { type: 'string' }, link: { type: 'string' }, export: { type: 'string' },
        reason: { type: 'string' }, json: { type: 'boolean' }, 'no-accounts': { type: 'boolean' }, 'new-secrets': { type: 'boolean' }, help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Refusal('command.unreadable', `${(error as Error).message}\n\n${usage}`);
  }
  const { positionals, values } = parsed;
  const command = commands[positionals[0] ?? ''];
  if (values.help || positionals.length === 0) return say(usage);
  if (!command) throw new Refusal('command.unknown', `There is no command "${positionals[0]}".\n\n${usage}`);
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
    process.stderr.write('\nStopping after what is under way …\n');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const status = await command({ words: positionals, flags: values, signal: stopping.signal });
  process.exitCode = stopping.signal.aborted ? 130 : (status ?? 0);
};

main().catch((error: unknown) => {
  explain(error);
  process.exitCode = 1;
});
