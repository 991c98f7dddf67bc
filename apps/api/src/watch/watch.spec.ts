import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../spec/front-door.js';

describe('a program that reads the figures of the process', () => {
  const metricsToken = 'a-token-of-its-own-that-nobody-guesses';
  const asked = async (door: FrontDoor, method: string, path: string, authorization: string): Promise<number> => (await door.ask(null, method, path, { headers: { authorization } })).status;

  it('gets them by a token of its own, and gets nowhere else by it', async () => {
    const door = await FrontDoor.open({ metricsToken });
    try {
      expect(await asked(door, 'GET', '/api/health/metrics', `Bearer ${metricsToken}`)).toBe(200);
      for (const wrong of [`Bearer ${metricsToken}x`, `Bearer ${metricsToken.slice(1)}`, 'Bearer ', metricsToken]) expect(await asked(door, 'GET', '/api/health/metrics', wrong)).toBe(401);
      for (const [method, path] of [['GET', '/api/health/ready'], ['GET', '/api/incidents'], ['POST', '/api/incidents'], ['GET', '/api/stream']] as const) {
        expect(await asked(door, method, path, `Bearer ${metricsToken}`)).toBe(401);
      }
    } finally {
      await door.close();
    }
  });

  it('gets nothing where no token was set', async () => {
    const door = await FrontDoor.open();
    try {
      expect(await asked(door, 'GET', '/api/health/metrics', 'Bearer undefined')).toBe(401);
    } finally {
      await door.close();
    }
  });
});

describe('watching the engine', () => {
  let door: FrontDoor;
  let behind = 0;
  let hindrance: string | null = null;
  let anomaly: { since: number; aheadMs: number } | null = null;
  beforeAll(async () => {
    door = await FrontDoor.open({ lagMax: 2 }, ({ clock, store }) => ({
      clock: { now: () => clock.now(), anomaly: () => anomaly },
      store: Object.assign(store, { hindrance: () => hindrance }),
      subscriptions: { positions: async () => new Map([['views', (await store.head()).position - behind]]) },
    }));
    await door.reported();
  });
  afterAll(() => door.close());

  it('says that it is ready while the log answers, the views keep up and the clock runs', async () => {
    expect(await door.get('street', '/api/health/ready')).toMatchObject({
      status: 200, json: { status: 'ok', info: { database: { status: 'up', position: 1 }, subscriptions: { status: 'up', lags: { views: 0 } }, clock: { status: 'up' } } },
    });
  });

  it('says that it is not while a subscription lags too far', async () => {
    for (let report = 0; report < 3; report += 1) await door.reported();
    behind = 3;
    const answer = await door.get('street', '/api/health/ready');
    behind = 0;
    expect(answer).toMatchObject({ status: 503, json: { code: 'engine.not-ready', details: { error: { subscriptions: { status: 'down', lags: { views: 3 }, lagMax: 2 } } } } });
  });

  it('says that it is not while the log can be read and takes no facts', async () => {
    hindrance = 'The disk of the database is full.';
    const answer = await door.get('street', '/api/health/ready');
    hindrance = null;
    expect(answer).toMatchObject({ status: 503, json: { details: { error: { database: { status: 'down', message: 'The disk of the database is full.' } } } } });
  });

  it('says that the clock is held, and goes on', async () => {
    anomaly = { since: Date.parse('2026-11-23T01:00:00Z'), aheadMs: 7_200_000 };
    const answer = await door.get('street', '/api/health/ready');
    const metrics = await door.get('administrator', '/api/health/metrics');
    anomaly = null;
    expect(answer).toMatchObject({ status: 200, json: { status: 'degraded', details: { clock: { status: 'degraded', heldSince: '2026-11-23T01:00:00.000Z', aheadMs: 7_200_000 } } } });
    expect(metrics.text).toContain('threeloops_clock_anomaly 1');
  });

  it('says that it is not while the log does not answer', async () => {
    const away = await FrontDoor.open({}, ({ store }) => ({ store: Object.assign(Object.create(store) as typeof store, { head: () => Promise.reject(new Error('gone')) }) }));
    try {
      expect(await away.get('street', '/api/health/ready')).toMatchObject({ status: 503, json: { details: { error: { database: { status: 'down', message: 'The log cannot be read.' } } } } });
      expect(await away.get(null, '/api/health/live')).toMatchObject({ status: 200 });
    } finally {
      await away.close();
    }
  });

  it('says how Kafka is doing, and that a broker that is away keeps nobody from work', async () => {
    const out = { state: 'working' as const, error: null, published: 7 };
    const into = { state: 'broker-away' as const, error: 'No Kafka broker answers.', lag: 3, consumed: 5, restarts: 1, alarms: 2, deadLettered: 4 };
    const exchange = await FrontDoor.open({}, () => ({ exchange: { status: () => ({ out, in: into }) } }));
    try {
      expect(await exchange.get('street', '/api/health/ready')).toMatchObject({ status: 200, json: { status: 'degraded', details: { kafka: { status: 'degraded', out, in: into } } } });
      const { text } = await exchange.get('administrator', '/api/health/metrics');
      for (const row of ['out_working 1', 'out_published 7', 'in_working 0', 'in_lag 3', 'in_consumed 5', 'in_restarts 1', 'in_alarms 2', 'in_dead_lettered 4']) expect(text).toContain(`threeloops_kafka_${row}`);
    } finally {
      await exchange.close();
    }
  });

  it('counts answers by route and not by address', async () => {
    const id = await door.reported();
    await door.get('street', `/api/incidents/${id}`);
    const { text, headers } = await door.get('administrator', '/api/health/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(/threeloops_http_seconds_count\{method="GET",route="\/api\/incidents\/:id",status="200"\} [1-9]/);
    expect(text).toMatch(/threeloops_log_position [1-9]/);
    expect(text).toMatch(/threeloops_subscription_position\{subscription="views"\} [1-9]/);
    expect(text).not.toContain(id);
  });

  it('writes one line per answer: who by number, what by route, never what was said', async () => {
    door.logged.length = 0;
    const correlationId = '0190a0f0-0000-4000-8000-00000000000c';
    await door.get('street', '/api/incidents?holder=S1-roads', { 'x-correlation-id': correlationId });
    const line = JSON.parse(door.logged.find((each) => each.includes(correlationId)) as string) as Record<string, unknown>;
    expect(line).toMatchObject({ msg: 'answered', method: 'GET', route: '/api/incidents', status: 200, account: door.accounts.get('street')?.id, role: 'street-dispatcher' });
    expect(JSON.stringify(line)).not.toContain('S1-roads');
    await door.get('street', '/api/accounts');
    expect(JSON.parse(door.logged.at(-1) as string)).toMatchObject({ status: 403, code: 'role.not-permitted', route: '/api/accounts' });
  });

  it('shows its operations to those who are signed in', async () => {
    const index = await door.get('street', '/api/docs');
    expect(index.text).toContain('<code>/api/incidents/{id}/first-contact</code>');
    expect((await door.get('street', '/api/docs/json')).json).toMatchObject({ openapi: expect.stringMatching(/^3\./), paths: { '/api/incidents': { post: { operationId: 'report' } } } });
  });

  it('tells every page\'s browser to load nothing from elsewhere, and needs nothing from elsewhere', async () => {
    for (const address of ['/', '/login', '/api/docs']) {
      const { text } = await door.get(address === '/login' ? null : 'street', address);
      expect(text).not.toMatch(/<script|https?:\/\/|style="|onclick/);
    }
  });
});
