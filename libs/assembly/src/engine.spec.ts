import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { deterministicId, streamOf } from '#engine';
import { minute } from '#kernel';
import { SimulatedClock } from '#memory';
import { compareReadModel, rebuildReadModel } from '#readmodel';
import { Engine, kindOfLog } from './engine.js';
import { seed } from './seeding.js';
import { settingsFrom } from './settings.js';

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'threeloops-engine-'));
  folders.push(made);
  return made;
};

afterAll(async () => {
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

const dispatcher = { id: 'zhao', role: 'street-dispatcher', unit: 'YP-S-001' } as const;
const hotline = { id: 'hotline', role: 'channel', unit: 'hotline' } as const;
const noNotice = (notice: string, error?: unknown): void => {
  if (error) throw new Error(`${notice}: ${String(error)}`);
};

describe('an engine 引擎', () => {
  it('keeps a city, its incidents and its deadlines over a restart, and its views equal a rebuild', async () => {
    const dataFolder = await folder();
    const clock = new SimulatedClock(Date.parse('2026-11-03T02:00:00.000Z'));
    const open = () => Engine.open({ dataFolder, kind: 'live', clock, notice: noNotice });
    let ordinal = 0;
    const send = (engine: Engine, actor: typeof dispatcher | typeof hotline, type: string, data: object) => {
      const commandId = deterministicId('engine spec', (ordinal += 1));
      return engine.desk.execute({ command: { type, data: { incidentId: 'a', ...data } } as never, actor, commandId, correlationId: commandId });
    };

    let engine = await open();
    expect(engine.shelf.isEmpty).toBe(true);
    expect((await seed(engine, 'seeds/yangpu')).accounts.every(({ status }) => status === 'created')).toBe(true);
    engine.startWork();
    const [grid] = engine.shelf.library().current.reference.places.filter(({ kind, code }) => kind === 'grid' && code.startsWith('310110001'));
    await send(engine, hotline, 'ReportIncident', { channel: 'hotline', externalId: 'H-1', gridCode: grid?.code });
    await send(engine, dispatcher, 'AcceptIncident', {});
    await send(engine, dispatcher, 'FileIncident', { ruleId: 'C-01-01.2', grade: 'general' });
    await engine.settled();
    await engine.close();

    clock.advance(16 * minute);
    engine = await open();
    expect((await seed(engine, 'seeds/yangpu')).reference).toBe('already-in-force');
    engine.startWork();
    const climbed = async (): Promise<boolean> => (await engine.log.store.readStream(streamOf('a'))).some(({ type }) => type === 'Escalated');
    for (let turn = 0; turn < 500 && !(await climbed()); turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.settled();
    const row = await engine.views.incident({ places: null, unit: null }, 'a');
    expect(row).toMatchObject({ stage: 'filed', rung: 'district', escalations: 1, breachedClocks: expect.any(Number) });
    expect(await compareReadModel(engine.log.store, engine.log.pool)).toMatchObject({ equal: true });
    expect(await rebuildReadModel({ store: engine.log.store, pool: engine.log.pool })).toMatchObject({ status: 'swapped' });
    expect(await engine.views.incident({ places: null, unit: null }, 'a')).toEqual(row);
    await engine.close();
  }, 60_000);

  it('refuses a folder of another kind of log, and forgets only what it is told to', async () => {
    const dataFolder = join(await folder(), 'data');
    const engine = await Engine.open({ dataFolder, kind: 'demo', clock: new SimulatedClock(0), notice: noNotice });
    await expect(Engine.open({ dataFolder, kind: 'demo', clock: new SimulatedClock(0), notice: noNotice })).rejects.toMatchObject({ code: 'data.folder-in-use' });
    await expect(Engine.forget(dataFolder, 'demo')).rejects.toMatchObject({ code: 'data.folder-in-use' });
    await engine.close();
    await expect(Engine.open({ dataFolder, kind: 'live', notice: noNotice })).rejects.toMatchObject({ code: 'log.wrong-kind' });
    expect(await kindOfLog(dataFolder)).toBe('demo');
    await expect(Engine.forget(dataFolder, 'played')).rejects.toMatchObject({ code: 'log.wrong-kind' });
    await Engine.forget(dataFolder, 'demo');
    expect(await readdir(dataFolder)).toEqual([]);
    for (const empty of [dataFolder, join(dataFolder, 'nowhere')]) await expect(kindOfLog(empty)).rejects.toMatchObject({ code: 'log.none' });
    expect(await readdir(dataFolder)).toEqual([]);
    await writeFile(join(dataFolder, 'letters.txt'), 'mine');
    await expect(Engine.forget(dataFolder, 'demo')).rejects.toMatchObject({ code: 'log.wrong-kind' });
    expect(await readdir(dataFolder)).toEqual(['letters.txt']);
    expect(await kindOfLog(dataFolder)).toBe('live');
  }, 60_000);
});

describe('settings 设置', () => {
  it('are read from the environment, with defaults that let nobody else in', () => {
    expect(settingsFrom({})).toMatchObject({ host: '127.0.0.1', port: 8_300, https: false, behindProxy: false, logLevel: 'info', databaseUrl: undefined, watchPort: undefined });
    expect(settingsFrom({ THREELOOPS_PORT: '0', THREELOOPS_HTTPS: '1', DATABASE_URL: 'postgresql://h/d' })).toMatchObject({ port: 0, https: true, databaseUrl: 'postgresql://h/d' });
    expect(settingsFrom({ THREELOOPS_WATCH_PORT: '8310' })).toMatchObject({ port: 8_300, watchPort: 8_310 });
    expect(settingsFrom({ THREELOOPS_WATCH_PORT: '' }).watchPort).toBeUndefined();
  });

  it('refuse what cannot be meant, naming the variable', () => {
    for (const [name, value] of [['THREELOOPS_PORT', 'eighty'], ['THREELOOPS_PORT', '70000'], ['THREELOOPS_WATCH_PORT', 'eighty'], ['THREELOOPS_WATCH_PORT', '70000'], ['THREELOOPS_WATCH_PORT', '-1'], ['THREELOOPS_HTTPS', 'yes'], ['THREELOOPS_LOG', 'loud'], ['DATABASE_URL', 'mysql://x'], ['THREELOOPS_PATIENCE', 'long'], ['THREELOOPS_PATIENCE', '-1']] as const) {
      expect(() => settingsFrom({ [name]: value })).toThrow(expect.objectContaining({ code: 'setting.unreadable', details: expect.objectContaining({ setting: name }) }));
    }
  });
});
