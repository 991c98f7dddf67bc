import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  checkpointText, ed25519Signer, edgeOf, formatKey, formatNote, keyOfSigner, parseCheckpoint, parseKey, parseSignatures, signersOf, signNote, TiledTree, TileWriter, toBase64, treeHashOf,
  treeOfOrigin, witnessKey,
} from '#evidence';
import type { Tile } from '#evidence';
import { EvidenceLog, withPostgres } from '#testing';
import { witnessServer } from './server.js';
import { witnessSettings } from './settings.js';
import { Witness } from './witness.js';

const postgres = withPostgres();
const origin = 'threeloops/spec';
const [logSigner, stranger, witnessSigner] = [1, 2, 3].map((seed) => ed25519Signer(Buffer.alloc(32, seed))) as [ReturnType<typeof ed25519Signer>, ReturnType<typeof ed25519Signer>, ReturnType<typeof ed25519Signer>];
const name = 'audit.example/witness';
const folders: string[] = [];
const servers: Server[] = [];
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'threeloops-witness-'));
  folders.push(made);
  return made;
};

afterAll(async () => {
  for (const server of servers) server.close();
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

/** A history of a log: the same salt gives the same leaves. */
const historyOf = (named: string, salt = '') => {
  const hash = treeHashOf(treeOfOrigin(named));
  const writer = new TileWriter(hash);
  for (let index = 0; index < 40; index += 1) writer.push(hash.leaf(Buffer.from(`${index < 10 ? '' : salt}${index}`)));
  const tiles = writer.takeChanged();
  const tree = new TiledTree(hash, (wanted) => Promise.resolve(wanted.flatMap(({ level, index }): readonly Tile[] => tiles.filter((tile) => tile.level === level && tile.index === index))));
  expect(edgeOf(40)).toHaveLength(1);
  return {
    note: async (size: number, signer = logSigner): Promise<string> => {
      const text = checkpointText({ origin: named, size, root: await tree.rootAt(size) });
      return formatNote({ text, signatures: [await signNote(text, named, signer)] });
    },
    request: async (old: number, size: number, signer = logSigner): Promise<string> => {
      const text = checkpointText({ origin: named, size, root: await tree.rootAt(size) });
      const steps = old === 0 || old > size ? [] : await tree.consistency(old, size);
      return `${[`old ${old}`, ...steps.map(toBase64)].join('\n')}\n\n${formatNote({ text, signatures: [await signNote(text, named, signer)] })}`;
    },
  };
};

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

const post = async (url: string, body: string): Promise<Answered> => {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

const open = async (memory: string, origins: readonly string[] = [origin, `${origin}/sm3`], signer = logSigner): Promise<string> => {
  const witness = new Witness({ name, signer: witnessSigner, logs: origins.map((each) => keyOfSigner(each, signer)), folder: memory, nowSeconds: () => 1_700_000_000 });
  const server = witnessServer(witness, 'key', (error) => { throw error; });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
};

describe('a witness 见证方', () => {
  it('cosigns a log that grows, and is believed by its key', async () => {
    const url = await open(await folder());
    const history = historyOf(origin);
    for (const [old, size] of [[0, 5], [5, 5], [5, 12], [12, 40]] as const) {
      const { status, text } = await post(url, await history.request(old, size));
      expect([status, parseSignatures(text).length]).toEqual([200, 1]);
      const key = witnessKey(name, witnessSigner);
      expect(signersOf({ text: parseCheckpoint(await history.note(size)).note.text, signatures: parseSignatures(text) }, [key])).toEqual([key]);
    }
    expect(await post(url, await historyOf(`${origin}/sm3`).request(0, 7))).toMatchObject({ status: 200 });
  });

  it('says what it has to whoever thinks otherwise, and refuses a fork, a stranger and what it cannot read', async () => {
    const url = await open(await folder());
    const [history, fork] = [historyOf(origin), historyOf(origin, 'other ')];
    await post(url, await history.request(0, 20));
    expect(await post(url, await history.request(5, 30))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '20\n' });
    expect(await post(url, await fork.request(20, 30))).toMatchObject({ status: 422 });
    expect(await post(url, await fork.request(20, 20))).toMatchObject({ status: 409, type: 'text/plain; charset=utf-8' });
    expect(await post(url, await history.request(30, 20))).toMatchObject({ status: 400 });
    expect(await post(url, await history.request(20, 30, stranger))).toMatchObject({ status: 403 });
    expect(await post(url, await historyOf('threeloops/another').request(0, 3))).toMatchObject({ status: 404 });
    for (const body of ['', 'old 1', 'old x\n\n', `old 020\n\n${await history.note(30)}`, `old 20\nno base64!\n\n${await history.note(30)}`, `old 20\n\n${(await history.note(30)).slice(0, -9)}`]) {
      expect(await post(url, body)).toMatchObject({ status: 400 });
    }
    expect(await post(url, await history.request(20, 30))).toMatchObject({ status: 200 });
  });

  it('gives way to none of many that come at once', async () => {
    const url = await open(await folder());
    const history = historyOf(origin);
    await post(url, await history.request(0, 10));
    const answers = await Promise.all(Array.from({ length: 20 }, async (_none, at) => post(url, await history.request(10, 11 + at))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it('refuses settings that cannot be meant, naming them', async () => {
    const home = await folder();
    await writeFile(join(home, 'log.keys'), `${formatKey(keyOfSigner(origin, logSigner))}\n`);
    const good = { THREELOOPS_WITNESS_NAME: name, THREELOOPS_WITNESS_LOGS: join(home, 'log.keys') };
    expect(await witnessSettings(good)).toMatchObject({ name, port: 8_400, logs: [{ name: origin }] });
    await expect(witnessSettings({ ...good, THREELOOPS_WITNESS_NAME: '' })).rejects.toMatchObject({ code: 'setting.missing' });
    await expect(witnessSettings({ ...good, THREELOOPS_WITNESS_NAME: 'two words' })).rejects.toMatchObject({ code: 'setting.unreadable' });
    await expect(witnessSettings({ ...good, THREELOOPS_WITNESS_PORT: 'no' })).rejects.toMatchObject({ code: 'setting.unreadable' });
    await expect(witnessSettings({ ...good, THREELOOPS_WITNESS_LOGS: join(home, 'none') })).rejects.toMatchObject({ code: 'setting.unreadable' });
    expect(() => parseKey('nonsense')).toThrow(expect.objectContaining({ code: 'evidence.key-unreadable' }));
  });
});

describe('a log and its witness', () => {
  it('end with a cosigned checkpoint; a witness that saw more than the log has stops the signing', async () => {
    const connection = await postgres.freshDatabase();
    const first = await EvidenceLog.open(connection);
    const { logId } = first.log.identity;
    const url = await open(await folder(), [`threeloops/${logId}`, `threeloops/${logId}/sm3`], first.signers[0]);
    await first.close();
    const log = await EvidenceLog.open(connection, [{ url, key: witnessKey(name, witnessSigner) }, { url: 'http://127.0.0.1:9', key: witnessKey('nobody.example/w', stranger) }]);
    try {
      await log.record(30);
      await log.sign();
      await log.record(12);
      await log.sign();
      const status = await log.book.status();
      expect(status).toMatchObject({ witnessedPosition: 42, unwitnessedSeconds: 0, alarm: null, witnesses: [{ name, size: 42, problem: null }, { size: 0, problem: expect.stringContaining('cannot be reached') }] });
      for (const tree of ['sha256', 'sm3'] as const) {
        const { note } = parseCheckpoint(await log.book.checkpoint(tree));
        expect(signersOf(note, [witnessKey(name, witnessSigner)])).toHaveLength(1);
      }
      // Database and memory are both put back to an earlier state: only the witness knows better.
      await log.tamper('delete from engine.events where position > 35', 'delete from evidence.checkpoints where size > 30', 'delete from evidence.cosignatures', 'delete from evidence.tiles', `update engine.subscriptions set position = 0 where name = 'evidence'`);
      log.memory.signed = null;
      await log.sign();
      expect((await log.book.status()).alarm).toMatchObject({ code: 'evidence.witness-ahead' });
    } finally {
      await log.close();
    }
  }, 60_000);
});

/** The program itself, built into a folder of its own, as a process that can be killed. */
const build = async (home: string): Promise<string> => {
  const root = resolve('.');
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/@swc/cli/bin/swc.js'), 'libs/kernel', 'libs/evidence', 'apps/witness', '--out-dir', join(home, 'dist'), '--ignore', '**/*.spec.ts', '--quiet'], { cwd: root });
  await writeFile(join(home, 'package.json'), JSON.stringify({ type: 'module', imports: { '#*': './dist/libs/*/src/index.js' } }));
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'), 'junction');
  return join(home, 'dist/apps/witness/src/main.js');
};

const startProgram = async (program: string, home: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, THREELOOPS_WITNESS_NAME: name, THREELOOPS_WITNESS_LOGS: join(home, 'log.keys'), THREELOOPS_WITNESS_DATA: join(home, 'memory'), THREELOOPS_WITNESS_PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    const url = /http:\/\/[\d.:]+/.exec(said)?.[0];
    if (url && said.includes('witness.pub')) return { child, url };
  }
  throw new Error(`the witness did not start: ${said}`);
};

describe('the witness program', () => {
  it('forgets nothing that it has cosigned, however often it is killed', async () => {
    const home = await folder();
    const program = await build(home);
    await mkdir(join(home, 'memory'));
    await writeFile(join(home, 'log.keys'), `log ${formatKey(keyOfSigner(origin, logSigner))}\n`);
    const [history, fork] = [historyOf(origin), historyOf(origin, 'other ')];
    let [cosigned, asked] = [0, 0];
    for (let life = 0; life < 5; life += 1) {
      const { child, url } = await startProgram(program, home);
      const exit = once(child, 'exit');
      const has = Number((await post(url, await history.request(39, 40))).text);
      expect([has >= cosigned, has <= asked]).toEqual([true, true]);
      if (has > 10) expect(await post(url, await fork.request(has, 39))).toMatchObject({ status: 422 });
      // It grows by one at a time until the blow falls in the middle of it.
      const grow = async (): Promise<void> => {
        for (let size = has + 1; size < 39; size += 1) {
          asked = size;
          const { status } = await post(url, await history.request(size - 1, size));
          if (status !== 200) throw new Error(`size ${size} was answered ${status}`);
          cosigned = size;
          if (size === has + 3 + life) setImmediate(() => child.kill('SIGKILL'));
        }
      };
      await Promise.all([grow().catch(() => undefined), exit]);
    }
    expect(cosigned).toBeGreaterThanOrEqual(25);
    expect(parseKey((await readFile(join(home, 'memory', 'witness.pub'), 'utf8')).trim())).toMatchObject({ name, kind: 'cosignature' });
    expect((await readdir(join(home, 'memory'))).filter((file) => file.endsWith('.json'))).toHaveLength(1);
  }, 60_000);
});
