import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { planted, printed, root } from './planted.js';

const inPureRoom = 'libs/loops/src';
const inAdapter = 'libs/postgres/src';

const planting: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['unicorn(filename-case)', `${inPureRoom}/BadName.ts`, 'export const one = 1;'],
  ['typescript(no-explicit-any)', `${inPureRoom}/any.ts`, 'export const one: any = 1;'],
  ['typescript(no-non-null-assertion)', `${inPureRoom}/assertion.ts`, 'export const one = (list: number[]): number => list[0]!;'],
  ['typescript(ban-ts-comment)', `${inPureRoom}/comment.ts`, '// @ts-ignore\nexport const one = 1;'],
  ['typescript(consistent-type-imports)', `${inPureRoom}/types.ts`, "import { Actor } from '#kernel';\nexport const one = (actor: Actor): string => actor.id;"],
  ['import(no-default-export)', `${inPureRoom}/default.ts`, 'export default 1;'],
  ['import(no-default-export)', `${inAdapter}/default.ts`, 'export default 1;'],
  ['eslint(eqeqeq)', `${inAdapter}/equal.ts`, 'export const same = (a: number, b: number): boolean => a == b;'],
  ['eslint(no-var)', `${inAdapter}/var.ts`, 'export var one = 1;'],
  ['eslint(prefer-const)', `${inAdapter}/let.ts`, 'let one = 1;\nexport const two = one;'],
  ['eslint(no-console)', `${inAdapter}/console.ts`, 'console.log(1);'],
  ['eslint(max-depth)', `${inAdapter}/deep.ts`, `export const deep = (n: number): void => {\n${'if (n) { '.repeat(6)}n;${' }'.repeat(6)}\n};`],
  ['eslint(complexity)', `${inAdapter}/complex.ts`, `export const complex = (n: number): number => {\n${Array.from({ length: 25 }, (_, n) => `  if (n === ${n}) return ${n};`).join('\n')}\n  return n;\n};`],
  ['eslint(max-lines)', `${inAdapter}/long.ts`, Array.from({ length: 400 }, (_, n) => `export const n${n} = ${n};`).join('\n')],
  ['eslint(max-lines-per-function)', `${inAdapter}/long-function.ts`, `export const long = (): number[] => {\n  const all: number[] = [];\n${'  all.push(1);\n'.repeat(80)}  return all;\n};`],
  ['pure-rooms(no-clock)', `${inPureRoom}/new-date.ts`, 'export const now = new Date();'],
  ['pure-rooms(no-clock)', `${inPureRoom}/date-call.ts`, 'export const now = Date();'],
  ['eslint(no-restricted-properties)', `${inPureRoom}/date-now.ts`, 'export const now = Date.now();'],
  ['eslint(no-restricted-properties)', `${inPureRoom}/random.ts`, 'export const chance = Math.random();'],
  ...['process.env', 'crypto.randomUUID()', 'performance.now()', 'globalThis.name', 'fetch', 'Buffer.from("")'].map(
    (text, index) => ['eslint(no-restricted-globals)', `${inPureRoom}/global-${index}.ts`, `export const world = ${text};`] as const,
  ),
  ...['console.log(1)', 'setTimeout(() => 1, 1)', 'setInterval(() => 1, 1)', 'setImmediate(() => 1)', 'queueMicrotask(() => 1)'].map(
    (text, index) => ['eslint(no-restricted-globals)', `${inPureRoom}/call-${index}.ts`, `${text};\nexport {};`] as const,
  ),
];

const innocent = {
  [`${inPureRoom}/moment.ts`]: 'export const toIso = (instant: number): string => new Date(instant).toISOString();\nexport const of = (text: string): number => Date.parse(text);',
  [`${inPureRoom}/moment.spec.ts`]: 'export const rounded = (value: number): number => Math.round(value);',
  [`${inAdapter}/clock.ts`]: 'export const now = (): number => Date.now();\nexport const id = (): string => crypto.randomUUID();',
};

describe('the habits of the code', () => {
  const found = new Map<string, Set<string>>();

  beforeAll(async () => {
    const files = { ...innocent, ...Object.fromEntries(planting.map(([, file, text]) => [file, `${text}\n`])) };
    const report = await planted(files, (folder) => printed('oxlint/bin/oxlint', ['-c', join(root, 'test/architecture/oxlint.json'), '-f', 'json', 'libs'], folder));
    const { diagnostics } = JSON.parse(report) as { diagnostics: { code: string; filename: string }[] };
    for (const { code, filename } of diagnostics) found.set(filename, (found.get(filename) ?? new Set()).add(code));
  }, 60_000);

  for (const [rule, file] of planting) it(`${rule} finds ${file}`, () => expect([...(found.get(file) ?? [])]).toContain(rule));

  it('leaves the innocent alone', () => expect(Object.keys(innocent).filter((file) => found.has(file))).toEqual([]));

  it('has a planted violation for every rule that is switched on by name', async () => {
    const config = JSON.parse(await readFile(join(root, 'test/architecture/oxlint.json'), 'utf8')) as { rules: object; overrides: { rules: Record<string, unknown> }[] };
    const named = [config.rules, ...config.overrides.map(({ rules }) => rules)].flatMap((rules) => Object.entries(rules).flatMap(([name, setting]) => (setting === 'off' ? [] : [name])));
    const shown = new Set(planting.map(([rule]) => rule.replace('(', '/').replace(')', '')));
    expect([...new Set(named)].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('makes no exception by the line', async () => {
    const exception = new RegExp(['(eslint|oxlint)-dis' + 'able', '@ts-(ig' + 'nore|nocheck|expect-error)'].join('|'));
    const files = (await Promise.all(['apps', 'libs', 'test'].map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true })))).flat();
    const sources = files.filter((entry) => entry.isFile() && /\.(ts|vue|cjs|js)$/.test(entry.name) && !entry.parentPath.includes('node_modules')).map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(sources.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
    // This very spec plants one, in a folder of its own.
    expect(texts.filter(({ path, text }) => exception.test(text) && !path.endsWith('lint.spec.ts')).map(({ path }) => path)).toEqual([]);
  });
});
