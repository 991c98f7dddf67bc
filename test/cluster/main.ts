import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RecordedEvent } from '#kernel';
import { diceOf } from '#play';
import { linesOf, passed } from '../crash/checks.js';
import type { Check } from '../crash/checks.js';
import { leaveNothingRunning } from '../crash/child.js';
import { trial } from '../crash/trial.js';
import { ClusterRig } from './cluster-rig.js';
import { StreamListener } from './listener.js';

const usage = `npm run test:cluster -- [--rounds N] [--workers N] [--people N] [--seed N]
  --rounds   blows dealt (default 6: one of each kind, at least 3)
  --workers  workers beside the two doors, 2 to 4 (default 3)
  --people   people at work at once (default 12)
  --seed     another order and other moments of the blows (default: drawn and printed)`;

const longestMs = 20 * 60_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: { rounds: { type: 'string' }, workers: { type: 'string' }, people: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) {
      say(usage);
      process.exit(0);
    }
    const wholeNumber = (name: 'rounds' | 'workers' | 'people' | 'seed', usual: number, least: number, most: number): number => {
      const value = values[name] === undefined ? usual : Number(values[name]);
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      throw new Error(`--${name} is a whole number from ${least} to ${most}, not "${values[name]}".`);
    };
    return { rounds: wholeNumber('rounds', 6, 3, 1_000), workers: wholeNumber('workers', 3, 2, 4), people: wholeNumber('people', 12, 1, 500), seed: wholeNumber('seed', Math.floor(Math.random() * 1e6), 0, 1e9) };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(2);
  }
};

const incidentFactsOf = async (rig: ClusterRig): Promise<readonly RecordedEvent[]> => {
  const engine = await rig.open();
  try {
    const log: RecordedEvent[] = [];
    for (;;) {
      const events = await engine.log.store.readAll(log.at(-1)?.position ?? 0, 5_000);
      log.push(...events);
      if (events.length < 5_000) return log.filter(({ stream }) => stream.startsWith('incident-'));
    }
  } finally {
    await engine.close();
  }
};

const main = async (): Promise<boolean> => {
  const { rounds, workers, people, seed } = readOptions();
  leaveNothingRunning();
  setTimeout(() => {
    process.stderr.write(`The trial did not end within ${longestMs / 60_000} minutes.\n`);
    process.exit(1);
  }, longestMs).unref();
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'threeloops-cluster-'));
  await chmod(folder, 0o711);
  say(`Cluster trial: two doors, ${workers} workers, ${rounds} rounds, seed ${seed}, ${people} people, data in ${folder}`);
  const rig = await ClusterRig.on(folder, workers);
  const dice = diceOf(seed);
  let listener: StreamListener | null = null;
  let streamed: Check | null = null;
  const { checks, figures } = await trial(rig, dice, {
    rounds, people, incidentsMax: 1_000 * rounds, say,
    onUp: (cast) => {
      const token = cast.people.find(({ role }) => role === 'city-dispatcher')?.token;
      if (token === undefined) throw new Error('nobody in the trial city sees all of it');
      listener = new StreamListener(() => rig.address(), token, () => dice.between(700, 4_000));
      return Promise.resolve();
    },
    onCalm: async () => {
      // Clocks go on, so the stream is compared as far as the log had come when the last fact was awaited.
      const log = await incidentFactsOf(rig);
      await listener?.until(log.at(-1)?.position ?? 0);
      streamed = listener?.compared(log) ?? null;
    },
  });
  const all: readonly Check[] = [...checks, ...(streamed ? [streamed] : []), ...rig.takeovers.checks()];
  for (const one of all) for (const line of linesOf(one)) say(line);
  say(`\n${Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(' · ')}`);
  const failures = all.filter((one) => !passed(one)).length;
  if (failures === 0) await rm(folder, { recursive: true, force: true });
  else say(`\nThe data stays in ${folder}; the same blows come again with --seed ${seed}.`);
  say(`${((performance.now() - began) / 1_000).toFixed(0)} s in all`);
  say(`${all.length - failures} passed, ${failures} failed`);
  return failures === 0;
};

main().then((good) => process.exit(good ? 0 : 1), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
