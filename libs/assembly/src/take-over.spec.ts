import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Engine } from './engine.js';
import { seed } from './seeding.js';

let folder: string | null = null;
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

interface Held {
  readonly name: string;
  readonly owner: string;
  readonly epoch: string;
}

describe('an engine that was killed', () => {
  it('holds nothing up: the next one on its data folder goes on at once, though no lease has run out', async () => {
    folder = await mkdtemp(join(tmpdir(), 'threeloops-take-over-'));
    const dataFolder = join(folder, 'data');
    const open = () => Engine.open({ dataFolder, kind: 'live', notice: () => undefined });
    const first = await open();
    first.startWork();
    await seed(first, 'seeds/yangpu', { accounts: false });
    await first.settled();
    const { rows: held } = await first.log.pool.query<Held>('select name, owner, epoch from engine.subscriptions where owner is not null');
    await first.close();

    const next = await open();
    const inParts = ['deadlines', 'figures', 'loops', 'views'].flatMap((name) => [0, 1, 2, 3].map((part) => `${name}/${part}`));
    expect(held.map(({ name }) => name).sort()).toEqual([...inParts, 'evidence'].sort());
    // As a killed engine leaves it: nobody gave the leases back.
    for (const { name, owner } of held) {
      await next.log.pool.query(`update engine.subscriptions set position = 0, owner = $2, lease_until = clock_timestamp() + interval '1 hour' where name = $1`, [name, owner]);
    }
    next.startWork();
    await next.settled(5_000);
    await next.close();
  }, 60_000);

  it('before it had marked its folder leaves a folder that any kind of log may still take', async () => {
    folder ??= await mkdtemp(join(tmpdir(), 'threeloops-take-over-'));
    const dataFolder = join(folder, 'cut-off');
    await mkdir(dataFolder);
    await writeFile(join(dataFolder, 'log-kind'), '');
    await Engine.forget(dataFolder, 'demo');
    const engine = await Engine.open({ dataFolder, kind: 'demo', notice: () => undefined });
    expect(await readFile(join(dataFolder, 'log-kind'), 'utf8')).toBe('demo\n');
    await engine.close();
  }, 60_000);
});
