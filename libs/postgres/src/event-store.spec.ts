import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MigrationInterface } from 'typeorm';
import type { AppendResult } from '#kernel';
import { toIso } from '#kernel';
import { appendOf, cuttingProxy, eventOf, someMoment, withPostgres } from '#testing';
import type { PostgresLog } from './index.js';
import { migrations, openPostgres, PostgresKeyVault } from './index.js';
import { assertDense } from './recorded-rows.js';

const postgres = withPostgres();
/** For rules that are content with any log. */
let shared: PostgresLog;

beforeAll(async () => {
  shared = await postgres.openLog();
});

describe('the log in PostgreSQL', () => {
  it('refuses to change, remove or empty what is recorded, even for its owner', async () => {
    const { pool, store } = shared;
    await store.append(appendOf());
    const { position } = await store.head();
    for (const statement of [
      `update engine.events set data = '{}'`, 'delete from engine.events', 'truncate engine.events', `update engine.log set kind = 'live'`, 'delete from engine.log', 'truncate engine.log',
    ]) {
      await expect(pool.query(statement)).rejects.toThrow('what is recorded stays');
    }
    expect((await store.head()).position).toBe(position);
  });

  it('stores provenance and payload as the very texts that were serialised', async () => {
    const { store } = shared;
    const append = appendOf({ events: [eventOf({ b: 1, a: '杨浦 "区"', 'z ': 1e21 })] });
    await store.append(append);
    const [row] = await store.readRows((await store.head()).position - 1, 1);
    expect(row?.data).toBe('{"b":1,"a":"杨浦 \\"区\\"","z ":1e+21}');
    expect(row?.meta).toBe(JSON.stringify(append.provenance));
  });

  it('shows whoever follows it what was recorded here just as anybody else reads it', async () => {
    const connection = await postgres.freshDatabase();
    const [here, elsewhere] = [await postgres.openLog({ connection }), await postgres.openLog({ connection })];
    await here.store.append(appendOf());
    // From now on somebody follows.
    await here.store.readAll(0, 100);
    const odd = [{ gone: undefined, kept: 1 }, { moment: new Date(0) }, { minus: -0, no: Number.NaN }, [undefined, 1], { toJSON: () => 'else' }, JSON.parse('{"__proto__":1}') as unknown, Object.assign(Object.create(null) as object, { bare: 1 }), '字', null, { deep: { list: [{ gone: undefined }] } }];
    await Promise.all(odd.flatMap((data, turn) => [
      here.store.append(appendOf({ events: [eventOf(data), eventOf({ turn })], decidedAt: someMoment + turn })), (turn % 2 === 0 ? here : elsewhere).store.append(appendOf()),
    ]));
    const asked = jest.spyOn(here.store, 'readRows');
    for (const after of [0, 1, 7, 20]) expect(await here.store.readAll(after, 100)).toStrictEqual(await elsewhere.store.readAll(after, 100));
    expect(asked).toHaveBeenCalled();
    expect((await here.store.readAll(0, 100)).length).toBe(1 + 3 * odd.length);
  });

  it('is the same log after it was closed and opened again', async () => {
    const connection = await postgres.freshDatabase();
    const first = await openPostgres({ connection, kind: 'demo' });
    const append = appendOf();
    await first.store.append(append);
    await first.close();
    const second = await postgres.openLog({ connection, kind: 'demo' });
    expect(second.identity).toEqual(first.identity);
    expect(await second.store.append(append)).toMatchObject({ status: 'duplicate', position: 1 });
  });

  it('of one kind is never opened as another', async () => {
    const connection = await postgres.freshDatabase();
    await (await openPostgres({ connection, kind: 'played' })).close();
    await expect(openPostgres({ connection, kind: 'live' })).rejects.toMatchObject({ name: 'Refusal', code: 'log.wrong-kind', details: { found: 'played', asked: 'live' } });
  });

  it('that a newer engine has changed is refused, and left as it is', async () => {
    const connection = await postgres.freshDatabase();
    class FromTheFuture9000000000001 implements MigrationInterface {
      readonly name = 'FromTheFuture9000000000001';
      up = (): Promise<void> => Promise.resolve();
      down = (): Promise<void> => Promise.resolve();
    }
    await (await openPostgres({ connection, kind: 'live', moreMigrations: [FromTheFuture9000000000001] })).close();
    await expect(openPostgres({ connection, kind: 'live' })).rejects.toMatchObject({ name: 'Refusal', code: 'data.newer-version', details: { unknown: ['FromTheFuture9000000000001'] } });
  });

  it('is made once when several processes open an empty database at the same time', async () => {
    const connection = await postgres.freshDatabase();
    const logs = await Promise.all(Array.from({ length: 4 }, () => postgres.openLog({ connection })));
    expect(new Set(logs.map(({ identity }) => identity.logId)).size).toBe(1);
    const { rows } = await (logs[0] as (typeof logs)[0]).pool.query('select name from engine.schema_steps');
    expect(rows).toHaveLength(migrations.length);
  });

  it('fails one impossible append alone, not the batch that it came in', async () => {
    const { store } = shared;
    const before = (await store.head()).position;
    // No index row is that long, and the database says so only when it comes to it.
    const impossible = appendOf({ stream: randomBytes(6_000).toString('base64') });
    const results = await Promise.allSettled([...Array.from({ length: 30 }, () => appendOf()), impossible, ...Array.from({ length: 30 }, () => appendOf())].map((append) => store.append(append)));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(results[30]?.status).toBe('rejected');
    expect((await store.head()).position).toBe(before + 60);
  });

  it('turns away with store.busy what comes when too many appends are waiting, and records the others', async () => {
    const { store } = await postgres.openLog({ maxWaiting: 50 });
    const results = await Promise.allSettled(Array.from({ length: 300 }, () => store.append(appendOf())));
    const turnedAway = results.filter((result) => result.status === 'rejected');
    expect(turnedAway.length).toBeGreaterThan(0);
    expect(new Set(turnedAway.map(({ reason }) => (reason as { code: string }).code))).toEqual(new Set(['store.busy']));
    expect((await store.head()).position).toBe(300 - turnedAway.length);
  });

  it('finishes what is under way before it closes, and takes nothing more', async () => {
    const connection = await postgres.freshDatabase();
    const log = await openPostgres({ connection, kind: 'live' });
    const appends = Array.from({ length: 100 }, () => log.store.append(appendOf()));
    const closing = log.close();
    await expect(log.store.append(appendOf())).rejects.toMatchObject({ code: 'store.closed' });
    await closing;
    expect(new Set((await Promise.all(appends)).map(({ status }) => status))).toEqual(new Set(['recorded']));
  });

  it('says unavailable, and not failed, when the server stays away', async () => {
    const connection = await postgres.freshDatabase();
    const proxy = await cuttingProxy(connection);
    const log = await openPostgres({ connection: proxy.connection, kind: 'live', patienceMs: 300 });
    await proxy.close();
    await expect(log.store.append(appendOf())).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(log.store.head()).rejects.toMatchObject({ name: 'Unavailable', code: 'store.away' });
    await log.close();
  });

  it('says at once, with nothing recorded, that the disk is full, and works again when there is room', async () => {
    // Longer than the test may take.
    const { pool, store } = await postgres.openLog({ patienceMs: 600_000 });
    await pool.query(`create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$`);
    await pool.query('create trigger full_disk before insert on engine.events for each statement execute function no_room()');
    const [one, ...many] = await Promise.allSettled([store.append(appendOf()), ...Array.from({ length: 50 }, () => store.append(appendOf()))]);
    for (const result of [one, ...many]) expect(result).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable', code: 'store.full' } });
    expect(store.hindrance?.()).toBe('The disk of the database is full.');
    expect((await store.head()).position).toBe(0);
    await pool.query('drop trigger full_disk on engine.events');
    expect(await store.append(appendOf())).toMatchObject({ status: 'recorded', position: 1 });
    expect(store.hindrance?.()).toBeNull();
  });

  it('tells the listeners of other processes on the same database', async () => {
    const connection = await postgres.freshDatabase();
    const [here, there] = [await postgres.openLog({ connection }), await postgres.openLog({ connection })];
    const heard = new Promise<void>((resolve) => void there.store.onAppended(resolve));
    await here.store.append(appendOf());
    await heard;
    expect((await there.store.head()).position).toBe(1);
  });

  it('lets two processes append to one log: dense positions, one winner per version, every command once', async () => {
    const connection = await postgres.freshDatabase();
    const stores = await Promise.all([1, 2].map(async () => (await postgres.openLog({ connection })).store));
    const appends = Array.from({ length: 200 }, (_, index) => appendOf({ stream: `contested-${index % 50}`, events: [eventOf(), eventOf()] }));
    const results = await Promise.all(stores.flatMap((store) => appends.map((append) => store.append(append))));
    const count = (wanted: string): number => results.filter(({ status }) => status === wanted).length;
    // Of eight tries per stream one wins; the same command by way of the other process is a duplicate; six are conflicts.
    expect([count('recorded'), count('duplicate'), count('conflict')]).toEqual([50, 50, 300]);
    const events = await (stores[0] as (typeof stores)[0]).readAll(0, 1_000);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    const [one] = stores;
    const versions: number[] = [];
    await one?.readStreams(appends.map(({ stream }) => stream), ({ version }) => void versions.push(version));
    expect(versions).toEqual(Array.from({ length: 50 }, () => [1, 2]).flat());
  });
});

describe('one fact at a time', () => {
  it('from several processes at once stands behind the one before it, each with its version, its moment and nobody else\'s position', async () => {
    const connection = await postgres.freshDatabase();
    const stores = await Promise.all([1, 2, 3].map(async () => (await postgres.openLog({ connection })).store));
    const each = 60;
    const told = (await Promise.all(stores.map(async (store, process) => {
      const results: AppendResult[] = [];
      for (let turn = 0; turn < each; turn += 1) {
        // Some streams are new, some go on; the clocks of the processes are not the same.
        const [stream, expectedVersion] = turn % 2 === 0 ? [`one-${process}-${turn}`, 0] : [`long-${process}`, (turn - 1) / 2];
        results.push(await store.append(appendOf({ stream, expectedVersion, decidedAt: someMoment + turn * 10 - process * 1_000, events: [eventOf({ process, turn })] })));
      }
      return results;
    }))).flat();
    const events = await (stores[0] as (typeof stores)[0]).readAll(0, 1_000);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 3 * each }, (_, at) => at + 1));
    const positions = told.map((result) => (result.status === 'recorded' ? result.position : result.status));
    expect(positions.toSorted((a, b) => Number(a) - Number(b))).toEqual(events.map(({ position }) => position));
    const moments = new Map(events.map(({ position, recordedAt }) => [position, recordedAt]));
    for (const result of told) if (result.status === 'recorded') expect(moments.get(result.position)).toBe(result.recordedAt);
    expect(events.map(({ recordedAt }) => recordedAt)).toEqual(events.map(({ recordedAt }) => recordedAt).toSorted());
  });

  it('is told what is in its way, and is in nobody\'s when it was recorded', async () => {
    const { store } = await postgres.openLog();
    const first = appendOf({ stream: 's', decidedAt: someMoment + 1_000, events: [eventOf()] });
    expect(await store.append(first)).toMatchObject({ status: 'recorded', version: 1, position: 1 });
    expect(await store.append(first)).toMatchObject({ status: 'duplicate', version: 1, position: 1 });
    expect(await store.append(appendOf({ stream: 's', events: [eventOf()] }))).toEqual({ status: 'conflict', actualVersion: 1 });
    expect(await store.append(appendOf({ stream: 's', expectedVersion: 2, events: [eventOf()] }))).toEqual({ status: 'conflict', actualVersion: 1 });
    expect(await store.append(appendOf({ stream: 'empty', expectedVersion: 1, events: [eventOf()] }))).toEqual({ status: 'conflict', actualVersion: 0 });
    // Decided before the last fact was recorded: it holds from then on, or not any more.
    expect(await store.append(appendOf({ stream: 'late', decidedAt: someMoment, validUntil: someMoment + 500, events: [eventOf()] }))).toEqual({ status: 'expired', logTime: toIso(someMoment + 1_000) });
    expect(await store.append(appendOf({ stream: 'late', decidedAt: someMoment, validUntil: someMoment + 1_000, events: [eventOf()] }))).toMatchObject({ status: 'recorded', position: 2, recordedAt: toIso(someMoment + 1_000) });
    expect(await store.append(appendOf({ stream: 's', expectedVersion: 1, decidedAt: someMoment + 2_000, events: [eventOf()] }))).toMatchObject({ status: 'recorded', version: 2, position: 3, recordedAt: toIso(someMoment + 2_000) });
  });
});

describe('a reader of the log', () => {
  it('stops at a missing position instead of going past it', () => {
    expect(() => assertDense(4, [{ position: 5 }, { position: 6 }])).not.toThrow();
    expect(() => assertDense(4, [{ position: 5 }, { position: 7 }])).toThrow('position 6 is missing');
    expect(() => assertDense(4, [{ position: 6 }])).toThrow('position 5 is missing');
  });
});

describe('the key vault in PostgreSQL', () => {
  it('holds no key that opens anything without the key-encryption key', async () => {
    const { pool } = shared;
    const { keyId, key } = await new PostgresKeyVault(pool, randomBytes(32)).keyFor('市民甲');
    const { rows } = await pool.query<{ key: Buffer }>('select key from vault.subject_keys where key_id = $1', [keyId]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.key.includes(Buffer.from(key))).toBe(false);
    const stranger = new PostgresKeyVault(pool, randomBytes(32));
    await expect(stranger.keys([keyId])).rejects.toMatchObject({ name: 'Refusal', code: 'vault.wrong-key' });
    await expect(stranger.keyFor('市民甲')).rejects.toMatchObject({ code: 'vault.wrong-key' });
  });

  it('keeps no bytes of an erased key in its row, and remembers when it was erased', async () => {
    const { pool } = shared;
    const vault = new PostgresKeyVault(pool, randomBytes(32));
    await vault.keyFor('市民乙');
    await vault.erase('市民乙');
    const { rows } = await pool.query('select key, erased_at is not null as erased from vault.subject_keys where subject = $1', ['市民乙']);
    expect(rows).toEqual([{ key: null, erased: true }]);
  });

  it('does not let one wrapped key stand for another', async () => {
    const { pool } = shared;
    const vault = new PostgresKeyVault(pool, randomBytes(32));
    const [one, other] = [await vault.keyFor(`a-${randomUUID()}`), await vault.keyFor(`b-${randomUUID()}`)];
    await pool.query('update vault.subject_keys set key = (select key from vault.subject_keys where key_id = $2) where key_id = $1', [one.keyId, other.keyId]);
    await expect(vault.keys([one.keyId])).rejects.toMatchObject({ code: 'vault.wrong-key' });
  });
});
