import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { incidentEventKinds, otherEventKinds, schemaOf } from '#events';
import { recordOfFact } from '#exchange';
import { factSchemas, fits } from './fact-schemas.js';
import type { JsonSchema } from './fact-schemas.js';
import { writtenToday } from './samples.js';

const golden = new URL('./facts-out.schema.json', import.meta.url);
const types = [...Object.keys(incidentEventKinds), ...Object.keys(otherEventKinds)];

/** What a consumer is promised: the header `schema` names the entry. */
const promised = (): Readonly<Record<string, JsonSchema>> => Object.fromEntries(Object.entries(factSchemas(types)).map(([type, schema]) => [`${type}/${schemaOf(type)}`, schema]));

describe('facts that go out', () => {
  const samples = writtenToday();
  let schemas: Readonly<Record<string, JsonSchema>>;

  beforeAll(() => {
    schemas = promised();
  });

  it('have the schemas that were agreed on (UPDATE_GOLDEN=1 writes new ones)', async () => {
    const written = `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: schemas }, null, 1)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, written);
    expect(written).toBe(await readFile(golden, 'utf8'));
  });

  for (const type of types) {
    it(`${type} fits its schema and carries nobody's words, photos or ciphertexts`, () => {
      const data = JSON.parse(JSON.stringify(samples.get(type)?.data)) as unknown;
      const { value, headers } = recordOfFact({
        eventId: 'e-1', stream: 'incident-i-1', version: 1, position: 1, type, schema: schemaOf(type), recordedAt: '2026-03-02T01:00:00.000Z', data,
        actor: { id: 'u-1', role: 'channel', unit: 'hotline' }, onBehalfOf: 'canary', commandId: 'c-1', correlationId: 'k-1',
      });
      const fact = JSON.parse(value) as { readonly data: unknown };
      expect(fits(fact.data, schemas[headers['schema'] ?? ''] ?? {})).toBe(true);
      for (const canary of ['bm90aGluZyBpcyBpbiBoZXJl', 'f'.repeat(64), 'keyId', 'photos', 'canary']) expect(value).not.toContain(canary);
    });
  }

  it('a fact that an engine of tomorrow wrote does not go out in a shape that nobody knows', () => {
    const tomorrow = { eventId: 'e-1', stream: 'incident-i-1', version: 1, position: 1, type: 'Closed', schema: 99, recordedAt: '', data: {}, actor: { id: '', role: 'engine' as const, unit: '' }, commandId: '', correlationId: '' };
    expect(() => recordOfFact(tomorrow)).toThrow(/newer than this engine/);
    expect(() => recordOfFact({ ...tomorrow, type: 'SomethingElse', schema: 1 })).toThrow(/not in the registry/);
  });
});
