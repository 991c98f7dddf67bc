import { Progress } from '../progress.js';
import { insistAnswered, openEngine, openFrontDoor, signIn, Visitors } from './door.js';
import type { Group } from './group.js';
import { median } from './measure.js';
import type { LoadResult } from './load-client.js';
import { rowOf } from './rows.js';

const rounds = 4;
const seconds = 4;
const connections = 64;

/** Who comes to the door, and whether the durable processes work in the same process meanwhile. */
const visits = {
  nothing: { habit: 'nothing', working: false },
  report: { habit: 'report', working: false },
  'report beside the loops': { habit: 'report', working: true },
} as const;
type Visit = keyof typeof visits;

/**
 * Reports through the front door, in turns with requests that are only let in and checked. The row is the door alone, as `start:api` runs
 * it; beside it stands what is left of that when loops, deadlines and views work in the same process, as in `npm start`.
 */
export const measureHttp = async (group: Group): Promise<void> => {
  const engine = await openEngine(group);
  const host = await openFrontDoor(engine);
  const visitors = new Visitors(host.url, await signIn(engine), engine);
  const names = Object.keys(visits) as Visit[];
  const progress = new Progress('http-report', names.length * (rounds + 1), 'rounds');
  const results: Record<Visit, LoadResult[]> = { nothing: [], report: [], 'report beside the loops': [] };
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of names) {
        const { habit, working } = visits[name];
        if (working) engine.startWork();
        const result = await visitors.come({ habit, connections, seconds });
        insistAnswered(habit, result);
        // The first round warms up. What a round has left to be projected must not burden the next one.
        if (round > 0) results[name].push(result);
        engine.startWork();
        await engine.settled(120_000);
        await engine.stopWork();
        progress.add();
      }
    }
    progress.finish();
    const rate = (name: Visit): number => median(results[name].map(({ perSecond }) => perSecond));
    group.say(rowOf('http-report', rate('report'), 'requests/s', rate('nothing'), {
      p50Ms: median(results.report.map(({ p50Ms }) => p50Ms)), p99Ms: median(results.report.map(({ p99Ms }) => p99Ms)),
      besideTheLoopsPerSecond: Math.round(rate('report beside the loops')), besideTheLoopsRatio: Number((rate('report beside the loops') / rate('nothing')).toFixed(2)), client: 'shares the cores',
    }));
  } finally {
    visitors.leave();
    await host.close();
    await engine.close();
  }
};
