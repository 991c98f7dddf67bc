import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PostgresLog } from '#postgres';
import { appendOf, withPostgres } from '#testing';
import { selfSigned } from '../../../test/kurrent/self-signed.js';
import { TestServer } from '../../../test/kurrent/test-server.js';
import { moreMigrations } from './engine.js';
import { openLog } from './open-log.js';
import { openPatiently } from './open-patiently.js';

const postgres = withPostgres();
const notices: string[] = [];
const opened: PostgresLog[] = [];
let folder: string;

beforeEach(async () => {
  notices.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'threeloops-open-'));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(folder, { recursive: true, force: true });
});

const open = async (eventStore: string): Promise<PostgresLog> => {
  const log = await openLog({ eventStore, connection: await postgres.freshDatabase(), kind: 'live', moreMigrations });
  opened.push(log);
  return log;
};

describe('an event store that is away when the engine starts', () => {
  it('is waited for by whoever serves people, said once, and then all goes on', async () => {
    const server = await TestServer.start();
    server.kill();
    const opening = openPatiently(() => open(server.address('late')), { patienceSeconds: 60, notice: (notice) => void notices.push(notice) });
    await new Promise((resolve) => void setTimeout(resolve, 2_500));
    expect(notices).toEqual([expect.stringMatching(/event store cannot be reached.*tried again every second/)]);
    await server.revive();
    expect(await (await opening).store.append(appendOf())).toMatchObject({ status: 'recorded', position: 1 });
    server.kill();
  });

  it('ends everybody else with the reason', async () => {
    const server = await TestServer.start();
    server.kill();
    await expect(open(server.address())).rejects.toMatchObject({ name: 'Unavailable', code: 'store.away' });
  });
});

describe('an event store by TLS', () => {
  it('is spoken to when its certificate is known by tlsCaFile, and not when it is a stranger\'s or none', async () => {
    const { certificate, key } = selfSigned();
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, certificate);
    const server = await TestServer.start({ credentials: ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) }]) });
    const address = (query: string): string => `kurrentdb://127.0.0.1:${server.portNumber}/secret?${query}`;
    const log = await open(address(`tls=true&tlsCaFile=${caFile}`));
    expect(await log.store.append(appendOf())).toMatchObject({ status: 'recorded', position: 1 });
    const otherFile = join(folder, 'other.pem');
    await writeFile(otherFile, selfSigned().certificate);
    for (const query of ['tls=true', `tls=true&tlsCaFile=${otherFile}`, 'tls=false']) {
      await expect(open(address(query))).rejects.toMatchObject({ name: 'Unavailable', code: 'store.away' });
    }
    server.kill();
  });
});
