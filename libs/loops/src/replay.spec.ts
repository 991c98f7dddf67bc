import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { transformFile } from '@swc/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentEvent } from '#events';
import { evolve, recordedOf, unknownIncident } from '#incident';
import type { Incident } from '#incident';
import { toIso } from '#kernel';
import { live, nothing, randomSteps, reported, tried } from '#scenario';
import type { Act, ToldEvent } from '#scenario';

/** Maps written out, keys in order: two states are the same when their pictures are. */
const picture = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Map ? [...each] : each && typeof each === 'object' && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );

const fold = (state: Incident, told: readonly ToldEvent[]): Incident =>
  told.reduce((folded, { event, at, actor }) => evolve(folded, event, recordedOf(toIso(at), actor)), state);

const frozen = <Value>(value: Value): Value => {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of value instanceof Map ? value.values() : Object.values(value)) frozen(each);
  }
  return value;
};

describe('the fold of the facts is the state', () => {
  it('read back from the log as text, and folded in any two parts (invariants 5, 6)', () => {
    fc.assert(
      fc.property(randomSteps(30), fc.nat(1_000), (steps, cut) => {
        const { history } = live(steps);
        const told = JSON.parse(JSON.stringify(history.told)) as ToldEvent[];
        const middle = told.length === 0 ? 0 : cut % (told.length + 1);
        const half = frozen(fold(unknownIncident, frozen(told.slice(0, middle))));
        const before = picture(half);
        expect(picture(fold(half, frozen(told.slice(middle))))).toBe(picture(history.state));
        expect(picture(half)).toBe(before);
      }),
      { numRuns: 300 },
    );
  });
});

const pureRooms = ['kernel', 'reference', 'events', 'deadlines', 'incident', 'loops', 'scenario'];
const folder = join(process.cwd(), '.test', `replay-${process.pid}`);

/** What a process of its own prints about the acts: the facts that they lead to and the state in the end. */
const program = `
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { nothing, tried } from '#scenario';
const picture = ${picture.toString()};
const hash = createHash('sha256');
for (const acts of JSON.parse(readFileSync(0, 'utf8'))) {
  let history = nothing();
  for (const act of acts) history = tried(history, act)[0];
  hash.update(picture([history.told, history.state]));
}
process.stdout.write(hash.digest('hex') + ' ' + new Date(0).getHours() + ' ' + Intl.DateTimeFormat().resolvedOptions().timeZone);
`;

describe('the same commands lead to the same facts, bit for bit', () => {
  beforeAll(async () => {
    for (const room of pureRooms) {
      const source = join('libs', room, 'src');
      for (const name of (await readdir(source, { recursive: true })).filter((each) => each.endsWith('.ts') && !each.endsWith('.spec.ts'))) {
        const target = join(folder, source, name.replace(/\.ts$/, '.js'));
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, (await transformFile(join(source, name), { configFile: '.swcrc', sourceMaps: false })).code);
      }
    }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports: { '#*': './libs/*/src/index.js' } }));
    await writeFile(join(folder, 'replay.js'), program);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('whatever the time zone and the language of the machine (invariant 5)', async () => {
    const lives: (readonly Act[])[] = fc.sample(randomSteps(30), { numRuns: 60, seed: 20_260_302 }).map((steps) => live(steps).acts);
    const hash = createHash('sha256');
    for (const acts of lives) {
      const history = acts.reduce((now, act) => tried(now, act)[0], nothing());
      hash.update(picture([history.told, history.state]));
    }
    const replayed = async (TZ: string, LANG: string): Promise<readonly string[]> => {
      const child = promisify(execFile)(process.execPath, ['replay.js'], { cwd: folder, env: { ...process.env, TZ, LANG, LC_ALL: LANG }, maxBuffer: 2 ** 20 });
      child.child.stdin?.end(JSON.stringify(lives));
      return (await child).stdout.split(' ');
    };
    const answers = [await replayed('Asia/Shanghai', 'zh_CN.UTF-8'), await replayed('America/St_Johns', 'tr_TR.UTF-8'), await replayed('UTC', 'C')];
    // The machines really differ …
    expect(new Set(answers.map(([, hours]) => hours)).size).toBe(3);
    // … and what they say does not.
    const here = hash.digest('hex');
    expect(answers.map(([digest]) => digest)).toEqual([here, here, here]);
  }, 60_000);
});

describe('a fact that cannot follow', () => {
  const at = recordedOf(toIso(nothing().now), { id: 'x', unit: 'x' });
  const stray: IncidentEvent = { type: 'SampleDrawn', data: { incidentId: 'i-1', round: 1, chance: 0, share: 0, drawn: false, clocks: [] } };

  it('is a defect of the log, never passed over', () => {
    expect(() => evolve(unknownIncident, stray, at)).toThrow('SampleDrawn cannot follow stage unknown');
    expect(() => evolve(reported().state, stray, at)).toThrow('SampleDrawn cannot follow stage reported');
  });
});
