import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KurrentTables0000000000801, openKurrent } from '#kurrent';
import type { KurrentLog } from '#kurrent';
import { addressOf, EmbeddedPostgres } from '#postgres';
import type { Connection, RecordedRow } from '#postgres';
import type { TestServer } from './test-server.js';

const writersAtOnce = 2;
const most = 1_000_000;

interface Told {
  readonly recorded: Map<string, number>;
}

const insist = (holds: boolean, rule: string): void => {
  if (!holds) throw new Error(`it does not hold that ${rule}`);
};

const startWriter = (eventStore: string, databaseUrl: string, told: Told): ChildProcess => {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/test/kurrent/writer.js', eventStore, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  child.stdout?.on('data', (part: Buffer) => {
    const lines = (rest + part.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) told.recorded.set(line.split(' ')[0] ?? '', Number(line.split(' ')[1]));
  });
  return child;
};

const kill = async (child: ChildProcess): Promise<void> => {
  insist(child.exitCode === null, 'a writer works until it is killed');
  if (child.signalCode !== null) return;
  const over = new Promise((resolve) => void child.once('close', resolve));
  child.kill('SIGKILL');
  await over;
};

const open = (eventStore: string, connection: Connection): Promise<KurrentLog> =>
  openKurrent({ eventStore, connection, kind: 'live', poolSize: 4, moreMigrations: [KurrentTables0000000000801] });

/** What must hold of a log, however its writers died. */
const judge = async ({ store }: KurrentLog, rows: readonly RecordedRow[], told: Told): Promise<void> => {
  rows.forEach(({ position }, index) => insist(position === index + 1, `positions are dense at ${index + 1}`));
  const versions = new Map<string, number>();
  const places = new Map<string, RecordedRow[]>();
  for (const row of rows) {
    insist(row.version === (versions.get(row.stream) ?? 0) + 1, `the versions of ${row.stream} have no gap`);
    versions.set(row.stream, row.version);
    const { commandId } = JSON.parse(row.meta) as { commandId: string };
    places.set(commandId, [...(places.get(commandId) ?? []), row]);
  }
  for (const [commandId, facts] of places) {
    const [first, last] = [facts[0], facts.at(-1)];
    insist(first?.stream === last?.stream && (last?.position ?? 0) - (first?.position ?? 0) === facts.length - 1, `the command ${commandId} is recorded once and in one piece`);
  }
  for (const [commandId, position] of told.recorded) {
    insist(places.get(commandId)?.at(-1)?.position === position, `the command ${commandId} stands where its writer was told`);
    insist((await store.findCommand(commandId))?.position === position, `the command ${commandId} is found`);
  }
  insist(rows.every(({ recordedAt }, index) => index === 0 || recordedAt >= (rows[index - 1]?.recordedAt ?? '')), 'time does not go back');
};

/** Writers of one log are killed at random moments, and answers are lost; then the log and its order are compared with each other and with what was told. */
export const killWriters = async (eventStore: string, server: TestServer | null, kills: number): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'threeloops-kurrent-kills-'));
  const database = await EmbeddedPostgres.start({ dataFolder: join(folder, 'one') });
  const empty = await EmbeddedPostgres.start({ dataFolder: join(folder, 'other') });
  const told: Told = { recorded: new Map() };
  const start = (): ChildProcess => startWriter(eventStore, addressOf(database.connection), told);
  const writers = Array.from({ length: writersAtOnce }, start);
  try {
    // The weather is for those who work, and on a slow machine beginning takes longer than a turn.
    while (told.recorded.size === 0 && writers.every(({ exitCode }) => exitCode === null)) await sleep(50);
    for (let turn = 0; turn < kills; turn += 1) {
      await sleep(randomInt(1_500, 3_500));
      if (server) server.weather.loseAnswers = randomInt(3);
      const which = randomInt(writersAtOnce);
      await kill(writers[which] as ChildProcess);
      writers[which] = start();
    }
    await sleep(1_500);
    await Promise.all(writers.map(kill));
    const log = await open(eventStore, database.connection);
    const rows = await log.store.readRows(0, most);
    await judge(log, rows, told);
    await log.close();
    // The order that somebody else makes from the server alone is the same.
    const again = await open(eventStore, empty.connection);
    insist(JSON.stringify(await again.store.readRows(0, most)) === JSON.stringify(rows), 'an order made anew is the same');
    await again.close();
    return `${kills} writers killed, ${told.recorded.size} commands told as recorded, ${rows.length} facts: none lost, none doubled, and the order made anew is the same`;
  } finally {
    await Promise.all(writers.map(kill)).catch(() => undefined);
    await database.stop();
    await empty.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
