import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '#assembly';
import { insistAnswered, openEngine, signIn, Visitors } from './door.js';
import { Hand } from './hand.js';
import type { Group } from './group.js';
import { median, runAll } from './measure.js';
import { reportOrders } from './reports.js';
import { rowOf } from './rows.js';
import type { Row, RowName } from './rows.js';

const reports = 5_000;
const rounds = 2;
const connections = 64;
/** As many clients for one door as for four, so that only the doors differ. */
const crowdsAtDoors = 4;
const visitSeconds = 4;
const lagSeconds = 8;
const reportsPerSecond = 200;
const takeOverLimitSeconds = 10;
const patienceMs = 120_000;
const lookMs = 10;

/** What stands between the head of the log and the slowest of all that people wait for. */
const settled = (engine: Engine): Promise<void> => engine.settled(patienceMs);

interface Held {
  readonly parts: number;
  /** Parts with a good lease of one of these processes. */
  readonly good: number;
  /** Most and least that one of them has. */
  readonly most: number;
  readonly least: number;
}

const heldBy = async ({ log }: Engine, pids: readonly number[]): Promise<Held> => {
  const { rows } = await log.pool.query<{ pid: string | null }>(`select case when lease_until > clock_timestamp() then split_part(owner, '-', 1) end as pid from engine.subscriptions where parts > 1`);
  const counts = pids.map((pid) => rows.filter((row) => row.pid === String(pid)).length);
  return { parts: rows.length, good: counts.reduce((sum, count) => sum + count, 0), most: Math.max(...counts), least: Math.min(...counts) };
};

const until = async (holds: () => Promise<boolean>): Promise<number> => {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > patienceMs) throw new Error(`it did not come about within ${patienceMs} ms`);
    await sleep(lookMs);
  }
  return (performance.now() - began) / 1_000;
};

const sharedAmong = (engine: Engine, crew: readonly Hand[]): Promise<number> =>
  until(async () => {
    const { parts, good, most, least } = await heldBy(engine, crew.map(({ pid }) => pid));
    // One part more or less in each of the four subscriptions.
    return parts > 0 && good === parts && least > 0 && most - least <= 4;
  });

const withWorkers = async <Value>(group: Group, engine: Engine, count: number, work: (crew: readonly Hand[]) => Promise<Value>): Promise<Value> => {
  const crew = await Promise.all(Array.from({ length: count }, () => Hand.start('worker', group)));
  try {
    await sharedAmong(engine, crew);
    await settled(engine);
    return await work(crew);
  } finally {
    await Promise.all(crew.map((hand) => hand.end()));
  }
};

/** Reports per second from the first that is recorded until the last has gone through loops, deadlines, views and figures. */
const worked = async (engine: Engine): Promise<number> => {
  const order = reportOrders(engine.shelf.library().current);
  const began = performance.now();
  await runAll(reports, 256, () => engine.desk.execute(order()));
  await settled(engine);
  return reports / ((performance.now() - began) / 1_000);
};

/** Milliseconds from a report until the views have it, one sample every few reports, at a pace far below what is possible. */
const lags = async (engine: Engine): Promise<readonly number[]> => {
  const order = reportOrders(engine.shelf.library().current);
  const waiting: { readonly position: number; readonly at: number }[] = [];
  const seen: number[] = [];
  const end = performance.now() + lagSeconds * 1_000;
  const reporting = (async (): Promise<void> => {
    for (let next = performance.now(); next < end; next += 1_000 / reportsPerSecond) {
      await sleep(Math.max(0, next - performance.now()));
      const { position } = await engine.desk.execute(order());
      waiting.push({ position, at: performance.now() });
    }
  })();
  let over = false;
  void reporting.finally(() => (over = true));
  while (!over || waiting.length > 0) {
    const reached = await engine.views.position();
    const now = performance.now();
    for (let first = waiting[0]; first && first.position <= reached; first = waiting[0]) {
      seen.push(now - first.at);
      waiting.shift();
    }
    await sleep(lookMs);
  }
  await reporting;
  return seen.toSorted((a, b) => a - b);
};

const answeredBy = async (engine: Engine, token: string, doors: readonly Hand[]): Promise<number> => {
  const crowds = Array.from({ length: crowdsAtDoors }, (_none, index) => new Visitors((doors[index % doors.length] as Hand).url, token, engine));
  try {
    const results = await Promise.all(crowds.map((crowd) => crowd.come({ habit: 'report', connections: connections / crowds.length, seconds: visitSeconds })));
    for (const result of results) insistAnswered('report', result);
    return results.reduce((sum, { perSecond }) => sum + perSecond, 0);
  } finally {
    for (const crowd of crowds) crowd.leave();
  }
};

/** What several of a kind do beside what one does, by how many they are. */
const sayAgainstOne = (group: Group, rates: ReadonlyMap<number, readonly number[]>, unit: string, rows: readonly (readonly [RowName, number])[], also: Row['also'] & object): void => {
  const rateOf = (count: number): number => median(rates.get(count) ?? []);
  for (const [name, count] of rows) if (group.wanted.has(name)) group.say(rowOf(name, rateOf(count), unit, rateOf(1), also));
};

const measureWorkers = async (group: Group, engine: Engine): Promise<void> => {
  const rates = new Map<number, number[]>([[1, []], [2, []], [4, []]]);
  for (const [count, found] of rates) {
    await withWorkers(group, engine, count, async () => {
      for (let round = 0; round <= rounds; round += 1) {
        const rate = await worked(engine);
        // The first round warms up.
        if (round > 0) found.push(rate);
      }
    });
  }
  sayAgainstOne(group, rates, 'reports/s', [['workers-2', 2], ['workers-4', 4]], { shares: 'all processes, the database and the writer share the cores' });
};

const measureDoors = async (group: Group, engine: Engine): Promise<void> => {
  const token = await signIn(engine);
  const rates = new Map<number, number[]>([[1, []], [2, []], [4, []]]);
  const doors = await Promise.all(Array.from({ length: Math.max(...rates.keys()) }, () => Hand.start('door', group)));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const [count, found] of rates) {
        const rate = await answeredBy(engine, token, doors.slice(0, count));
        // The first round warms up.
        if (round > 0) found.push(rate);
      }
    }
    sayAgainstOne(group, rates, 'requests/s', [['doors-2', 2], ['doors-4', 4]], { client: `${crowdsAtDoors} processes that share the cores` });
  } finally {
    await Promise.all(doors.map((door) => door.end()));
  }
};

const measureLag = (group: Group, engine: Engine): Promise<void> =>
  withWorkers(group, engine, 2, async () => {
    const seen = await lags(engine);
    const at = (share: number): number => seen[Math.min(seen.length - 1, Math.floor(seen.length * share))] ?? Number.NaN;
    group.say(rowOf('lag-2-workers', at(0.99), 'ms', 1_000, { p50Ms: Math.round(at(0.5)), p90Ms: Math.round(at(0.9)), maxMs: Math.round(at(1)), reportsPerSecond }));
  });

const measureTakeOver = async (group: Group, engine: Engine): Promise<void> => {
  const found: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await withWorkers(group, engine, 2, async ([gone, stays]) => {
      if (!gone || !stays) throw new Error('there are not two workers');
      const began = performance.now();
      await gone.kill();
      await until(async () => {
        const { parts, good } = await heldBy(engine, [stays.pid]);
        return good === parts;
      });
      found.push((performance.now() - began) / 1_000);
    });
  }
  group.say(rowOf('take-over', Math.max(...found), 's', takeOverLimitSeconds, { medianS: Number(median(found).toFixed(1)), deaths: found.length }));
};

/** Several processes on one database: what more of them bring on this machine, how far behind they are, and how soon a dead one is replaced. */
export const measureScale = async (group: Group): Promise<void> => {
  const engine = await openEngine(group);
  try {
    if (group.wanted.has('workers-2') || group.wanted.has('workers-4')) await measureWorkers(group, engine);
    if (group.wanted.has('lag-2-workers')) await measureLag(group, engine);
    if (group.wanted.has('take-over')) await measureTakeOver(group, engine);
    if (group.wanted.has('doors-2') || group.wanted.has('doors-4')) await measureDoors(group, engine);
  } finally {
    await engine.close();
  }
};
