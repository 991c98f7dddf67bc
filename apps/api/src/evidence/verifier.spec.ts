import { readFile } from 'node:fs/promises';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../spec/front-door.js';

interface Element {
  className: string;
  textContent: string;
  files: readonly unknown[];
  children: Element[];
}

const element = (): Element & { replaceChildren(...children: Element[]): void; append(...children: Element[]): void; addEventListener(name: string, hear: (event: object) => Promise<void>): void; hear?: (event: object) => Promise<void> } => ({
  className: '', textContent: '', files: [], children: [],
  replaceChildren(...children) { this.children = children; },
  append(...children) { this.children.push(...children); },
  addEventListener(_name, hear) { this.hear = hear; },
});

interface Files {
  readonly keys?: string;
  readonly subject: string;
  readonly checkpoint?: string;
}

/** The script of the page, run over just as much of a browser as it needs. */
const verifier = async (): Promise<(files: Files) => Promise<{ readonly verdict: string; readonly said: string }>> => {
  const page = await readFile(new URL('./verifier.html', import.meta.url), 'utf8');
  const [, script = ''] = /<script>([^]*)<\/script>/.exec(page) ?? [];
  const elements = new Map<string, ReturnType<typeof element>>();
  const byId = (id: string) => {
    const found = elements.get(id) ?? element();
    elements.set(id, found);
    return found;
  };
  vm.runInNewContext(script, { document: { getElementById: byId, createElement: element }, crypto, TextEncoder, TextDecoder, atob, btoa, setTimeout, console });
  const fileOf = (text: string | undefined) => (text === undefined ? [] : [{ text: () => Promise.resolve(text), arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer) }]);
  return async ({ keys, subject, checkpoint }) => {
    byId('keys').files = fileOf(keys);
    byId('subject').files = fileOf(subject);
    byId('checkpoint').files = fileOf(checkpoint);
    await byId('form').hear?.({ preventDefault: () => undefined });
    const { className, children } = byId('verdict');
    return { verdict: className, said: children.flatMap(({ textContent, children: parts }) => [textContent, ...parts.map((part) => part.textContent)]).join(' ') };
  };
};

describe('the page that verifies in a browser 验证页', () => {
  let door: FrontDoor;
  let verify: Awaited<ReturnType<typeof verifier>>;
  let keys: string;
  let log: string;
  let receipt: string;
  const get = async (address: string): Promise<string> => (await door.get('auditor', address)).text;

  beforeAll(async () => {
    door = await FrontDoor.open();
    const id = await door.reported();
    for (let report = 0; report < 20; report += 1) await door.reported();
    [keys, log, receipt] = [(await door.get('auditor', '/api/evidence')).json.keys as string, await get('/api/evidence/export'), (await door.get('street', `/api/incidents/${id}/receipt`)).text];
    verify = await verifier();
  });
  afterAll(() => door.close());

  it('is one file that may connect to nothing, for whoever is signed in', async () => {
    const { text, headers, status } = await door.get('auditor', '/verifier.html');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+';/);
    expect(text).not.toMatch(/https?:\/\/|src=|href=|import /);
    expect(await door.get(null, '/verifier.html')).toMatchObject({ status: 401 });
  });

  it('agrees with the engine on what is as it was signed, by both hashes', async () => {
    expect(await verify({ keys, subject: log })).toMatchObject({ verdict: 'ok', said: expect.stringContaining('/sm3 · 21') });
    expect(await verify({ keys, subject: await get('/api/evidence/export?from=4&to=11') })).toMatchObject({ verdict: 'ok' });
    expect(await verify({ keys, subject: receipt })).toMatchObject({ verdict: 'ok', said: expect.stringContaining('IncidentReported') });
    door.evidence.heldAt = 13;
    const mine = await get('/api/evidence/checkpoint?tree=sm3');
    door.evidence.heldAt = null;
    expect(await verify({ subject: log, checkpoint: mine })).toMatchObject({ verdict: 'ok' });
    expect(await verify({ keys, subject: await get('/api/evidence/export?from=15'), checkpoint: mine })).toMatchObject({ verdict: 'undecided' });
  });

  it('finds every change of a character in what was signed', async () => {
    const at = [...log.matchAll(/"(?:meta|data)":\{|"recordedAt":"|"stream":"/g)].map(({ index }, nth) => index + 16 + (nth % 7));
    for (const place of at) {
      const other = log[place] === 'x' ? 'y' : 'x';
      const { verdict } = await verify({ keys, subject: log.slice(0, place) + other + log.slice(place + 1) });
      expect([place, verdict]).toEqual([place, 'altered']);
    }
  }, 60_000);

  it('finds what is missing, moved or signed by somebody else', async () => {
    const lines = log.trimEnd().split('\n');
    const text = (some: readonly string[]): string => `${some.join('\n')}\n`;
    expect(await verify({ keys, subject: text(lines.filter((_line, at) => at !== 7)) })).toMatchObject({ verdict: 'altered', said: expect.stringContaining('首个异常位置 7') });
    expect(await verify({ keys, subject: text(lines.slice(0, -1)) })).toMatchObject({ verdict: 'altered', said: expect.stringContaining('截断') });
    expect(await verify({ keys, subject: receipt.replace('index 0', 'index 1') })).toMatchObject({ verdict: 'altered' });
    expect(await verify({ keys, subject: receipt.replace(/(— \S+ \S{12})(.)/, (_line, before: string, one: string) => before + (one === 'A' ? 'B' : 'A')) })).toMatchObject({ verdict: 'altered' });
  });

  it('says that it cannot tell without a key, and of files that are something else', async () => {
    expect(await verify({ subject: log })).toMatchObject({ verdict: 'undecided' });
    expect(await verify({ subject: receipt })).toMatchObject({ verdict: 'undecided' });
    for (const subject of ['', 'c2sp.org', '{}\n', 'hello\n']) expect(await verify({ keys, subject })).toMatchObject({ verdict: 'undecided' });
    expect(await verify({ keys: 'no keys', subject: log })).toMatchObject({ verdict: 'undecided' });
  });
});
