import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Engine, seed } from '#assembly';
import { check } from './checks.js';
import type { Check } from './checks.js';
import { Child, serverOf, watchFolder } from './child.js';
import type { programs } from './child.js';

const quiet = (): void => undefined;
const seedsFolder = 'seeds/yangpu';
const sideBySide = 2;
const answers = / answers at (\S+) /;

/** What is wrong with how a program refused: it must end with 1, say one sentence with the code, and show nobody a trace. */
const flawsOf = async (child: Child, code: string, words: RegExp): Promise<readonly string[]> => {
  const ended = await Promise.race([child.ended, new Promise<null>((resolve) => setTimeout(resolve, 60_000, null).unref())]);
  if (!ended) {
    await child.kill();
    return ['it did not end'];
  }
  const lines = child.said.trim().split('\n');
  return [
    ...(ended.code === 1 ? [] : [`it ended with ${ended.signal ?? ended.code}`]),
    ...(lines.some((line) => line.includes(`[${code}]`)) ? [] : [`it did not say ${code} but: ${child.said.slice(0, 500)}`]),
    ...(words.test(child.said) ? [] : [`it did not name ${words}: ${child.said.slice(0, 500)}`]),
    ...(/^\s+at \S/m.test(child.said) ? [`it showed a trace: ${child.said.slice(0, 500)}`] : []),
  ];
};

interface Trial {
  readonly name: string;
  readonly run: (folder: string) => Promise<readonly string[]>;
}

const refused = (program: keyof typeof programs, environment: Readonly<Record<string, string>>, code: string, words: RegExp): Promise<readonly string[]> =>
  flawsOf(Child.start(program, program, environment), code, words);

/** A live engine on the folder is up, does something, and ends in order. */
const worksOn = async (folder: string, environment: Readonly<Record<string, string>> = {}): Promise<readonly string[]> => {
  const child = Child.start('engine', 'engine', { THREELOOPS_DATA: folder, ...environment });
  try {
    const [, address] = await child.says(answers);
    const { status } = await fetch(`${address}/api/health/live`, { signal: AbortSignal.timeout(30_000) });
    const { code } = await child.terminate();
    return [...(status === 200 ? [] : [`it answered ${status}`]), ...(code === 0 ? [] : [`it ended with ${code}`])];
  } catch (error) {
    await child.kill();
    return [error instanceof Error ? error.message : String(error)];
  }
};

const opened = async (folder: string, kind: 'live' | 'demo' | 'played', work: (engine: Engine) => Promise<void>): Promise<void> => {
  watchFolder(folder);
  const engine = await Engine.open({ dataFolder: folder, kind, notice: quiet });
  try {
    await work(engine);
  } finally {
    await engine.close();
  }
};

const brokenSeeds = async (folder: string, file: string, breakIt: (lines: string[]) => void): Promise<string> => {
  await cp(seedsFolder, folder, { recursive: true });
  const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
  breakIt(lines);
  await writeFile(join(folder, file), lines.join('\n'));
  return folder;
};

const setting = (name: string, value: string): Trial => ({
  name: `${name}=${value} is refused`,
  run: (folder) => refused('engine', { THREELOOPS_DATA: folder, [name]: value }, 'setting.unreadable', new RegExp(name)),
});

const trials: readonly Trial[] = [
  {
    name: 'an occupied port is refused, and the database is stopped again',
    run: async (folder) => {
      const squatter = createServer();
      const port = await new Promise<number>((resolve) => squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as { port: number }).port)));
      const flaws = await refused('engine', { THREELOOPS_DATA: folder, THREELOOPS_PORT: String(port) }, 'port.in-use', new RegExp(String(port)));
      await new Promise((resolve) => squatter.close(resolve));
      return [...flaws, ...(serverOf(folder) === null ? [] : ['the database goes on without its engine']), ...(await worksOn(folder, { THREELOOPS_PORT: String(port) }))];
    },
  },
  {
    name: 'a second engine on the same data folder is refused, and the first goes on',
    run: async (folder) => {
      const first = Child.start('first engine', 'engine', { THREELOOPS_DATA: folder });
      try {
        const [, address] = await first.says(answers);
        const flaws = await refused('engine', { THREELOOPS_DATA: folder }, 'data.folder-in-use', /process \d+/);
        const { status } = await fetch(`${address}/api/health/live`, { signal: AbortSignal.timeout(30_000) });
        const { code } = await first.terminate();
        return [...flaws, ...(status === 200 && code === 0 ? [] : [`the first answered ${status} and ended with ${code}`])];
      } catch (error) {
        await first.kill();
        throw error;
      }
    },
  },
  {
    name: 'a data folder of a newer database is refused and left as it is',
    run: async (folder) => {
      await opened(folder, 'live', async () => undefined);
      const path = join(folder, 'postgres', 'PG_VERSION');
      const version = await readFile(path, 'utf8');
      await writeFile(path, '99\n');
      const flaws = await refused('engine', { THREELOOPS_DATA: folder }, 'data.newer-version', /99/);
      await writeFile(path, version);
      return [...flaws, ...(await worksOn(folder))];
    },
  },
  {
    name: 'an engine without the secrets of its log is refused, makes none, and works again with them',
    run: async (folder) => {
      await opened(folder, 'live', async () => undefined);
      const [secrets, elsewhere] = [join(folder, 'secrets'), join(folder, 'secrets-elsewhere')];
      await rename(secrets, elsewhere);
      const flaws = await refused('engine', { THREELOOPS_DATA: folder }, 'data.secret-missing', /this log has worked with one/);
      const made = (await stat(secrets).catch(() => null)) !== null;
      await rm(secrets, { recursive: true, force: true });
      await rename(elsewhere, secrets);
      return [...flaws, ...(made ? ['secrets were made that nobody knows'] : []), ...(await worksOn(folder))];
    },
  },
  {
    name: 'a data folder that a newer engine has changed is refused and left as it is',
    run: async (folder) => {
      await opened(folder, 'live', async (engine) => {
        await engine.log.pool.query(`insert into engine.schema_steps ("timestamp", name) values (9999999999999, 'OfTheFuture9999999999999')`);
      });
      return refused('engine', { THREELOOPS_DATA: folder }, 'data.newer-version', /newer engine/);
    },
  },
  ...(['demo', 'played'] as const).map((kind): Trial => ({
    name: `a ${kind} log is not opened as a live one, neither by its folder nor by its database`,
    run: async (folder) => {
      await opened(folder, kind, async () => undefined);
      const byFolder = await refused('engine', { THREELOOPS_DATA: folder }, 'log.wrong-kind', new RegExp(kind));
      await writeFile(join(folder, 'log-kind'), 'live\n');
      return [...byFolder, ...(await refused('engine', { THREELOOPS_DATA: folder }, 'log.wrong-kind', new RegExp(kind)))];
    },
  })),
  {
    name: 'a limit that cannot be parsed is named by file, line and field; the next start with good seeds finds nothing half-written',
    run: async (folder) => {
      const seeds = await brokenSeeds(`${folder}-seeds`, 'catalogue.csv', (lines) => {
        lines[16] = (lines[16] ?? '').replace(/,[^,]+,([^,]*),([^,]*)$/, ',very soon,$1,$2');
      });
      const flaws = await refused('engine', { THREELOOPS_DATA: folder, THREELOOPS_SEEDS: seeds }, 'reference.invalid', /catalogue\.csv:17\b.*limit/);
      return [...flaws, ...(await worksOn(folder)), ...(await onlyTheCity(folder))];
    },
  },
  {
    name: 'a policy file that is no JSON is named; the next start with good seeds finds nothing half-written',
    run: async (folder) => {
      const seeds = await brokenSeeds(`${folder}-seeds`, 'policy.json', (lines) => lines.splice(3, 1, '  "warnAt": ,'));
      const flaws = await refused('engine', { THREELOOPS_DATA: folder, THREELOOPS_SEEDS: seeds }, 'reference.invalid', /policy\.json/);
      return [...flaws, ...(await worksOn(folder)), ...(await onlyTheCity(folder))];
    },
  },
  {
    name: 'seeds that are not there are named',
    run: (folder) => refused('engine', { THREELOOPS_DATA: folder, THREELOOPS_SEEDS: join(folder, 'nowhere') }, 'reference.invalid', /places\.csv/),
  },
  setting('THREELOOPS_PORT', 'abc'),
  setting('THREELOOPS_PORT', '70000'),
  setting('THREELOOPS_HTTPS', 'yes'),
  setting('THREELOOPS_LOG', 'loud'),
  { name: 'DATABASE_URL=mysql://… is refused without showing it', run: (folder) => refused('engine', { THREELOOPS_DATA: folder, DATABASE_URL: 'mysql://root:secret@h/d' }, 'setting.unreadable', /DATABASE_URL(?![^]*secret)/) },
  { name: 'a worker without DATABASE_URL is refused', run: (folder) => refused('worker', { THREELOOPS_DATA: folder }, 'setting.missing', /DATABASE_URL/) },
  { name: 'a door without DATABASE_URL is refused', run: (folder) => refused('api', { THREELOOPS_DATA: folder }, 'setting.missing', /DATABASE_URL/) },
  ...(['engine', 'api', 'worker'] as const).map((program): Trial => ({
    name: `${program}: a database that is not there is said in a sentence`,
    run: (folder) => refused(program, { THREELOOPS_DATA: folder, THREELOOPS_PATIENCE: '1', DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' }, 'store.away', /database/),
  })),
];

/** The log holds the one fact of a first start and nothing else. */
const onlyTheCity = async (folder: string): Promise<readonly string[]> => {
  const flaws: string[] = [];
  await opened(folder, 'live', async (engine) => {
    const { reference } = await seed(engine, seedsFolder, { accounts: false });
    const { position } = await engine.log.store.head();
    if (position !== 1 || reference !== 'already-in-force') flaws.push(`the log holds ${position} facts`);
  });
  return flaws;
};

/** 无效输入 Every refusal of a start, by the real programs. */
export const refusals = async (folder: string): Promise<readonly Check[]> => {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const checks: Check[] = [];
  const waiting = [...trials.entries()];
  const line = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { name, run }] = next;
      const problems = await run(join(folder, String(index))).catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
      checks[index] = check(name, 1, problems);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, line));
  return checks;
};
