import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { explain } from '#assembly';
import { addressOf, EmbeddedPostgres, openPostgres } from '#postgres';
import type { PostgresLog } from '#postgres';
import { notice } from './group.js';
import type { Errand } from './group-process.js';
import { plans, rowNames, tableHead, tableLine } from './rows.js';
import type { GroupName, Row, RowName } from './rows.js';

/** How every script of package.json that runs an engine runs Node; the store alone is measured in plain Node, like what it is measured against. */
const engineFlags = ['--max-semi-space-size=16', '--max-old-space-size=1024'];
const withoutEngine: ReadonlySet<GroupName> = new Set(['appends']);

const usage = `npm run bench -- [--json] [ROW …]
  ROW     rows whose name is or begins with this, such as "append" or "http-report", or a group such as "figures"; all without one:
          ${rowNames.join(' ')}
  --json  one JSON object per row on standard output instead of a table

Starts a PostgreSQL of its own in a temporary folder and leaves nothing behind. THREELOOPS_BENCH_TABLE names the table that real-input-10k
reads (a gzipped CSV for the mapping in seeds/baltimore/import); KAFKA_BROKERS the brokers of the rows of Kafka (npm run test:kafka -- --serve).`;

const isMeant = (name: RowName, word: string): boolean => name.startsWith(word) || plans[name].group.startsWith(word) || plans[name].theme === word;

const readOptions = (): { readonly json: boolean; readonly wanted: readonly RowName[] } => {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    const unknown = positionals.find((word) => !rowNames.some((name) => isMeant(name, word)));
    if (unknown !== undefined) throw new Error(`There is no row "${unknown}".`);
    return { json: values.json === true, wanted: rowNames.filter((name) => positionals.length === 0 || positionals.some((word) => isMeant(name, word))) };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(2);
  }
};

/** The server, the folder and the process under way: everything that has to be gone in the end, however it ends. */
class Stage {
  private group: ReturnType<typeof fork> | null = null;
  private cleared = false;

  private constructor(
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
    /** The server's own database: others are made and dropped from here. */
    private readonly home: PostgresLog,
  ) {}

  static async set(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'threeloops-bench-'));
    let server: EmbeddedPostgres | null = null;
    try {
      server = await EmbeddedPostgres.start({ dataFolder: join(folder, 'data'), onNotice: notice, settings: { max_connections: '200' } });
      return new Stage(folder, server, await openPostgres({ connection: server.connection, kind: 'live', poolSize: 1 }));
    } catch (error) {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Every group starts with a process, a database and a folder that nobody has used before. */
  async measure(group: GroupName, wanted: readonly RowName[], say: (row: Row) => void): Promise<void> {
    const folder = join(this.folder, group);
    await mkdir(folder);
    const database = `bench_${randomBytes(4).toString('hex')}`;
    await this.home.pool.query(`create database ${database}`);
    const errand: Errand = { group, databaseUrl: addressOf({ ...this.server.connection, database }), folder, wanted };
    // A group of its own: Ctrl-C reaches the conductor alone, which ends the rest in order.
    const child = fork(fileURLToPath(new URL('group-process.js', import.meta.url)), { detached: true, execArgv: withoutEngine.has(group) ? [] : engineFlags, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.group = child;
    child.on('message', (row: Row) => say(row));
    const ended = new Promise<number | null>((resolve, reject) => void child.once('error', reject).once('exit', resolve));
    child.send(errand);
    const status = await ended;
    this.group = null;
    if (this.cleared) return;
    await this.home.pool.query(`drop database ${database} with (force)`);
    // What this group has left to be written must not burden the next one.
    await this.home.pool.query('checkpoint');
    if (status !== 0) throw new Error(`the measurement of "${group}" ended early`);
  }

  async clear(): Promise<void> {
    if (this.cleared) return;
    this.cleared = true;
    // The process and whatever it has started: it leads a group of its own.
    if (this.group?.pid !== undefined && process.platform !== 'win32') process.kill(-this.group.pid, 'SIGKILL');
    else this.group?.kill('SIGKILL');
    await this.home.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const main = async (): Promise<void> => {
  const { json, wanted } = readOptions();
  const stage = await Stage.set();
  const leave = (status: number): void => void stage.clear().finally(() => process.exit(status));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => leave(130));
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    if (!json) out(tableHead());
    const groups = [...new Set(wanted.map((name) => plans[name].group))];
    for (const group of groups) {
      await stage.measure(group, wanted.filter((name) => plans[name].group === group), (row) => out(json ? JSON.stringify(row) : tableLine(row)));
    }
  } finally {
    await stage.clear();
  }
};

main().catch((error: unknown) => {
  explain(error);
  process.exitCode = 1;
});
