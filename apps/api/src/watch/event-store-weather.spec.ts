import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IncidentDesk } from '#engine';
import { KurrentTables0000000000801, openKurrent } from '#kurrent';
import type { KurrentLog } from '#kurrent';
import { smallLibrary } from '#scenario';
import { withPostgres } from '#testing';
import { TestServer } from '../../../../test/kurrent/test-server.js';
import { FoldedViews } from '../../spec/folded-views.js';
import { FrontDoor } from '../../spec/front-door.js';
import type { Answer } from '../../spec/front-door.js';

const postgres = withPostgres();
let server: TestServer;
let log: KurrentLog;
let door: FrontDoor;

beforeEach(async () => {
  server = await TestServer.start();
  log = await openKurrent({ eventStore: server.address('city'), connection: await postgres.freshDatabase(), kind: 'live', moreMigrations: [KurrentTables0000000000801], deadlineMs: 500, patienceMs: 600 });
  const { store } = log;
  const views = new FoldedViews(store);
  door = await FrontDoor.open({}, ({ clock }) => ({ store, eventStore: store, views, history: views, desk: new IncidentDesk({ store, clock, library: () => smallLibrary, chance: () => 0.5 }) }));
});

afterEach(async () => {
  await door.close();
  await log.close();
  server.kill();
});

const report = (key: string): Promise<Answer> =>
  door.post('gridWorker', '/api/incidents', { channel: 'grid', gridCode: 'S1A1', ruleHint: 'E-01-02.1' }, { 'idempotency-key': key });
const readiness = (): Promise<Answer> => door.get('street', '/api/health/ready');

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 20_000; !(await holds());) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
};

describe('while the event store', () => {
  it.each([
    ['is away', () => server.kill(), () => server.revive(), /store\.(away|unknown-outcome)/],
    ['answers too late', () => { server.weather.slowMs = 3_000; }, () => { server.weather.slowMs = 0; }, /store\.(away|unknown-outcome)/],
    ['refuses', () => { server.weather.refuse = status.UNAVAILABLE; }, () => { server.weather.refuse = null; }, /store\.(away|unknown-outcome)/],
    ['does not let us in', () => { server.weather.refuse = status.PERMISSION_DENIED; }, () => { server.weather.refuse = null; }, /store\./],
  ] as const)('%s, commands get 503 with Retry-After, the health says so and why, and all goes on by itself', async (_weather, begin, end, code) => {
    expect(await readiness()).toMatchObject({ status: 200, json: { info: { eventStore: { status: 'up' } } } });
    const before = await report(randomUUID());
    expect(before.status).toBe(201);
    begin();
    const key = randomUUID();
    const refused = await report(key);
    expect(refused).toMatchObject({ status: 503, json: { code: expect.stringMatching(code) }, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(await readiness()).toMatchObject({ status: 503, json: { code: 'engine.not-ready', details: { error: { eventStore: { status: 'down', message: expect.stringMatching(/./) } } } } });
    await end();
    await until(async () => (await readiness()).status === 200);
    await until(async () => (await report(key)).status === 201);
    expect((await report(key)).status).toBe(201);
    expect(await log.store.readAll(0, 10)).toHaveLength(2);
  });
});
