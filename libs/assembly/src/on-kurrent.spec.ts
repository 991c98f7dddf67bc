import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deterministicId, isIncidentStream } from '#engine';
import type { IncidentEvent } from '#events';
import { ExportVerifier, parsePolicy } from '#evidence';
import { compareFigures } from '#figures';
import { hour } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { SimulatedClock } from '#memory';
import { dayOf, midnightBefore, Player } from '#play';
import { compareReadModel, rebuildReadModel } from '#readmodel';
import { foldIncident } from '#views';
import type { IncidentView } from '#views';
import { TestServer } from '../../../test/kurrent/test-server.js';
import { Engine } from './engine.js';
import { seed } from './seeding.js';

/** One engine for the whole file: what is done to it in one rule stands in the next. */
let server: TestServer;
let dataFolder: string;
let engine: Engine;
let clock: SimulatedClock;

const everything = { places: null, unit: null } as const;
const open = async (): Promise<Engine> => {
  const opened = await Engine.open({ dataFolder, kind: 'live', clock, notice: () => undefined, eventStore: server.address('yangpu') });
  opened.startWork();
  return opened;
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 30_000; !(await holds());) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
};

const signed = (): Promise<void> => until(async () => {
  const { checkpoints, logPosition } = await engine.evidence.book.status();
  return checkpoints.sha256?.size === logPosition && checkpoints.sm3?.size === logPosition;
});

beforeAll(async () => {
  server = await TestServer.start();
  dataFolder = await mkdtemp(join(tmpdir(), 'threeloops-kurrent-'));
  const midnight = midnightBefore(Date.UTC(2026, 10, 3), 480);
  clock = new SimulatedClock(midnight);
  engine = await open();
  await seed(engine, 'seeds/yangpu', { accounts: false });
  const { desk, log: { store }, shelf } = engine;
  const scripts = dayOf(shelf.library().current, { seed: 1, incidents: 25, midnight, photo: null });
  await new Player({ desk, store, clock, library: shelf.library, until: midnight + 72 * hour }).play(scripts);
  await engine.settled();
}, 240_000);

afterAll(async () => {
  await engine.close();
  server.kill();
  await rm(dataFolder, { recursive: true, force: true });
});

describe('an engine whose facts are in KurrentDB', () => {
  it('plays a day of incidents, and its views and figures equal a rebuild', async () => {
    const { store, pool } = engine.log;
    expect((await store.head()).position).toBeGreaterThan(200);
    expect((await pool.query('select from engine.events')).rowCount).toBe(0);
    expect(await compareReadModel(store, pool)).toMatchObject({ equal: true });
    expect(await rebuildReadModel({ store, pool })).toMatchObject({ status: 'swapped' });
    expect(await compareReadModel(store, pool)).toMatchObject({ equal: true });
    expect(await compareFigures({ store, pool })).toMatchObject({ equal: true });
  }, 120_000);

  it('shows the past as a fold of the facts up to then', async () => {
    const facts = (await engine.log.store.readAll(0, 100_000)).filter(({ stream }) => isIncidentStream(stream)) as RecordedEvent<IncidentEvent>[];
    for (const share of [0.2, 0.5, 0.9]) {
      const position = facts[Math.floor(facts.length * share)]?.position ?? 0;
      const views = new Map<string, IncidentView>();
      for (const fact of facts) if (fact.position <= position) views.set(fact.stream, foldIncident(views.get(fact.stream) ?? null, fact));
      const expected = [...views.values()].map(({ incident }) => incident).toSorted((a, b) => (a.incidentId < b.incidentId ? -1 : 1));
      const { items } = await engine.history.asOf(position).incidents(everything, {}, { sort: 'reportedAt', direction: 'ascending', limit: 200, cursor: null });
      expect(items.toSorted((a, b) => (a.incidentId < b.incidentId ? -1 : 1))).toEqual(expected);
    }
  }, 60_000);

  it('signs what stands in KurrentDB: an export verifies, and the whole log is found as it was signed', async () => {
    await signed();
    const verifier = new ExportVerifier({ policy: parsePolicy((await engine.evidence.book.status()).keys) });
    let text = '';
    for await (const lines of await engine.evidence.book.exportLines(1)) text += lines;
    for (const line of text.split('\n').slice(0, -1)) if (!verifier.take(Buffer.from(line))) break;
    expect(verifier.end()).toMatchObject({ verdict: 'ok' });
    expect(await engine.evidence.check()).toBeNull();
  }, 60_000);

  it('goes on where it was after a restart', async () => {
    const { position } = await engine.log.store.head();
    await engine.close();
    engine = await open();
    expect((await engine.log.store.head()).position).toBe(position);
    expect((await seed(engine, 'seeds/yangpu', { accounts: false })).reference).toBe('already-in-force');
    await engine.settled();
  }, 60_000);

  it('goes on by itself after the event store was away: who asked meanwhile is answered, and loops and views follow', async () => {
    const { desk, log: { store, pool }, shelf } = engine;
    const [grid] = shelf.library().current.reference.places.filter(({ kind }) => kind === 'grid');
    const report = (ordinal: number) => {
      const commandId = deterministicId('away', ordinal);
      return desk.execute({ command: { type: 'ReportIncident', data: { incidentId: `away-${ordinal}`, channel: 'hotline', externalId: `A-${ordinal}`, gridCode: grid?.code } } as never, actor: { id: 'hotline', role: 'channel', unit: 'hotline' }, commandId, correlationId: commandId });
    };
    const { position } = await store.head();
    server.kill();
    const asked = Promise.all([1, 2, 3, 4, 5].map(report));
    await new Promise((resolve) => void setTimeout(resolve, 1_000));
    await server.revive();
    expect((await asked).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'recorded'));
    expect((await store.head()).position).toBe(position + 5);
    await engine.settled();
    expect(await compareReadModel(store, pool)).toMatchObject({ equal: true });
  }, 60_000);

  it('finds at its very position a fact that somebody changed in the files of the event store', async () => {
    await signed();
    const position = 120;
    const [row] = await engine.log.store.readRows(position - 1, 1);
    const at = server.log.entries.findIndex(({ stream, revision }) => stream === `yangpu.${row?.stream}` && revision === (row?.version ?? 0) - 1);
    const was = server.log.entries[at];
    const changes = [(data: Buffer) => Buffer.from(data.toString('utf8').replace(/\d/, (digit) => (digit === '1' ? '2' : '1'))), (data: Buffer) => Buffer.alloc(data.length, 0xff)];
    for (const change of changes) {
      server.log.alter(at, (entry) => ({ ...entry, data: change(Buffer.from(entry.data)) }));
      expect(await engine.evidence.check()).toMatchObject({ code: 'evidence.fact-differs', position });
      if (was) server.log.alter(at, () => was);
    }
    expect(await engine.evidence.check()).toBeNull();
  }, 60_000);

  it('finds what was scavenged there as lost, and not as never recorded', async () => {
    const entry = server.log.entries.find(({ stream, revision }) => stream.startsWith('yangpu.incident-') && revision === 1);
    server.log.scavenge(entry?.stream ?? '', 1);
    expect(await engine.evidence.check()).toMatchObject({ code: 'evidence.fact-differs', message: expect.stringContaining('missing') });
  }, 60_000);
});
