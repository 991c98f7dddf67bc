import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { day, fromIso, partitionOf } from '#kernel';
import type { Actor } from '#kernel';
import { figureOf, ledgerOf, metricNamed, metrics } from '#metrics';
import type { FigureQuestion, Ledger, Metric } from '#metrics';
import type { PostgresLog } from '#postgres';
import { withPostgres } from '#testing';
import { FigureDesk } from './figure-desk.js';
import type { FreezeOrder } from './figure-desk.js';
import { figureMigrations } from './figure-tables.js';
import { FiguresProjector } from './figures-projector.js';
import { FrozenShelf } from './frozen-shelf.js';
import { LedgerShelf } from './ledger-shelf.js';
import { compareFigures, rebuildFigures } from './rebuild-figures.js';
import { reckon } from './reckon.js';
import { factsUpTo, project, record } from './spec-log.js';

jest.setTimeout(120_000);
const postgres = withPostgres();
const open = (): Promise<PostgresLog> => postgres.openLog({ moreMigrations: figureMigrations });
const whenever = { from: null, before: null, by: null, filter: {} } as const;
const analyst: Actor = { id: 'an', role: 'analyst', unit: 'YP-centre' };

const byFold = async (log: PostgresLog, position: number): Promise<readonly Ledger[]> =>
  [...(await factsUpTo(log, position)).values()].flatMap((facts) => ledgerOf(facts) ?? []).sort((a, b) => a.firstPosition - b.firstPosition);

const kept = async (log: PostgresLog, position: number, places: readonly string[] | null = null): Promise<readonly Ledger[]> => {
  const found: Ledger[] = [];
  for await (const page of new LedgerShelf(log.pool, log.store).ledgers({ position, cohorts: ['due'], from: null, before: null, places, filter: {} })) found.push(...page);
  return found;
};

const momentOf = async (log: PostgresLog, position: number): Promise<number> => fromIso((await log.store.readAll(position - 1, 1))[0]?.recordedAt ?? '');

describe('the kept ledgers', () => {
  let log: PostgresLog;
  let head: number;
  beforeAll(async () => {
    log = await open();
    await record(log, 7, 120);
    head = (await log.store.head()).position;
    await project(log);
  });

  it('are those that a replay from the first fact leads to, and stand where the log stands', async () => {
    expect(await new LedgerShelf(log.pool, log.store).position()).toBe(head);
    expect(await kept(log, head)).toEqual(await byFold(log, head));
    expect(await compareFigures({ store: log.store, pool: log.pool })).toEqual({ equal: true, position: head, incidents: 120, differing: [] });
  });

  it('are exact as of any past position, though the incidents went on since', async () => {
    for (const part of [0.01, 0.2, 0.5, 0.73, 0.99]) {
      const position = Math.max(1, Math.floor(head * part));
      expect(await kept(log, position)).toEqual(await byFold(log, position));
    }
    expect(await kept(log, 0)).toEqual([]);
  });

  it('answer a period with the same figures as all ledgers together, in every metric, now and in the past', async () => {
    for (const position of [head, Math.floor(head * 0.6)]) {
      const all = await byFold(log, position);
      const at = await momentOf(log, position);
      const begin = all[0]?.reported.at ?? 0;
      for (const [from, before] of [[null, null], [begin + Math.floor((at - begin) / 3), at], [begin, begin + Math.floor((at - begin) / 2)], [at, at + day]] as const) {
        const question: FigureQuestion = { ...whenever, from, before, at, by: 'street' };
        const asked = { ...question, position, places: null };
        const book = new LedgerShelf(log.pool, log.store);
        const together = await reckon(book, metrics, asked);
        for (const [index, metric] of metrics.entries()) {
          const expected = figureOf(metric, all, question);
          expect([metric.name, together[index]]).toEqual([metric.name, expected]);
          expect([metric.name, (await reckon(book, [metric], asked))[0]]).toEqual([metric.name, expected]);
        }
      }
    }
  });

  it('stay inside a jurisdiction', async () => {
    const all = await byFold(log, head);
    const { street, grid } = all[0]?.place ?? { street: '', grid: '' };
    expect(await kept(log, head, [street])).toEqual(all.filter(({ place }) => place.street === street));
    expect(await kept(log, head, [grid])).toEqual(all.filter(({ place }) => place.grid === grid));
    expect(await kept(log, head, [])).toEqual([]);
  });

  it('are found out when somebody alters them, and put right by a rebuild', async () => {
    const { rows } = await log.pool.query<{ stream: string }>(`update figures.ledger set ledger = replace(ledger, '"round":1', '"round":2') where stream = (select min(stream) from figures.ledger) returning stream`);
    expect(await compareFigures({ store: log.store, pool: log.pool })).toMatchObject({ equal: false, differing: rows.map(({ stream }) => stream) });
    expect(await rebuildFigures({ store: log.store, pool: log.pool })).toEqual({ status: 'swapped', position: head, incidents: 120 });
    expect(await compareFigures({ store: log.store, pool: log.pool })).toMatchObject({ equal: true });
  });

  it('go on after a rebuild from where it ended, and fence out whoever held the lease', async () => {
    const before = await log.subscriptions.acquire('figures', 'old', 60_000);
    if (!before) throw new Error('the lease is taken');
    await rebuildFigures({ store: log.store, pool: log.pool });
    await expect(log.subscriptions.advance(before, head)).rejects.toMatchObject({ name: 'Fenced' });
    await record(log, 8, 10);
    await project(log);
    expect(await compareFigures({ store: log.store, pool: log.pool })).toMatchObject({ equal: true, incidents: 130 });
  });
});

describe('ledgers kept in parts', () => {
  it('are compared where each part stands, and put to one position by a rebuild', async () => {
    const log = await open();
    await record(log, 4, 20);
    const { store, subscriptions, pool } = log;
    const head = (await store.head()).position;
    await subscriptions.divide('figures', 2);
    for (const [index, to] of [[0, head], [1, Math.floor(head / 3)]] as const) {
      const lease = await subscriptions.acquire('figures', 'spec', 60_000, { index, of: 2 });
      if (!lease) throw new Error('the lease is taken');
      const facts = (await store.readAll(0, to)).filter(({ stream }) => partitionOf(stream, 2) === index);
      await subscriptions.advance(lease, to, (await new FiguresProjector().handle(facts, { after: 0, to })) ?? undefined);
    }
    expect(await new LedgerShelf(pool, store).position()).toBe(Math.floor(head / 3));
    expect(await kept(log, Math.floor(head / 3))).toEqual(await byFold(log, Math.floor(head / 3)));
    expect(await compareFigures({ store, pool })).toMatchObject({ equal: true, position: head });
    expect(await rebuildFigures({ store, pool })).toMatchObject({ status: 'swapped', position: head });
    expect(await kept(log, head)).toEqual(await byFold(log, head));
    expect((await subscriptions.positions()).get('figures')).toBe(head);
  });
});

describe('delivering facts twice', () => {
  it('changes nothing, whole batches and halves of them', async () => {
    const log = await open();
    await record(log, 3, 15);
    const events = await log.store.readAll(0, 10_000);
    const client = await log.pool.connect();
    try {
      await new FiguresProjector().project(client, events);
      await new FiguresProjector().project(client, events.slice(0, 40));
      const again = new FiguresProjector();
      await again.project(client, events.slice(20, 60));
      await again.project(client, events.slice(60));
    } finally {
      client.release();
    }
    expect(await kept(log, events.length)).toEqual(await byFold(log, events.length));
  });
});

describe('freezing a period', () => {
  const two = ['closureRate', 'handleDuration'].map((name) => metricNamed(name) as Metric);
  const deskOf = (log: PostgresLog): FigureDesk => new FigureDesk(log.store, new LedgerShelf(log.pool, log.store), new FrozenShelf(log.pool));
  const orderOf = async (log: PostgresLog, more: Partial<FreezeOrder> = {}): Promise<FreezeOrder> => {
    const { position } = await log.store.head();
    const commandId = randomUUID();
    return { figuresId: randomUUID(), commandId, correlationId: commandId, fingerprint: 'asked', actor: analyst, metrics: two, asked: { ...whenever, by: 'street', at: await momentOf(log, position), position, places: null }, ...more };
  };

  it('puts figures, definitions and a hash into the log, and computes the same again though the log went on', async () => {
    const log = await open();
    await record(log, 5, 40);
    await project(log);
    const order = await orderOf(log);
    const frozen = await deskOf(log).freeze(order);
    expect(frozen).toMatchObject({ figuresId: order.figuresId, metrics: [{ name: 'closureRate', version: 1 }, { name: 'handleDuration', version: 1 }], sha256: expect.stringMatching(/^[0-9a-f]{64}$/), frozenBy: 'an' });
    expect(frozen.content.definitions.map(({ chinese }) => chinese)).toEqual(['结案率', '处置时长']);
    await record(log, 6, 20);
    await project(log);
    expect(await deskOf(log).recomputed(order.figuresId)).toMatchObject({ same: true, sha256: frozen.sha256, recomputedSha256: frozen.sha256, redefined: [], differing: [] });
    expect((await deskOf(log).latest(10)).map(({ figuresId }) => figuresId)).toEqual([order.figuresId]);
    expect(await compareFigures({ store: log.store, pool: log.pool })).toMatchObject({ equal: true });
  });

  it('says when the ledgers say something else than what was frozen', async () => {
    const log = await open();
    await record(log, 5, 40);
    await project(log);
    const order = await orderOf(log);
    const frozen = await deskOf(log).freeze(order);
    await log.pool.query(`delete from figures.ledger where stream in (select stream from figures.ledger where ledger like '%"kind":"inspected"%' limit 3)`);
    const recomputed = await deskOf(log).recomputed(order.figuresId);
    expect(recomputed).toMatchObject({ same: false, sha256: frozen.sha256 });
    expect(recomputed.differing.map(({ metric }) => metric)).toContain('closureRate');
  });

  it('answers the same order with what it led to, and refuses its number for another one', async () => {
    const log = await open();
    await record(log, 9, 5);
    await project(log);
    const order = await orderOf(log);
    const first = await deskOf(log).freeze(order);
    expect(await deskOf(log).freeze(order)).toEqual(first);
    expect((await log.store.readAll(0, 10_000)).filter(({ type }) => type === 'PeriodFrozen')).toHaveLength(1);
    await expect(deskOf(log).freeze({ ...order, fingerprint: 'another' })).rejects.toMatchObject({ code: 'command.id-reused' });
    await expect(deskOf(log).read(randomUUID())).rejects.toMatchObject({ code: 'figures.unknown' });
  });
});
