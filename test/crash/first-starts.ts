import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Engine, seed } from '#assembly';
import type { Dice } from '#play';
import { check } from './checks.js';
import type { Check } from './checks.js';
import { Child, serverOf, signal } from './child.js';

const quiet = (): void => undefined;

/** The engine is killed while it starts for the first time, again and again on the same folder; the last start is left alone. */
const interrupted = async (folder: string, deathsMs: readonly number[], hard: boolean): Promise<readonly string[]> => {
  const environment = { THREELOOPS_DATA: folder };
  for (const ms of deathsMs) {
    const child = Child.start('engine', 'engine', environment);
    await sleep(ms);
    await child.kill();
    const server = serverOf(folder);
    if (hard && server !== null) signal(server, 'SIGKILL');
  }
  const child = Child.start('engine', 'engine', environment);
  const [, address] = await child.says(/ answers at (\S+) /);
  const { status } = await fetch(`${address}/api/health/live`, { signal: AbortSignal.timeout(30_000) });
  const { code } = await child.terminate();
  const engine = await Engine.open({ dataFolder: folder, kind: 'live', notice: quiet });
  try {
    const { reference } = await seed(engine, 'seeds/yangpu', { accounts: false });
    const { position } = await engine.log.store.head();
    return [
      ...(status === 200 && code === 0 ? [] : [`it answered ${status} and ended with ${code}`]),
      ...(position === 1 && reference === 'already-in-force' ? [] : [`after it the log holds ${position} facts`]),
    ];
  } finally {
    await engine.close();
  }
};

/** 首次启动 A first start may be cut off at any moment: the next one finds a whole city or none. */
export const firstStarts = async (folder: string, dice: Dice, times: number): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  for (let time = 0; time < times; time += 1) {
    const deaths = [dice.between(300, 1_500), dice.between(500, 3_000)].map(Math.round);
    const hard = time % 2 === 1;
    const problems = await interrupted(join(folder, `first-${time}`), deaths, hard).catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    checks.push(check(`a first start killed after ${deaths.join(' ms and again after ')} ms${hard ? ', the database with it' : ''}, comes up whole`, 1, problems));
  }
  return checks;
};
