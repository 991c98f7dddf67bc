import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Connection } from '../connection.js';
import { findBinaries } from './binaries.js';
import type { EmbeddedOptions } from './embedded-postgres.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { lockFolder } from './folder-lock.js';
import { chooseUser } from './ownership.js';
import { goneWithin, markOfProcess, pause } from './processes.js';
import { readServerFile } from './server-file.js';

let home: string;
let dataFolder: string;
const running: EmbeddedPostgres[] = [];

const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> => {
  const server = await EmbeddedPostgres.start({ dataFolder, settings: { shared_buffers: '16MB' }, ...options });
  running.push(server);
  return server;
};

const query = async <Row extends pg.QueryResultRow>(connection: Connection, text: string): Promise<readonly Row[]> => {
  const client = new pg.Client({ ...connection });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'threeloops-server-'));
  await chmod(home, 0o711);
  dataFolder = join(home, 'data');
  const server = await start();
  await query(server.connection, `create table kept as select 'yes' as kept`);
  await server.stop();
}, 60_000);

afterAll(async () => {
  for (const server of running) await server.stop();
  await rm(home, { recursive: true, force: true });
}, 60_000);

const kept = (server: EmbeddedPostgres): Promise<unknown> => query(server.connection, 'select kept from kept');
const yes = [{ kept: 'yes' }];

describe('the PostgreSQL inside', () => {
  it('keeps what was written from one start to the next', async () => {
    const server = await start();
    expect(await kept(server)).toEqual(yes);
    await server.stop();
  });

  it('speaks UTF-8, waits for the disk, and listens to nobody but the folder of its socket', async () => {
    const server = await start();
    const [settings] = await query(server.connection, `select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as addresses, current_setting('jit') as jit, upper('ä') as upper`);
    expect(settings).toEqual({ encoding: 'UTF8', fsync: 'on', commit: 'on', addresses: '', jit: 'off', upper: 'Ä' });
    const { mode } = await stat(server.connection.host ?? '');
    expect(mode & 0o077).toBe(0);
    expect(await query({ connectionString: server.url }, 'select current_database() as name')).toEqual([{ name: 'threeloops' }]);
    await server.stop();
  });

  it('refuses a second engine on the same data folder, and the first goes on', async () => {
    const server = await start();
    await expect(EmbeddedPostgres.start({ dataFolder })).rejects.toMatchObject({ name: 'Refusal', code: 'data.folder-in-use', details: { pid: process.pid } });
    expect(await kept(server)).toEqual(yes);
    await server.stop();
  });

  it('comes back by itself, under the same address, when it is killed', async () => {
    const notices: string[] = [];
    const server = await start({ onNotice: (notice) => notices.push(notice) });
    const { pid, url } = server;
    process.kill(pid ?? 0, 'SIGKILL');
    while (!notices.some((notice) => notice.includes('up again'))) await pause(10);
    expect(server.pid).not.toBe(pid);
    expect(server.url).toBe(url);
    expect(await kept(server)).toEqual(yes);
    await server.stop();
  }, 30_000);

  it('recovers what was committed after an immediate stop', async () => {
    const first = await start();
    await query(first.connection, 'create table committed as select 1 as one');
    await first.immediateStop();
    const second = await start();
    expect(await query(second.connection, 'select one from committed')).toEqual([{ one: 1 }]);
    await second.stop();
  }, 30_000);

  it('stops a server that a killed engine left behind, and starts on its data', async () => {
    const orphan = await leaveOrphan();
    const notices: string[] = [];
    const server = await start({ onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([expect.stringContaining(`process ${orphan}`)]);
    expect(await markOfProcess(orphan)).toBeNull();
    expect(await kept(server)).toEqual(yes);
    await server.stop();
  }, 30_000);

  it('leaves a stranger alone whose process id stands in the file of a dead server', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
    await writeFile(join(dataFolder, 'postgres', 'postmaster.pid'), `${stranger.pid}\n${join(dataFolder, 'postgres')}\n1\n5432\n/nowhere\n\n0 0\nready\n`);
    const server = await start();
    expect(await kept(server)).toEqual(yes);
    expect(await markOfProcess(stranger.pid ?? 0)).not.toBeNull();
    await server.stop();
    stranger.kill();
  }, 30_000);

  it('refuses data of a newer PostgreSQL and leaves them as they are', async () => {
    const path = join(dataFolder, 'postgres', 'PG_VERSION');
    const version = await readFile(path, 'utf8');
    await writeFile(path, '99\n');
    await expect(EmbeddedPostgres.start({ dataFolder })).rejects.toMatchObject({ name: 'Refusal', code: 'data.newer-version' });
    await writeFile(path, version);
    const server = await start();
    expect(await kept(server)).toEqual(yes);
    await server.stop();
  });

  it('works in a folder whose path is too long for a socket and closed to the user it runs as, and cleans up a half-made database', async () => {
    const closed = join(home, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const deep = join(closed, '很深的文件夹'.repeat(6), 'data');
    await mkdir(join(deep, 'postgres.new', 'half'), { recursive: true });
    const server = await start({ dataFolder: deep, settings: { shared_buffers: '16MB', fsync: 'off' } });
    expect(await query(server.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    const socketFolder = server.connection.host ?? '';
    expect(Buffer.byteLength(socketFolder)).toBeLessThan(90);
    await server.stop();
    await expect(stat(socketFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  }, 30_000);
});

describe('the lock of a data folder', () => {
  const lockPath = (): string => join(dataFolder, 'engine.lock');

  it('is free again when it is released', async () => {
    const lock = await lockFolder(dataFolder);
    await expect(lockFolder(dataFolder)).rejects.toMatchObject({ code: 'data.folder-in-use' });
    await lock.release();
    await (await lockFolder(dataFolder)).release();
  });

  it('of a dead process is taken over', async () => {
    await writeFile(lockPath(), JSON.stringify({ pid: 2 ** 22 + 1, mark: 'long gone', token: 't' }));
    await (await lockFolder(dataFolder)).release();
  });

  it('of a dead process is taken over even when its id belongs to somebody else by now', async () => {
    await writeFile(lockPath(), JSON.stringify({ pid: process.pid, mark: 'another birth', token: 't' }));
    await (await lockFolder(dataFolder)).release();
  });

  it('that is broken is taken over', async () => {
    await writeFile(lockPath(), '{"pid":');
    await (await lockFolder(dataFolder)).release();
  });

  it('of the dead goes to exactly one of many who want it at once', async () => {
    await writeFile(lockPath(), JSON.stringify({ pid: 2 ** 22 + 1, mark: 'long gone', token: 't' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dataFolder)));
    const got = results.filter((result) => result.status === 'fulfilled');
    expect(got).toHaveLength(1);
    await got[0]?.value.release();
  });
});

/** Starts a server on the data from a process that ends at once, as if it had been killed; answers the server's id. */
const leaveOrphan = async (): Promise<number> => {
  const folder = join(dataFolder, 'postgres');
  const runAs = await chooseUser(folder);
  const { postgres } = await findBinaries(dataFolder, runAs);
  const socketFolder = join(dataFolder, 'socket');
  const script = `require('node:child_process').spawn(${JSON.stringify(postgres)},
    ['-D', ${JSON.stringify(folder)}, '-c', 'listen_addresses=', '-c', 'unix_socket_directories=${socketFolder}', '-c', 'shared_buffers=16MB'],
    { cwd: '/', stdio: 'ignore', detached: true, ...${JSON.stringify(runAs ?? {})} }).unref()`;
  const engine = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  await goneWithin(engine.pid ?? 0, 10_000);
  for (;;) {
    const found = await readServerFile(folder);
    if (found?.status === 'ready') return found.pid;
    await pause(10);
  }
};
