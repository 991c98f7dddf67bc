import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine, logTo, settingsFrom } from '#assembly';
import { addressOf } from '#postgres';
import { cuttingProxy, withPostgres } from '#testing';
import type { CuttingProxy } from '#testing';
import { beginWork } from './work.js';

const postgres = withPostgres();
const token = 'a-token-of-its-own-that-nobody-guesses';
const quiet = logTo('silent');
let folder: string;
let proxy: CuttingProxy;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threeloops-work-'));
  await writeFile(join(folder, 'token'), `${token}\n`);
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const opened = async (): Promise<Engine> => {
  proxy = await cuttingProxy(await postgres.freshDatabase());
  ends.push(() => proxy.close());
  return Engine.open({ dataFolder: join(folder, 'data'), kind: 'live', notice: () => undefined, databaseUrl: addressOf(proxy.connection) });
};

const settings = (port?: number) => settingsFrom({ THREELOOPS_METRICS_TOKEN_FILE: join(folder, 'token'), ...(port === undefined ? {} : { THREELOOPS_WATCH_PORT: String(port) }) });

const someone = async ({ doorkeeper }: Engine): Promise<string> => {
  const { id } = await doorkeeper.addAccount({ login: 'zhao', displayName: '赵', role: 'street-dispatcher', unit: 'S1-centre', place: 'S1' });
  return `Bearer ${(await doorkeeper.signInByLink(await doorkeeper.openLink('login', id), 'spec')).token}`;
};

/** A worker on a free port, somebody with a session, and a way to ask. */
const watched = async () => {
  const engine = await opened();
  const { url, close } = await beginWork(engine, settings(0), quiet);
  const ask = async (path: string, authorization?: string, method = 'GET') => {
    const answer = await fetch(`${url}${path}`, { method, ...(authorization === undefined ? {} : { headers: { authorization } }) });
    const text = await answer.text();
    return { status: answer.status, text, json: answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : {} };
  };
  return { engine, close, ask, session: await someone(engine) };
};

describe('a worker 值守进程', () => {
  it('says how it is to those who may know, as a door does, and answers nothing else', async () => {
    const { ask, close, session } = await watched();
    ends.push(close);
    expect(await ask('/api/health/live')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await ask('/api/health/ready', session)).toMatchObject({ status: 200, json: { info: { database: { status: 'up' }, clock: { status: 'up' } } } });
    expect(await ask('/api/health/metrics', session)).toMatchObject({ status: 403, json: { code: 'role.not-permitted' } });
    const figures = await ask('/api/health/metrics', `Bearer ${token}`);
    expect(figures.status).toBe(200);
    for (const figure of ['threeloops_log_position', 'threeloops_clock_ahead_ms', 'threeloops_subscription_position{subscription="loops"}', 'process_resident_memory_bytes']) expect(figures.text).toContain(`\n${figure} `);

    const closed = { status: 401, json: { code: 'session.missing' } };
    for (const path of ['/api/health/ready', '/api/health/metrics', '/', '/api/docs', '/login', '/api/incidents', '/api/nowhere']) expect([path, await ask(path)]).toEqual([path, expect.objectContaining({ ...closed, json: expect.objectContaining(closed.json) })]);
    expect(await ask('/api/health/metrics', `Bearer ${token}x`)).toMatchObject(closed);
    expect(await ask('/api/health/ready', `Bearer ${token}`)).toMatchObject(closed);
    expect(await ask('/api/sessions', undefined, 'POST')).toMatchObject(closed);
    for (const path of ['/api/incidents', '/api/docs', '/']) expect([path, (await ask(path, session)).status]).toEqual([path, 404]);
  }, 60_000);

  it('is not ready while its database is away, and lives on', async () => {
    const { ask, close, session } = await watched();
    ends.push(() => close().catch(() => undefined));
    expect((await ask('/api/health/ready', session)).status).toBe(200);
    await proxy.close();
    // Whoever was just here is still believed and told what is down; of anybody else nobody knows who it is.
    expect(await ask('/api/health/ready', session)).toMatchObject({ status: 503, json: { code: expect.stringMatching(/^(engine\.not-ready|store\.away)$/) } });
    expect((await ask('/api/health/live')).status).toBe(200);
  }, 60_000);

  it('that is stopped closes its address last', async () => {
    const { engine, ask, close } = await watched();
    const closeEngine = engine.close.bind(engine);
    let after = 0;
    engine.close = async () => {
      await closeEngine();
      after = (await ask('/api/health/live')).status;
    };
    await close();
    expect(after).toBe(200);
    await expect(ask('/api/health/live')).rejects.toThrow();
  }, 60_000);

  it('opens no port where none is set', async () => {
    const { url, close } = await beginWork(await opened(), settings(), quiet);
    ends.push(close);
    expect(url).toBeNull();
  }, 60_000);

  it('does not begin where its port is taken, and leaves nothing open', async () => {
    const squatter = createServer();
    const port = await new Promise<number>((resolve) => void squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as { port: number }).port)));
    ends.push(() => new Promise((resolve) => void squatter.close(resolve)));
    const engine = await opened();
    await expect(beginWork(engine, settings(port), quiet)).rejects.toMatchObject({ code: 'port.in-use', message: expect.stringContaining('THREELOOPS_WATCH_PORT'), details: { port } });
    expect(engine.log.pool.ended).toBe(true);
  }, 60_000);
});
