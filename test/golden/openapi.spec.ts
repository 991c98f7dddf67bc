import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../apps/api/spec/front-door.js';

const golden = new URL('./openapi.json', import.meta.url);

/** Every `$ref` anywhere in a document. */
const referencesIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { $ref?: unknown }).$ref;
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(value).flatMap(referencesIn)];
};

const found = (document: unknown, reference: string): unknown =>
  reference.replace(/^#\//, '').split('/').reduce<unknown>((within, key) => (within as Record<string, unknown> | undefined)?.[key], document);

describe('The OpenAPI document', () => {
  let door: FrontDoor;
  let written = '';

  beforeAll(async () => {
    door = await FrontDoor.open();
    written = `${JSON.stringify(door.document(), null, 1)}\n`;
  });

  afterAll(() => door.close());

  it('is the one that was agreed on (UPDATE_GOLDEN=1 writes a new one)', async () => {
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, written);
    expect(JSON.parse(written)).toEqual(JSON.parse(await readFile(golden, 'utf8')));
  });

  it('refers to nothing that is not in it', () => {
    const document: unknown = JSON.parse(written);
    const references = [...new Set(referencesIn(document))];
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((reference) => found(document, reference) === undefined || reference.endsWith('/'))).toEqual([]);
  });
});
