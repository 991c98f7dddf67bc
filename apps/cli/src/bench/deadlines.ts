import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '#assembly';
import type { Order } from '#engine';
import type { CommandOf, IncidentCommandType } from '#incident';
import { minute } from '#kernel';
import type { Actor } from '#kernel';
import { SimulatedClock } from '#memory';
import type { City } from '#reference';
import { Progress } from '../progress.js';
import { insistAnswered, openEngine, openFrontDoor, signIn, Visitors } from './door.js';
import type { Group } from './group.js';
import { runAll } from './measure.js';
import { gridsOf, sealedText } from './reports.js';
import { rowOf } from './rows.js';

const incidents = 100_000;
const withinMs = minute;
const limitSeconds = 20;
const limitMegabytes = 500;
const visitorsPerSecond = 50;
const patienceMs = 5 * minute;
/** Ten in the morning of a working day. */
const beginsAt = Date.UTC(2026, 4, 11, 2);

const order = <Type extends IncidentCommandType>(type: Type, data: CommandOf<Type>['data'], actor: Actor): Order =>
  ({ command: { type, data } as unknown as Order['command'], actor, commandId: randomUUID(), correlationId: randomUUID() });

/** Reports an incident in a grid, accepts it and files it there, so that the clock for its dispatch runs; when that passes, it climbs to the street. */
const makeIncident = async ({ desk }: Engine, city: City, gridCode: string, ruleId: string): Promise<string> => {
  const incidentId = randomUUID();
  const path = city.pathOf(gridCode);
  const workstation = path && city.centre('grid', path);
  if (!workstation) throw new Error(`grid ${gridCode} has no workstation`);
  const worker: Actor = { id: `worker-${gridCode}`, role: 'grid-worker', unit: workstation.code };
  await desk.execute(order('ReportIncident', { incidentId, channel: 'grid', gridCode, description: sealedText(60), address: sealedText(30) }, worker));
  await desk.execute(order('AcceptIncident', { incidentId }, worker));
  await desk.execute(order('FileIncident', { incidentId, ruleId, grade: 'general' }, worker));
  return incidentId;
};

/** A rule that the grid has a duty for everywhere, and that does not enter higher. */
const ruleForGrids = (city: City): string => {
  const grids = gridsOf(city).flatMap((code) => city.pathOf(code) ?? []);
  const direct = new Set(city.reference.policy.directEntry.map(({ subject }) => subject));
  const rule = city.reference.catalogue.rules.find((each) => !direct.has(each.subclassCode) && !direct.has(each.classCode) && grids.every((path) => city.dutiesFor(each, 'grid', path).length > 0));
  if (!rule) throw new Error('the seeded city has no rule that every grid has a duty for');
  return rule.ruleId;
};

/** Files all incidents, the moments of filing spread over a minute. Answers their numbers. */
const fileAll = async (engine: Engine, clock: SimulatedClock): Promise<readonly string[]> => {
  const city = engine.shelf.library().current;
  const grids = gridsOf(city);
  const ruleId = ruleForGrids(city);
  const progress = new Progress('deadlines-100k: filing', incidents, 'incidents');
  const ids: string[] = [];
  await runAll(incidents, 256, async (index) => {
    clock.set(beginsAt + Math.floor((index * withinMs) / incidents));
    ids.push(await makeIncident(engine, city, grids[index % grids.length] ?? '', ruleId));
    progress.set(ids.length);
  });
  progress.finish();
  return ids;
};

/** Turns the clock and waits until everything that is due by then is recorded. In seconds. */
const passTo = async ({ log }: Engine, clock: SimulatedClock, at: number, label: string): Promise<number> => {
  const before = (await log.store.head()).position;
  const progress = new Progress(`deadlines-100k: ${label}`, null, 'facts');
  const began = performance.now();
  clock.set(at);
  for (;;) {
    const next = await log.deadlines.nextAt();
    const tookMs = performance.now() - began;
    if (next === null || next > at) {
      progress.finish();
      return tookMs / 1_000;
    }
    if (tookMs > patienceMs) throw new Error(`not everything that was due was recorded within ${patienceMs / minute} minutes`);
    progress.set((await log.store.head()).position - before);
    await sleep(50);
  }
};

const countOf = async ({ log }: Engine, type: string, after: number): Promise<number> =>
  Number((await log.pool.query<{ count: string }>('select count(*) from engine.events where position > $1 and type = $2', [after, type])).rows[0]?.count);

/** Highest resident memory of this process from now on, in megabytes. */
const watchMemory = (): (() => number) => {
  const megabytes = (): number => process.memoryUsage.rss() / 1_000_000;
  let highest = megabytes();
  const timer = setInterval(() => {
    highest = Math.max(highest, megabytes());
  }, 200);
  return () => {
    clearInterval(timer);
    return Math.max(highest, megabytes());
  };
};

/** 100,000 incidents whose limits pass within one minute, in an engine that goes on serving people; and what they take in memory. */
export const measureDeadlines = async (group: Group): Promise<void> => {
  const clock = new SimulatedClock(beginsAt);
  const engine = await openEngine(group, { clock });
  engine.startWork();
  const host = await openFrontDoor(engine);
  const visitors = new Visitors(host.url, await signIn(engine), engine);
  try {
    const ids = await fileAll(engine, clock);
    await engine.settled(patienceMs);
    const highestMemory = watchMemory();
    const { limits, warnAt } = engine.shelf.library().current.reference.policy;
    const limitMs = limits.grid.dispatch.amount * 60 * minute;
    // As in life, everybody has been warned before the limit passes.
    await passTo(engine, clock, beginsAt + withinMs + limitMs * warnAt, 'warning');
    await engine.settled(patienceMs);
    const { position } = await engine.log.store.head();
    const visit = visitors.come({ habit: 'daily', connections: 10, perSecond: visitorsPerSecond, seconds: patienceMs / 1_000 }, ids.slice(0, 1_000));
    await sleep(2_000);
    const began = performance.now();
    const seconds = await passTo(engine, clock, beginsAt + withinMs + limitMs, 'breaching and climbing');
    visitors.stop();
    const visited = await visit;
    insistAnswered('daily', visited);
    await engine.settled(patienceMs);
    const shownSeconds = (performance.now() - began) / 1_000;
    const [breached, climbed] = [await countOf(engine, 'DeadlineBreached', position), await countOf(engine, 'Escalated', position)];
    if (breached !== incidents || climbed !== incidents) throw new Error(`${breached} breaches and ${climbed} climbs were recorded of ${incidents}`);
    if (group.wanted.has('deadlines-100k')) {
      group.say(rowOf('deadlines-100k', seconds, 's', limitSeconds, { p99Ms: visited.p99Ms, p50Ms: visited.p50Ms, maxMs: visited.maxMs, requestsPerSecond: Math.round(visited.perSecond), secondsUntilShown: Number(shownSeconds.toFixed(1)) }));
    }
    if (group.wanted.has('memory-100k')) group.say(rowOf('memory-100k', highestMemory(), 'MB', limitMegabytes, { atTheEndMb: Math.round(process.memoryUsage.rss() / 1_000_000) }));
  } finally {
    visitors.leave();
    await host.close();
    await engine.close();
  }
};
