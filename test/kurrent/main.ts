import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logBeside } from '#kurrent';
import { killWriters } from './kills.js';
import { TestServer } from './test-server.js';

/**
 * npm run test:kurrent: writers that are killed, the demonstration's day, and a log that is moved there and back, each in processes of their
 * own on an event store: the KurrentDB of KURRENTDB_URL or, without it, a test server that is none, which is said.
 */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const run = (program: string, words: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', program, ...words], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => { text += part.toString('utf8'); });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(text) : reject(new Error(`${program} ${words.join(' ')} ended with ${status}\n${text}`))));
  });

const main = async (): Promise<void> => {
  const real = process.env['KURRENTDB_URL'];
  const server = real === undefined ? await TestServer.start() : null;
  say(server ? 'KURRENTDB_URL is not set: no real KurrentDB was here, a test server that speaks its protocol stands in for it.' : 'The KurrentDB of KURRENTDB_URL is used.');
  const begun = Date.now().toString(36);
  const addressOf = (name: string): string => logBeside(server ? server.address() : (real ?? ''), `${name}_${begun}`);
  const folder = await mkdtemp(join(tmpdir(), 'threeloops-kurrent-trial-'));
  const environment = { EVENT_STORE: addressOf('trial'), THREELOOPS_DATA: join(folder, 'demo') };
  try {
    say(await killWriters(addressOf('kills'), server, 6));
    const day = await run('dist/apps/standalone/src/demo.js', ['--exit', '--seconds', '0', '--incidents', '40'], environment);
    say(day.trim().split('\n').at(-1) ?? '');
    const inTable = { THREELOOPS_DATA: join(folder, 'live'), EVENT_STORE: '' };
    const there = { ...inTable, EVENT_STORE: addressOf('moved') };
    const steps: readonly (readonly [words: readonly string[], environment: Readonly<Record<string, string>>])[] = [
      [['import-city', 'seeds/yangpu', '--no-accounts'], inTable],
      [['move-log', '--from', 'postgresql', '--to', 'kurrentdb'], there],
      [['evidence', 'check'], there],
      [['import-city', 'seeds/yangpu', '--no-accounts'], there],
      [['move-log', '--from', 'kurrentdb', '--to', 'postgresql'], there],
      [['evidence', 'check'], inTable],
    ];
    for (const [words, settings] of steps) say(`${words.join(' ')}: ${(await run('dist/apps/cli/src/main.js', words, settings)).trim().split('\n').at(-1) ?? ''}`);
  } finally {
    server?.kill();
    await rm(folder, { recursive: true, force: true });
  }
};

await main();
