import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diceOf } from '#play';
import type { Dice } from '#play';
import { check, linesOf, passed } from './checks.js';
import type { Check } from './checks.js';
import { leaveNothingRunning } from './child.js';
import { firstStarts } from './first-starts.js';
import { FullDiskRig } from './full-disk.js';
import { refusals } from './refusals.js';
import { SharedRig, StandaloneRig } from './rigs.js';
import type { Rig } from './rigs.js';
import { trial } from './trial.js';
import type { TrialOptions } from './trial.js';

const usage = `npm run test:crash -- [--rounds N] [--seed N] [--people N] [--only standalone|shared|full-disk|refusals|first-starts]
  --rounds  blows dealt to each of the two set-ups (default 20, at least 1)
  --seed    another order and other moments of the blows (default: drawn and printed)
  --people  people at work at once (default 32)
  --only    one part instead of all five`;

const firstStartsUsual = 4;
const parts = ['standalone', 'shared', 'full-disk', 'refusals', 'first-starts'] as const;

const wholeNumber = (name: string, text: string | undefined, usual: number, least: number, most: number): number => {
  const value = text === undefined ? usual : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  process.stderr.write(`--${name} is a whole number from ${least} to ${most}, not "${text}".\n${usage}\n`);
  return process.exit(2);
};

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' }, people: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    const only = values.only as (typeof parts)[number] | undefined;
    if (only !== undefined && !parts.includes(only)) throw new Error(`--only is one of ${parts.join(', ')}, not "${values.only}".`);
    return {
      rounds: wholeNumber('rounds', values.rounds, 20, 1, 1_000), seed: wholeNumber('seed', values.seed, Math.floor(Math.random() * 1e6), 0, 1e9),
      people: wholeNumber('people', values.people, 32, 1, 500), only,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(2);
  }
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const inSeconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(0)} s`;

/** However slow the machine, the trial ends by then, and not well. */
const longestMs = 30 * 60_000;

type Figures = Readonly<Record<string, number>>;

/** 收盘表 What was counted, one column for each set-up. */
const closingLines = (columns: ReadonlyMap<string, Figures>): readonly string[] => {
  const rows = Object.keys([...columns.values()][0] ?? {});
  const widths = [...columns.keys()].map((name) => Math.max(12, name.length + 2));
  const line = (cells: readonly (string | number)[]): string => cells.map((cell, index) => (index === 0 ? String(cell).padEnd(26) : String(cell).padStart(widths[index - 1] ?? 12))).join('');
  return [line(['', ...columns.keys()]), ...rows.map((row) => line([row, ...[...columns.values()].map((figures) => figures[row] ?? '')]))];
};

class Sheet {
  readonly checks: Check[] = [];
  readonly columns = new Map<string, Figures>();

  /** Runs a part and prints what came of it; a part that breaks down is a failed check. */
  async part(title: string, work: () => Promise<readonly Check[]>): Promise<void> {
    const since = performance.now();
    const found = await work().catch((error: unknown): readonly Check[] => [
      { name: 'the part came to its end', seen: 1, problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] },
    ]);
    say(`\n${title} (${inSeconds(since)})`);
    for (const one of found) for (const line of linesOf(one)) say(line);
    this.checks.push(...found);
  }

  async struck(rig: Rig, dice: Dice, options: TrialOptions): Promise<readonly Check[]> {
    const { checks, figures } = await trial(rig, dice, options);
    this.columns.set(rig.name, figures);
    return checks;
  }
}

const fullDisk = (sheet: Sheet, folder: string, dice: Dice, options: TrialOptions): Promise<void> => {
  const rig = FullDiskRig.on(folder);
  if (!rig) {
    say('\nA disk that fills up: left out, since only root may mount one');
    return Promise.resolve();
  }
  return sheet.part('A disk that fills up and is cleared again', async () => [
    ...(await sheet.struck(rig, dice, { ...options, onUp: (cast) => Promise.resolve(void (rig.token = cast.people[0]?.token ?? '')) })),
    check('readiness tells that nothing can be written, and that it can be again', options.rounds, rig.problems),
  ]);
};

const main = async (): Promise<boolean> => {
  const { rounds, seed, people, only } = readOptions();
  leaveNothingRunning();
  setTimeout(() => {
    process.stderr.write(`The trial did not end within ${longestMs / 60_000} minutes.\n`);
    process.exit(1);
  }, longestMs).unref();
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'threeloops-crash-'));
  await chmod(folder, 0o711);
  say(`Crash trial: ${rounds} rounds for each set-up, seed ${seed}, ${people} people at each, data in ${folder}`);
  const sheet = new Sheet();
  const options: TrialOptions = { rounds, people, incidentsMax: 60 * rounds, say };
  const wanted = (part: (typeof parts)[number], work: () => Promise<void>): Promise<void> => (only === undefined || only === part ? work() : Promise.resolve());
  // Two at a time: each spends much of its time waiting for the other's kind of thing, and neighbours make the moments more random.
  await Promise.all([
    wanted('standalone', () => sheet.part('Standalone engine', () => sheet.struck(new StandaloneRig(join(folder, 'standalone')), diceOf(seed), options))),
    wanted('shared', () => sheet.part('Two workers and a door on one database', async () => sheet.struck(await SharedRig.on(join(folder, 'shared')), diceOf(seed + 1), options))),
  ]);
  await wanted('full-disk', () => fullDisk(sheet, join(folder, 'full-disk'), diceOf(seed + 3), options));
  await Promise.all([
    wanted('refusals', () => sheet.part('Starts that must be refused', () => refusals(join(folder, 'refusals')))),
    wanted('first-starts', () => sheet.part('First starts that are cut off', () => firstStarts(join(folder, 'first-starts'), diceOf(seed + 2), firstStartsUsual))),
  ]);
  const failures = sheet.checks.filter((one) => !passed(one)).length;
  if (sheet.columns.size > 0) say(`\n${closingLines(sheet.columns).join('\n')}`);
  if (failures === 0) await rm(folder, { recursive: true, force: true });
  else say(`\nThe data stays in ${folder}; the same blows come again with --seed ${seed}.`);
  say(`\n${inSeconds(began)} in all`);
  say(`${sheet.checks.length - failures} passed, ${failures} failed`);
  return failures === 0;
};

main().then((good) => process.exit(good ? 0 : 1), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
