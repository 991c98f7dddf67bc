import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../spec/front-door.js';
import type { PersonName } from '../../spec/front-door.js';
import { answers, shapeRef, shapes } from './shapes.js';
import type { Shape } from './shapes.js';

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value);

const named = (name: string): Shape => (shapes as Readonly<Record<string, Shape>>)[name] ?? {};

/** Where a value is not as its shape says; empty when it is. */
const differences = (value: unknown, shape: Shape, at = ''): readonly string[] => {
  if (shape.$ref !== undefined) return differences(value, named(shape.$ref.split('/').at(-1) ?? ''), at);
  if (value === null) return shape.nullable ? [] : [`${at} is null`];
  if (shape.allOf) return shape.allOf.flatMap((part) => differences(value, part, at));
  const type = typeOf(value);
  if (type !== shape.type && !(shape.type === 'number' && type === 'integer')) return [`${at} is ${type} and not ${shape.type}`];
  if (shape.enum && !shape.enum.includes(value as string)) return [`${at} is "${String(value)}"`];
  if (Array.isArray(value)) return value.flatMap((each, index) => differences(each, shape.items ?? {}, `${at}[${index}]`));
  if (type !== 'object' || shape.properties === undefined) return [];
  const fields = Object.entries(value as Record<string, unknown>);
  return [
    ...(shape.required ?? []).filter((name) => !Object.hasOwn(value as object, name)).map((name) => `${at}.${name} is missing`),
    ...fields.flatMap(([name, part]) => {
      const known = shape.properties?.[name];
      return known ? differences(part, known, `${at}.${name}`) : [`${at}.${name} is not described`];
    }),
  ];
};

describe('the OpenAPI document', () => {
  let door: FrontDoor;
  let id: string;
  beforeAll(async () => {
    door = await FrontDoor.open();
    id = await door.reported({ description: '垃圾', address: '某路', reporter: { name: '张', telephone: '13812345678' }, location: { longitude: 121.5, latitude: 31.2 }, ruleHint: 'C-01-01.1' });
    await door.told(
      id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }], ['street', 'dispatch', { unit: 'S1-roads' }], ['roads', 'acknowledge'],
      ['roads', 'handle', { note: '好' }], ['street', 'pass-inspection'], ['street', 'close'], ['street', 'visit', { reached: true }], ['street', 'satisfaction', { grade: 'satisfied' }],
    );
    await door.reported();
  });
  afterAll(() => door.close());

  it('describes the answer of every operation', () => {
    const { paths } = door.document();
    const operations = Object.values(paths).flatMap((item) => Object.values(item as Record<string, { operationId: string; responses: Record<string, { content?: object }> }>));
    const bodiless = new Set(['deactivateAccount', 'activateAccount', 'signOut', 'signOutEverywhere', 'stream', 'photo', 'processMetrics', 'evidenceCheckpoint', 'receipt', 'evidenceExport']);
    expect(operations.filter(({ operationId, responses }) => !bodiless.has(operationId) && !Object.values(responses).some((each) => each.content && JSON.stringify(each).includes('application/json'))).map(({ operationId }) => operationId)).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(Object.keys(answers).filter((name) => !operations.some(({ operationId }) => operationId === name))).toEqual([]);
  });

  it.each([
    ['IncidentPage', 'street', '/api/incidents?limit=1'], ['IncidentPage', 'analyst', '/api/incidents'], ['IncidentPicture', 'roads', '/api/incidents/:id'], ['IncidentPicture', 'auditor', '/api/incidents/:id'],
    ['OpenIncidents', 'district', '/api/open-incidents'], ['OpenIncidents', 'street', '/api/open-incidents?street=S1&asOf=2'], ['FactList', 'street', '/api/incidents/:id/timeline'], ['DeadlineList', 'street', '/api/incidents/:id/deadlines'], ['SuggestionList', 'street', '/api/incidents/:id/suggestions?rung=street'],
    ['DeadlinePage', 'street', '/api/deadlines'], ['QueueList', 'street', '/api/queues'], ['Reference', 'hotline', '/api/reference'], ['Me', 'city', '/api/me'], ['FieldKit', 'gridWorker', '/api/field-kit'], ['FieldKit', 'city', '/api/field-kit'], ['Me', 'roads', '/api/me'],
    ['OwnReport', 'gridWorker', '/api/reports/:id'], ['MapBase', 'street', '/api/map'], ['DutyAnswer', 'street', '/api/duties/probe?ruleId=C-01-01.1&gridCode=S1A1'], ['AccountList', 'administrator', '/api/accounts'], ['Problem', 'hotline', '/api/incidents'], ['Problem', 'street', '/api/incidents?limit=0'],
    ['Problem', 'street', '/api/incidents/none'], ['MetricCatalogue', 'analyst', '/api/metrics'], ['Figure', 'analyst', '/api/metrics/satisfactionRate?by=unit'], ['Figure', 'auditor', '/api/metrics/handleDuration?by=street'],
    ['Figure', 'street', '/api/metrics/reworkRate?by=scenario'], ['CountedPage', 'city', '/api/metrics/closureRate/incidents'], ['FrozenList', 'analyst', '/api/frozen-figures'],
    ['LogSpan', 'street', '/api/log'], ['LogSpan', 'auditor', '/api/log?asOf=1'], ['Live', 'street', '/api/health/live'], ['Readiness', 'street', '/api/health/ready'],
    ['Evidence', 'auditor', '/api/evidence'], ['ConsistencyProof', 'street', '/api/evidence/consistency?from=1&to=2'], ['LeafProof', 'auditor', '/api/evidence/leaves/1'],
  ] as const)('says truly what %s is, to %s asking %s', async (shape, person, address) => {
    const { json } = await door.get(person as PersonName, address.replace(':id', id));
    expect(json).not.toBeNull();
    expect(differences(json, shapeRef(shape))).toEqual([]);
  });

  it('says truly what is answered to what is sent', async () => {
    const made = await door.post('administrator', '/api/accounts', { login: 'new.one', displayName: '新', role: 'analyst', unit: 'YP-centre', place: 'YP' });
    expect(differences(made.json, shapeRef('NewAccount'))).toEqual([]);
    expect(differences((await door.post('administrator', `/api/accounts/${made.json.account.id}/reset-password`)).json, shapeRef('ResetLink'))).toEqual([]);
    const frozen = await door.post('analyst', '/api/frozen-figures', { metrics: ['closureRate', 'wholeDuration'], from: '2026-11-01T00:00:00Z', before: '2026-11-20T00:00:00Z', by: 'unit' });
    expect(differences(frozen.json, shapeRef('Frozen'))).toEqual([]);
    expect(differences((await door.get('analyst', `/api/frozen-figures/${frozen.json.figuresId}/recomputed`)).json, shapeRef('Recomputed'))).toEqual([]);
    const token = (made.json.resetLink as string).split('token=')[1] as string;
    await door.ask(null, 'POST', '/reset', { body: new URLSearchParams({ token, password: 'blue rivers sing' }).toString(), type: 'application/x-www-form-urlencoded' });
    for (const bearer of [true, false]) expect(differences((await door.post(null, '/api/sessions', { login: 'new.one', password: 'blue rivers sing', bearer })).json, shapeRef('Session'))).toEqual([]);
  });

  it('would notice an answer that is not as described', () => {
    expect(differences({ status: 'ok', secret: 1 }, shapes.Live)).toEqual(['.secret is not described']);
    expect(differences({}, shapes.Live)).toEqual(['.status is missing']);
    expect(differences({ items: [{ holder: 1, open: 1.5, breached: 0, nextDueAt: null }] }, shapes.QueueList)).toEqual(['.items[0].holder is integer and not string', '.items[0].open is number and not integer']);
  });
});
