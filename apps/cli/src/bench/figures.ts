import { setTimeout as sleep } from 'node:timers/promises';
import { moreMigrations } from '#assembly';
import { SubscriptionLoop } from '#engine';
import { FiguresProjector } from '#figures';
import type { EventStore } from '#kernel';
import { openPostgres } from '#postgres';
import type { PostgresLog } from '#postgres';
import { Progress } from '../progress.js';
import type { Group } from './group.js';
import { notice } from './group.js';
import { fillLog } from './million-facts.js';
import { loadLibrary } from './reports.js';
import { rowOf } from './rows.js';

const facts = 300_000;
const page = 5_000;
const lookEveryMs = 50;

const secondsToRead = async (store: EventStore): Promise<number> => {
  const began = performance.now();
  for (let position = 0; position < facts; ) position = (await store.readAll(position, page)).at(-1)?.position ?? facts;
  return (performance.now() - began) / 1_000;
};

/** The subscriber that runs in every engine, from the first fact to the last. */
const secondsToKeep = async ({ store, subscriptions }: PostgresLog, onLook: (position: number) => void): Promise<number> => {
  const loop = new SubscriptionLoop(new FiguresProjector(), store, subscriptions, 'bench', (name, error) => notice(name, error));
  const began = performance.now();
  loop.start();
  for (let position = 0; position < facts; onLook(position)) {
    await sleep(lookEveryMs);
    position = (await subscriptions.positions()).get('figures') ?? 0;
  }
  const seconds = (performance.now() - began) / 1_000;
  await loop.stop();
  return seconds;
};

/** Ledgers folded and stored by the live subscriber, beside merely reading and parsing the same facts. */
export const measureFigures = async ({ databaseUrl, say }: Group): Promise<void> => {
  const log = await openPostgres({ connection: { connectionString: databaseUrl }, kind: 'live', moreMigrations });
  try {
    const filling = new Progress('metrics-incremental: writing a log', facts, 'facts');
    await fillLog(log, await loadLibrary(), facts, (done) => filling.set(done));
    filling.finish();
    const before = await secondsToRead(log.store);
    const keeping = new Progress('metrics-incremental: keeping ledgers', facts, 'facts');
    const seconds = await secondsToKeep(log, (position) => keeping.set(position));
    keeping.finish();
    const after = await secondsToRead(log.store);
    const { rows } = await log.pool.query<{ incidents: string }>('select count(*) as incidents from figures.ledger');
    say(rowOf('metrics-incremental', facts / seconds, 'facts/s', (2 * facts) / (before + after), { seconds: Math.round(seconds), incidents: Number(rows[0]?.incidents) }));
  } finally {
    await log.close();
  }
};
