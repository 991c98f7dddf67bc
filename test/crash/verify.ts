import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '#assembly';
import { toIso } from '#kernel';
import type { Instant, RecordedEvent } from '#kernel';
import { compareFigures } from '#figures';
import { compareReadModel } from '#readmodel';
import { check } from './checks.js';
import type { Check } from './checks.js';
import type { Ledger } from './ledger.js';
import { verifyCommands } from './verify-commands.js';
import { accountability, density, lives, reactions, storiesOf } from './verify-log.js';

const page = 5_000;
const quietMs = 2_500;
const patienceMs = 120_000;

const wholeLog = async (engine: Engine): Promise<readonly RecordedEvent[]> => {
  const log: RecordedEvent[] = [];
  for (;;) {
    const events = await engine.log.store.readAll(log.at(-1)?.position ?? 0, page);
    log.push(...events);
    if (events.length < page) return log;
  }
};

/**
 * Lets the clocks run out and answers a moment around which nothing is due: everything before it must be recorded, nothing after it may
 * be. Clocks that were extended far ahead are left pending.
 */
const quiesce = async (engine: Engine): Promise<Instant> => {
  engine.startWork();
  const until = performance.now() + patienceMs;
  for (;;) {
    await engine.settled(patienceMs);
    const next = await engine.log.deadlines.nextAt();
    const now = engine.clock.now();
    if (next === null || next > now + quietMs) {
      const { position } = await engine.log.store.head();
      await engine.settled(patienceMs);
      if ((await engine.log.store.head()).position === position) {
        await engine.stopWork();
        return now;
      }
    }
    if (performance.now() > until) throw new Error(`the clocks did not come to rest: the next moment is ${next === null ? 'none' : toIso(next)}, it is ${toIso(now)}`);
    await sleep(100);
  }
};

const views = async (engine: Engine): Promise<Check> => {
  const { equal, rows, differing, differences } = await compareReadModel(engine.log.store, engine.log.pool);
  const problems = differences.map(({ table, key, columns, live, rebuilt }) => `${table} ${JSON.stringify(key)} ${columns.join(', ')}: ${JSON.stringify(columns.map((column) => [live?.[column], rebuilt?.[column]]))}`);
  const seen = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return check('the views equal a rebuild', seen, equal ? [] : [`rows that differ: ${JSON.stringify(differing)}`, ...problems]);
};

const ledgers = async (engine: Engine): Promise<Check> => {
  const { equal, incidents, differing } = await compareFigures({ store: engine.log.store, pool: engine.log.pool });
  return check('the ledgers of the figures equal a rebuild', incidents, equal ? [] : differing);
};

/** Who the views say is accountable, against the facts: two ways that share no code. */
const holders = async (engine: Engine, log: readonly RecordedEvent[]): Promise<Check> => {
  const owners = new Map<string, string | null>();
  for (const { stream, type, data } of log) {
    const { accountableUnit } = data as { accountableUnit?: string };
    if (accountableUnit !== undefined) owners.set(stream, accountableUnit);
    if (['Closed', 'ForceClosed', 'Declined', 'Voided', 'Merged'].includes(type)) owners.delete(stream);
  }
  const { rows } = await engine.log.pool.query<{ incident_id: string; accountable_unit: string | null }>('select incident_id, accountable_unit from views.incident where open');
  const problems = rows.flatMap(({ incident_id, accountable_unit }) => {
    const owner = owners.get(`incident-${incident_id}`) ?? null;
    return owner === accountable_unit ? [] : [`${incident_id}: the views say ${accountable_unit}, the facts ${owner}`];
  });
  return check('the views name the accountable unit of every open incident', rows.length, problems);
};

export interface Verdict {
  readonly checks: readonly Check[];
  readonly facts: number;
  readonly incidents: number;
}

/** 验证 Compares what the senders remember, the log and everything that follows from it. */
export const verify = async (engine: Engine, ledger: Ledger): Promise<Verdict> => {
  const until = await quiesce(engine);
  const log = await wholeLog(engine);
  const stories = storiesOf(log);
  const overdue = await engine.log.pool.query<{ stream: string }>('select stream from engine.deadlines where at <= $1', [toIso(until)]);
  const checks = [
    ...verifyCommands(ledger, log), density(log), lives(stories, until), accountability(stories, engine.shelf.library().current), reactions(stories),
    check('nothing is overdue in the index of deadlines', log.length, overdue.rows.map(({ stream }) => stream)), await views(engine), await ledgers(engine), await holders(engine, log),
  ];
  return { checks, facts: log.length, incidents: stories.size };
};
