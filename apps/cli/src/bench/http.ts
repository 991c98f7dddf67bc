import { Progress } from '../progress.js';
import { insistAnswered, openEngine, openFrontDoor, signIn, Visitors } from './door.js';
import type { Group } from './group.js';
import { median } from './measure.js';
import type { LoadResult } from './load-client.js';
import { rowOf } from './rows.js';

const rounds = 4;
const seconds = 4;
const connections = 64;

/** Reports through the front door, in turns with requests that are only let in and checked. Views and loops work meanwhile as they always do. */
export const measureHttp = async (group: Group): Promise<void> => {
  const engine = await openEngine(group);
  engine.startWork();
  const host = await openFrontDoor(engine);
  const visitors = new Visitors(host.url, await signIn(engine), engine);
  const progress = new Progress('http-report', 2 * (rounds + 1), 'rounds');
  const results: Record<'report' | 'nothing', LoadResult[]> = { report: [], nothing: [] };
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const habit of ['nothing', 'report'] as const) {
        const result = await visitors.come({ habit, connections, seconds });
        insistAnswered(habit, result);
        // The first round warms up. What a round has left to be projected must not burden the next one.
        if (round > 0) results[habit].push(result);
        await engine.settled(120_000);
        progress.add();
      }
    }
    progress.finish();
    const rate = (habit: 'report' | 'nothing'): number => median(results[habit].map(({ perSecond }) => perSecond));
    group.say(rowOf('http-report', rate('report'), 'requests/s', rate('nothing'), {
      p50Ms: median(results.report.map(({ p50Ms }) => p50Ms)), p99Ms: median(results.report.map(({ p99Ms }) => p99Ms)), client: 'shares the cores',
    }));
  } finally {
    visitors.leave();
    await host.close();
    await engine.close();
  }
};
