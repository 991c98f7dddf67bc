import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { engineActor, hour, minute, toIso } from '#kernel';
import type { Reference } from '#reference';
import { smallReference } from '#scenario';
import { formatReference, readReferenceFiles } from '#tables';
import { FrontDoor } from '../../spec/front-door.js';
import type { Answer, PersonName } from '../../spec/front-door.js';
import { referenceType } from './media-type.js';

const filesOf = (reference: Reference) => [...formatReference(reference)].map(([name, text]) => ({ name, text }));
// What the files give back, so that spelling them out and reading them again is no difference.
const first = readReferenceFiles(filesOf(smallReference));
const second: Reference = { ...first, version: 'small-2', units: first.units.map((unit, index) => (index === 0 ? { ...unit, name: '新名' } : unit)) };

describe('a new version of the reference data', () => {
  let door: FrontDoor;
  const send = (person: PersonName | null, path: string, body: object, headers = {}): Promise<Answer> => door.ask(person, 'POST', path, { body: JSON.stringify(body), type: referenceType, headers });
  const draft = (body: object): Promise<Answer> => send('administrator', '/api/reference/drafts', body);
  const activate = (body: object, headers = {}): Promise<Answer> => send('administrator', '/api/reference', { reason: '更名', against: 'small-1', ...body }, headers);
  beforeEach(async () => {
    door = await FrontDoor.open({}, ({ shelf }) => ({ library: (shelf as FrontDoor['shelf']).library, libraryAsOf: (shelf as FrontDoor['shelf']).libraryAsOf }));
    await door.shelf.activate(first, engineActor('spec'));
  });
  afterEach(() => door.close());

  it('is compared with the version in force, and nothing is written', async () => {
    const before = await door.store.head();
    const { status, json } = await draft({ files: filesOf(second) });
    expect([status, json.status, json.version, json.against]).toEqual([200, 'new', 'small-2', 'small-1']);
    expect(json.changes).toContainEqual({ part: 'units', kind: 'changed', key: second.units[0]?.code, name: '新名', fields: [{ field: 'name', before: first.units[0]?.name, after: '新名' }] });
    expect(json.changes).toContainEqual({ part: 'city', kind: 'changed', key: 'version', name: '', fields: [{ field: 'value', before: 'small-1', after: 'small-2' }] });
    expect(json.changes).toHaveLength(2);
    expect(await door.store.head()).toEqual(before);
  });

  it('may come as a spreadsheet writes it: parted by tabs, with a byte order mark', async () => {
    const tabbed = filesOf(second).map(({ name, text }) => (name === 'units.csv' ? { name: 'units.txt', text: `\uFEFF${text.replaceAll(',', '\t')}` } : { name, text }));
    expect((await draft({ files: tabbed })).json).toMatchObject({ status: 'new' });
  });

  it('is refused with file, line and field of everything that is wrong', async () => {
    const files = filesOf(second).map(({ name, text }) => ({ name, text: name === 'units.csv' ? text.replace(/S1(?=,)/, 'nowhere') : text }));
    const { status, json } = await draft({ files });
    expect([status, json.code]).toEqual([422, 'reference.invalid']);
    expect(json.details.problems[0]).toMatchObject({ file: 'units.csv', field: 'place', line: expect.any(Number), code: expect.stringContaining('reference.') });
    const missing = await draft({ files: filesOf(second).filter(({ name }) => name !== 'duties.csv').map((file) => (file.name === 'policy.json' ? { ...file, text: '{' } : file)) });
    expect(missing.json.details.problems.map(({ file, code }: { file: string; code: string }) => `${file} ${code}`)).toEqual(['duties.csv table.missing-file', 'policy.json table.unreadable-file']);
    expect((await draft({ files: [...filesOf(second), { name: 'units.csv', text: 'x' }] })).json.details.problems).toMatchObject([{ file: 'units.csv', code: 'table.sent-twice' }]);
    expect((await activate({ files })).json.code).toBe('reference.invalid');
    expect(await door.shelf.activations()).toHaveLength(1);
  });

  it('is refused where it gives another content to a used version', async () => {
    const { json, status } = await draft({ files: filesOf({ ...second, version: 'small-1' }) });
    expect([status, json.code]).toEqual([422, 'reference.version-reused']);
  });

  it('comes into force with a reason, once under one key', async () => {
    const headers = { 'idempotency-key': '0190a0f0-0000-4000-8000-000000000001' };
    for (let time = 0; time < 2; time += 1) expect(await activate({ files: filesOf(second) }, headers)).toMatchObject({ status: 200, json: { status: 'activated', version: 'small-2' } });
    expect((await door.get('street', '/api/reference')).json.version).toBe('small-2');
    const { items } = (await door.get('administrator', '/api/reference/versions')).json;
    expect(items).toMatchObject([{ version: 'small-2', reason: '更名', actorRole: 'administrator' }, { version: 'small-1', reason: null }]);
  });

  it('is refused when another one came into force since it was compared', async () => {
    await activate({ files: filesOf(second) });
    expect(await activate({ files: filesOf({ ...second, version: 'small-3' }) })).toMatchObject({ status: 409, json: { code: 'reference.superseded' } });
  });

  it('may take effect at a moment to come, and be taken back before', async () => {
    const noon = toIso(door.clock.now() + 3 * hour);
    expect((await activate({ files: filesOf(second), effectiveFrom: '2026-11-23T12:00:00+08:00' })).json).toEqual({ status: 'activated', version: 'small-2' });
    expect((await door.get('street', '/api/reference')).json.version).toBe('small-1');
    expect((await door.get('administrator', '/api/reference/versions')).json.items).toMatchObject([{ version: 'small-2', state: 'waiting', effectiveFrom: noon, withdrawn: null }, { version: 'small-1', state: 'in-force' }]);
    const third = { files: filesOf({ ...second, version: 'small-3', cityName: '三' }) };
    expect((await draft(third)).json).toMatchObject({ against: 'small-2', againstFrom: noon });
    expect(await activate({ ...third, against: 'small-2' })).toMatchObject({ status: 409, json: { code: 'reference.another-waits', details: { effectiveFrom: noon } } });
    const back = await door.post('administrator', '/api/reference/withdrawals', { position: 2, reason: '改期' });
    expect([back.status, back.json.items[0]]).toMatchObject([200, { version: 'small-2', state: 'withdrawn', withdrawn: { reason: '改期', actorRole: 'administrator' } }]);
    expect((await door.post('administrator', '/api/reference/withdrawals', { position: 2, reason: '改期' })).json.code).toBe('reference.withdrawn-already');
    expect(await door.post('administrator', '/api/reference/withdrawals', { position: 99, reason: '改期' })).toMatchObject({ status: 404, json: { code: 'reference.unknown-activation' } });
    expect((await draft(third)).json).toMatchObject({ against: 'small-1', againstFrom: null });
  });

  it('is in force from its moment on, and the past stays as it was', async () => {
    const before = door.clock.now();
    await activate({ files: filesOf(second), effectiveFrom: toIso(before + hour) });
    door.clock.advance(2 * hour);
    expect((await door.get('street', '/api/reference')).json.version).toBe('small-2');
    for (const [at, version] of [[before + minute, 'small-1'], [before + hour, 'small-2']] as const) {
      expect((await door.get('street', `/api/reference?asOf=${toIso(at)}`)).json.version).toBe(version);
      expect((await door.get('street', `/api/log?asOf=${toIso(at)}`)).json.asOf.referenceVersion).toBe(version);
    }
  });

  it.each([['yesterday', 400, 'input.invalid'], ['2026-11-23T09:00:30+08:00', 422, 'reference.effective-too-soon'], ['2020-01-01T00:00:00Z', 422, 'reference.effective-too-soon']])('is refused with the moment %s', async (effectiveFrom, status, code) => {
    expect(await activate({ files: filesOf(second), effectiveFrom })).toMatchObject({ status, json: { code } });
    expect(await door.shelf.activations()).toHaveLength(1);
  });

  it.each([[{ files: [] }, 'files'], [{ files: [{ name: 'places.csv' }] }, 'files'], [{ reason: '' }, 'reason'], [{ against: 7 }, 'against']])('is refused when something is left out: %j', async (part, field) => {
    const { status, json } = await activate({ files: filesOf(second), ...part });
    expect([status, json.code]).toEqual([400, 'input.invalid']);
    expect(json.errors.some((error: { field: string }) => error.field.startsWith(field))).toBe(true);
  });

  it('is the administrator\'s alone', async () => {
    const body = { files: filesOf(second), reason: '更名', against: 'small-1' };
    for (const path of ['/api/reference/drafts', '/api/reference']) {
      expect((await send(null, path, body)).status).toBe(401);
      for (const person of ['gridWorker', 'street', 'city', 'auditor', 'hotline'] as const) expect(await send(person, path, body)).toMatchObject({ status: 403, json: { code: 'role.not-permitted' } });
    }
    expect((await door.post(null, '/api/reference/withdrawals', { position: 1, reason: '无' })).status).toBe(401);
    expect((await door.post('auditor', '/api/reference/withdrawals', { position: 1, reason: '无' })).status).toBe(403);
    expect((await door.get('auditor', '/api/reference/versions')).status).toBe(403);
  });
});
