import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cityOf, formatTimeLimit, parseTimeLimit, rungs } from '#reference';
import type { City, ListedUser } from '#reference';
import {
  checkReferenceFolder, describeProblem, fingerprintOf, formatCalendar, formatReferenceTable, freezeCalendar, loadReferenceFolder, loadUsers, writeReferenceFolder,
} from './index.js';

const yangpu = fileURLToPath(new URL('../../../seeds/yangpu', import.meta.url));

let scratch = '';
let city: City;
let users: readonly ListedUser[];
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'seeds-'));
  city = cityOf(await loadReferenceFolder(yangpu));
  users = await loadUsers(yangpu, city.reference);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A copy of the shipped folder with one file changed. */
const brokenCopy = async (name: string, file: string, change: (text: string) => string): Promise<string> => {
  const folder = join(scratch, name);
  await cp(yangpu, folder, { recursive: true });
  const before = await readFile(join(folder, file), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the change "${name}" changes nothing`);
  await writeFile(join(folder, file), after);
  return folder;
};

describe('the shipped reference data of Yangpu 杨浦', () => {
  it('is sound', async () => {
    expect((await checkReferenceFolder(yangpu)).problems.map(describeProblem)).toEqual([]);
  });

  it('has today’s 12 streets, 318 residents’ committees and two to four made-up grids in each', () => {
    const { places } = city.reference;
    const of = (kind: string) => places.filter((place) => place.kind === kind);
    expect([of('city').length, of('district').length, of('street').length, of('community').length]).toEqual([1, 1, 12, 318]);
    expect(of('grid').every((grid) => grid.synthetic && grid.name.includes('示意') && city.pathOf(grid.code) !== null)).toBe(true);
    expect(places.filter((place) => place.synthetic).length).toBe(of('grid').length);
    const counts = of('community').map((community) => of('grid').filter((grid) => grid.parent === community.code).length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([2, 4]);
    expect(city.place('310110021')?.name).toBe('长海路街道');
  });

  it('gives every grid a point of its own', () => {
    const points = city.reference.places.filter((place) => place.kind === 'grid').map(({ longitude, latitude }) => `${longitude} ${latitude}`);
    expect(points.every((point) => !point.includes('null'))).toBe(true);
    expect(new Set(points).size).toBe(points.length);
  });

  it('has more than a hundred subclasses of both kinds, each with the limits of its filing conditions', () => {
    const { rules } = city.reference.catalogue;
    expect(new Set(rules.map((rule) => rule.subclassCode)).size).toBeGreaterThanOrEqual(132);
    expect(new Set(rules.map((rule) => rule.kind))).toEqual(new Set(['component', 'occurrence']));
    for (const rule of rules) {
      expect(parseTimeLimit(rule.limitText)).toEqual(rule.handleLimit);
      expect(parseTimeLimit(formatTimeLimit(rule.handleLimit))).toEqual(rule.handleLimit);
      expect(rule.ruleId.startsWith(`${rule.subclassCode}.`) && rule.subclassCode.startsWith(`${rule.classCode}-`)).toBe(true);
    }
  });

  it('says in each subclass apart what each of its conditions is', () => {
    const conditions = city.reference.catalogue.rules.map((rule) => `${rule.subclassCode} ${rule.filingCondition}`);
    expect(new Set(conditions).size).toBe(conditions.length);
  });

  it('finds somebody for every rule in every street, in the district and in the city', () => {
    const oneGridPerStreet = city.reference.places.filter((place) => place.kind === 'street').map((street) =>
      city.reference.places.find((place) => place.kind === 'grid' && city.contains(street.code, place.code)));
    for (const grid of oneGridPerStreet) {
      const path = city.pathOf(grid?.code ?? '');
      if (!path) throw new Error('a street has no grid');
      for (const rule of city.reference.catalogue.rules) {
        for (const rung of rungs) {
          const answers = city.dutiesFor(rule, rung, path);
          if (rung !== 'grid' || rule.onTheSpot) expect(`${rule.ruleId} ${rung} ${answers.length > 0}`).toBe(`${rule.ruleId} ${rung} true`);
          expect(answers.every((answer) => city.contains(answer.unit.place, path.grid))).toBe(true);
        }
      }
    }
  });

  it('lets nobody but the workstations be fixers on the spot', () => {
    expect(city.reference.catalogue.rules.filter((rule) => rule.onTheSpot).length).toBeGreaterThan(10);
    expect(new Set(city.reference.duties.rules.filter((duty) => duty.rung === 'grid').map((duty) => duty.line))).toEqual(new Set(['workstation']));
  });

  it('has users of every role, dispatchers and grid workers in every street', () => {
    expect(new Set(users.map((user) => user.role))).toEqual(
      new Set(['grid-worker', 'street-dispatcher', 'unit-handler', 'district-dispatcher', 'city-dispatcher', 'analyst', 'auditor', 'administrator', 'channel']),
    );
    for (const street of city.reference.places.filter((place) => place.kind === 'street')) {
      const here = users.filter((user) => city.contains(street.code, user.place)).map((user) => user.role);
      expect(here).toEqual(expect.arrayContaining(['street-dispatcher', 'grid-worker', 'unit-handler']));
    }
    expect(users.every((user) => user.displayName.endsWith('（示意）'))).toBe(true);
  });

  it('has the calendar that freezing gives', async () => {
    const { calendar } = city.reference;
    const frozen = freezeCalendar(calendar.version, 2024, 2027);
    expect(await readFile(join(yangpu, 'calendar.json'), 'utf8')).toBe(formatCalendar(frozen));
    expect(calendar.knownFrom).toBe('2024-01-01');
  });
});

describe('a reference folder', () => {
  it('written and read again has the same content, for Excel or not', async () => {
    for (const forExcel of [false, true]) {
      const folder = join(scratch, `again-${forExcel}`);
      await writeReferenceFolder(folder, city.reference, { forExcel });
      const again = await loadReferenceFolder(folder);
      expect(again).toEqual(city.reference);
      expect(fingerprintOf(again)).toBe(fingerprintOf(city.reference));
    }
  });

  it('has another fingerprint as soon as anything in it changes', () => {
    const { policy } = city.reference;
    const fingerprint = fingerprintOf(city.reference);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/u);
    expect(fingerprintOf({ ...city.reference, policy: { ...policy, returnCap: policy.returnCap + 1 } })).not.toBe(fingerprint);
    expect(fingerprintOf(Object.fromEntries(Object.entries(city.reference).reverse()) as unknown as typeof city.reference)).toBe(fingerprint);
  });

  it('gives one table alone as text', () => {
    expect(formatReferenceTable(city.reference, 'catalogue').split('\n')[0]).toContain('filing_condition');
  });

  it.each<[string, string, (text: string) => string, Record<string, unknown>]>([
    ['limit', 'catalogue.csv', (text) => text.replace(',2紧急工作时,', ',两小时,'), { file: 'catalogue.csv', line: 2, field: 'limit', code: 'limit.unreadable' }],
    ['street', 'places.csv', (text) => text.replace('310110001,street', '310110099,street'), { file: 'places.csv', field: 'parent', code: 'reference.unknown-place' }],
    ['workstation', 'units.csv', (text) => text.replace(/^YP-G-001001,.*\n/mu, ''), { file: 'units.csv', line: null, code: 'reference.centre-count' }],
    ['quote', 'duties.csv', (text) => text.replace('S-001,', 'S-"001,'), { file: 'duties.csv', line: 33, code: 'reference.unreadable-line' }],
    ['json', 'policy.json', (text) => text.slice(0, -3), { file: 'policy.json', code: 'table.unreadable-file' }],
  ])('with a broken %s is refused and the refusal names the place', async (name, file, change, problem) => {
    const folder = await brokenCopy(name, file, change);
    await expect(loadReferenceFolder(folder)).rejects.toMatchObject({
      code: 'reference.invalid',
      message: expect.stringContaining(file),
      details: { problems: expect.arrayContaining([expect.objectContaining(problem)]) },
    });
  });

  it('without one of its files is refused', async () => {
    const folder = join(scratch, 'without');
    await cp(yangpu, folder, { recursive: true });
    await rm(join(folder, 'units.csv'));
    const { reference, problems } = await checkReferenceFolder(folder);
    expect(reference).toBeNull();
    expect(problems).toEqual([expect.objectContaining({ file: 'units.csv', code: 'table.missing-file' })]);
  });

  it('with a flawed list of users gives no users', async () => {
    const folder = await brokenCopy('users', 'users.csv', (text) => text.replace(',auditor,', ',judge,'));
    await expect(loadUsers(folder, city.reference)).rejects.toMatchObject({ code: 'reference.invalid', message: expect.stringContaining('users.csv') });
  });
});
