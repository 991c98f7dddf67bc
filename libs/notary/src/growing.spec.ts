import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const rooms = ['kernel', 'evidence'] as const;

/** What a process of its own is to do with the rooms as they are compiled: the same facts taken in here and in the thread. Prints what it saw. */
const trial = `
  import { growing } from './libs/notary/src/growing.js';
  import { recordOf, TreeGrower } from '#evidence';
  const keepRunning = setInterval(() => undefined, 1_000);
  const digest = 'ab'.repeat(32);
  const eventId = '00000000-0000-4000-8000-000000000001';
  const record = (position) => recordOf({ position, eventId, commandId: eventId, stream: '流', version: 1, type: 'T', schema: 1, recordedAt: '2026-11-23T03:30:00.000Z', metaSha256: digest, dataSha256: digest });
  const facts = (from, to) => ({ count: to - from + 1, records: Buffer.concat(Array.from({ length: to - from + 1 }, (_none, at) => record(from + at))), disagreeing: [] });
  const none = { sha256: [], sm3: [] };
  const said = (work) => work.then((growth) => JSON.stringify(growth, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value?.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value)), (error) => error.message);
  const thread = growing('log');
  const seen = { unbegun: await said(thread.take(facts(1, 1))) };
  await thread.begin(0, none);
  seen.same = (await said(Promise.resolve(new TreeGrower('log').take(facts(1, 600))))) === (await said(thread.take(facts(1, 600))));
  seen.gap = await said(thread.take(facts(602, 603)));
  seen.goesOn = JSON.parse(await said(thread.take(facts(601, 602)))).to;
  const underWay = said(thread.take(facts(603, 3_000)));
  seen.second = await said(thread.take(facts(3_001, 3_002)));
  await thread.close();
  seen.closed = JSON.parse(await underWay).to;
  seen.afterwards = await said(thread.take(facts(603, 604)));
  await thread.begin(0, none);
  seen.again = JSON.parse(await said(thread.take(facts(1, 3)))).to;
  await thread.close();
  clearInterval(keepRunning);
  process.stdout.write(JSON.stringify(seen));
`;

describe('the thread in which the trees grow', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threeloops-thread-'));
    const sources = [...rooms.map((room) => `libs/${room}`), 'libs/notary/src/growing.ts', 'libs/notary/src/growing-thread.ts'];
    await run(resolve('node_modules/.bin/swc'), [...sources, '--out-dir', folder, '--ignore', '**/*.spec.ts', '--quiet'], { cwd: resolve('.') });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports: { '#*': './libs/*/src/index.js' } }));
    await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('does what is done here, one thing at a time, says what does not follow, ends behind what is under way, and is replaced then', async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', trial], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      unbegun: 'the trees were not begun', same: true, gap: 'the log is not dense: position 601 is missing before 602', goesOn: 602,
      second: 'the trees grow by one thing at a time', closed: 3_000, afterwards: 'the trees were not begun', again: 3,
    });
  }, 30_000);
});
