import { setTimeout as sleep } from 'node:timers/promises';
import { moreMigrations } from '#assembly';
import { SubscriptionLoop } from '#engine';
import type { EventStore } from '#kernel';
import { openPostgres } from '#postgres';
import type { PostgresLog } from '#postgres';
import { ReadModelProjector, rebuildReadModel } from '#readmodel';
import { Progress } from '../progress.js';
import type { Group } from './group.js';
import { notice } from './group.js';
import { fillLog } from './million-facts.js';
import { measurePast } from './past.js';
import { loadLibrary } from './reports.js';
import { rowOf } from './rows.js';

const facts = 1_000_000;
const page = 5_000;
/** The live projector is watched for so long; the rate follows from how far it comes. */
const catchUpMs = 10_000;

const secondsToRead = async (store: EventStore, onPage: (position: number) => void): Promise<number> => {
  const began = performance.now();
  for (let position = 0; position < facts; onPage(position)) {
    const events = await store.readAll(position, page);
    position = events.at(-1)?.position ?? facts;
  }
  return (performance.now() - began) / 1_000;
};

/** Facts per second of the projector that runs in every engine, on its way from the first fact on. */
const catchUpRate = async ({ store, subscriptions }: PostgresLog): Promise<number> => {
  const loop = new SubscriptionLoop(new ReadModelProjector(), store, subscriptions, 'bench', (name, error) => notice(name, error));
  const began = performance.now();
  loop.start();
  await sleep(catchUpMs);
  await loop.stop();
  const seconds = (performance.now() - began) / 1_000;
  return ((await subscriptions.positions()).get('views') ?? 0) / seconds;
};

/** The views from the first fact on, beside merely reading and parsing the same facts. */
export const measureViews = async (group: Group): Promise<void> => {
  const { databaseUrl, say, wanted } = group;
  const log = await openPostgres({ connection: { connectionString: databaseUrl }, kind: 'live', moreMigrations });
  try {
    const filling = new Progress('views-rebuild: writing a log', facts, 'facts');
    await fillLog(log, await loadLibrary(), facts, (done) => filling.set(done));
    filling.finish();
    const caughtUp = await catchUpRate(log);
    const reading = new Progress('views-rebuild: reading', 2 * facts, 'facts');
    const before = await secondsToRead(log.store, (position) => reading.set(position));
    const building = new Progress('views-rebuild: building', facts, 'facts');
    const { seconds, incidents } = await rebuildReadModel({ store: log.store, pool: log.pool, onProgress: ({ position }) => building.set(position) });
    building.finish();
    const after = await secondsToRead(log.store, (position) => reading.set(facts + position));
    reading.finish();
    if (wanted.has('views-rebuild')) say(rowOf('views-rebuild', facts / seconds, 'facts/s', (2 * facts) / (before + after), { seconds: Math.round(seconds), incidents, catchUpPerSecond: Math.round(caughtUp) }));
    if (wanted.has('as-of-incident') || wanted.has('as-of-board')) await measurePast(group, log);
  } finally {
    await log.close();
  }
};
