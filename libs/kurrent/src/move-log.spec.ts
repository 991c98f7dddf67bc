import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CompactRange, encodeLeaf, sha256 } from '#evidence';
import { EvidenceTables0000000000501, PostgresEvidenceBook, PostgresStoredFacts, withDigests } from '#notary';
import type { StoredFacts } from '#notary';
import { openPostgres } from '#postgres';
import type { Connection, PostgresLog } from '#postgres';
import { appendOf, EvidenceLog, eventOf, someMoment, verifyExport } from '#testing';
import { TestServer } from '../../../test/kurrent/test-server.js';
import { KurrentTables0000000000801, moveToKurrent, moveToPostgres, refuseMoved } from './index.js';
import type { Moved, MoveParts } from './index.js';
import { freshDatabase, freshName, openOn } from './spec-servers.js';

let server: TestServer;
let eventStore: string;
let connection: Connection;
const moreMigrations = [EvidenceTables0000000000501, KurrentTables0000000000801];

beforeEach(async () => {
  server = await TestServer.start();
  eventStore = server.address(freshName());
  connection = await freshDatabase();
});

afterEach(() => server.kill());

const move = (more: Partial<MoveParts> = {}): Promise<Moved> => moveToKurrent({ connection, eventStore, moreMigrations, ...more });
const moveBack = (more: Partial<MoveParts> = {}): Promise<Moved> => moveToPostgres({ connection, eventStore, moreMigrations, ...more });
const inTable = (): Promise<PostgresLog> => openPostgres({ connection, kind: 'live', moreMigrations });

/** As the engine numbers them: several facts of one command, several commands on one stream, out of turn with others. */
const fill = async ({ store }: Pick<PostgresLog, 'store'>, count: number, from = 0): Promise<void> => {
  for (let turn = from; turn < from + count; turn += 1) {
    const stream = `incident-${turn % 7}`;
    await store.append(appendOf({
      stream, expectedVersion: (await store.readStream(stream)).length, decidedAt: someMoment + turn * 1_000, ...(turn % 3 === 0 ? { fingerprint: `f${turn}` } : {}),
      events: Array.from({ length: 1 + (turn % 3) }, (_none, index) => eventOf({ turn, index, text: '井盖"缺失"', number: 1e21 })),
    }));
  }
};

const rootOf = async (logId: string, facts: Pick<StoredFacts, 'readAll'>): Promise<string> => {
  const range = new CompactRange(sha256);
  for (const fact of await facts.readAll(0, 100_000)) range.push(sha256.leaf(encodeLeaf(logId, fact)));
  return range.root().toString('hex');
};

describe('a log that is moved', () => {
  it('into KurrentDB and, grown there, back keeps order, ids, moments, texts and commands, and every root that was signed', async () => {
    const signing = await EvidenceLog.open(connection);
    await fill(signing.log, 30);
    await signing.sign();
    const { checkpoints } = await signing.book.status();
    const { logId } = signing.log.identity;
    const before = await signing.log.store.readRows(0, 1_000);
    const commands = await Promise.all((await signing.log.store.readAll(0, 1_000)).map(({ commandId }) => signing.log.store.findCommand(commandId)));
    await signing.close();

    expect(await move()).toEqual({ status: 'moved', position: before.length });
    const there = await openOn(eventStore, { connection, moreMigrations });
    expect(there.identity.logId).toBe(logId);
    expect(await there.store.readRows(0, 1_000)).toEqual(before);
    expect(await Promise.all((await there.store.readAll(0, 1_000)).map(({ commandId }) => there.store.findCommand(commandId)))).toEqual(commands);
    const root = await rootOf(logId, there.store.storedFacts());
    expect(Buffer.from(root, 'hex').toString('base64')).toBe(checkpoints.sha256?.root);
    await fill(there, 10, 30);
    const grown = await there.store.readRows(0, 1_000);
    const grownRoot = await rootOf(logId, there.store.storedFacts());
    await there.close();

    expect(await moveBack()).toEqual({ status: 'moved', position: grown.length });
    const log = await inTable();
    await refuseMoved(log.pool);
    expect(await log.store.readRows(0, 1_000)).toEqual(grown);
    expect(await rootOf(logId, new PostgresStoredFacts(log.pool))).toBe(grownRoot);
    await fill(log, 5, 40);
    expect((await log.store.head()).position).toBeGreaterThan(grown.length);
    await log.close();

    expect(await move()).toMatchObject({ status: 'moved' });
    expect(await move()).toMatchObject({ status: 'was-there' });
  }, 120_000);

  it('and was cut off goes on where it stopped, whatever the server has heard of it', async () => {
    const log = await inTable();
    await fill(log, 400);
    const rows = await log.store.readRows(0, 10_000);
    await log.close();
    const stopping = new AbortController();
    expect(await move({ signal: stopping.signal, onProgress: () => stopping.abort() })).toMatchObject({ status: 'interrupted' });
    await expect(openOn(eventStore, { connection, moreMigrations })).rejects.toMatchObject({ code: 'log.wrong-store' });
    server.weather.loseAnswers = 2;
    expect(await move()).toEqual({ status: 'moved', position: rows.length });
    const there = await openOn(eventStore, { connection, moreMigrations });
    expect(await there.store.readRows(0, 10_000)).toEqual(rows);
    await there.close();
    const again = new AbortController();
    expect(await moveBack({ signal: again.signal, onProgress: () => again.abort() })).toMatchObject({ status: 'interrupted' });
    expect(await moveBack()).toEqual({ status: 'moved', position: rows.length });
  }, 120_000);

  it('is recorded in by nobody who was left running on the table', async () => {
    const left = await inTable();
    await fill(left, 3);
    await move();
    await expect(left.store.append(appendOf())).rejects.toThrow('moved to KurrentDB');
    await left.close();
  });

  it('goes only where nothing is or a part of itself', async () => {
    const log = await inTable();
    await fill(log, 5);
    await log.close();
    const other = await openOn(eventStore);
    await other.store.append(appendOf({ decidedAt: someMoment }));
    await other.close();
    await expect(move()).rejects.toMatchObject({ name: 'Refusal', code: 'log.another' });
    const name = freshName();
    await expect(move({ eventStore: server.address(name), moreMigrations })).resolves.toMatchObject({ status: 'moved' });
    await expect(move()).rejects.toMatchObject({ code: 'log.wrong-store', details: { found: name } });
  });
});

describe('an export of a log that was moved', () => {
  it('is made from what KurrentDB holds and verifies with the keys and checkpoints of before', async () => {
    const signing = await EvidenceLog.open(connection);
    await fill(signing.log, 12);
    await signing.sign();
    const policy = await signing.policy();
    const { signers, clock } = signing;
    await signing.close();
    await move();
    const there = await openOn(eventStore, { connection, moreMigrations });
    const book = new PostgresEvidenceBook({ pool: there.pool, facts: withDigests(there.store.storedFacts()), logId: there.identity.logId, signers, clock, witnesses: [], problemOf: () => null, witnessesNeeded: 0 });
    let text = '';
    for await (const lines of await book.exportLines(1)) text += lines;
    expect(verifyExport(text, policy)).toMatchObject({ verdict: 'ok', details: { facts: (await there.store.head()).position } });
    await there.close();
  });
});
