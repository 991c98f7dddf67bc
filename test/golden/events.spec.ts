import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { incidentEventKinds, otherEventKinds, schemaOf, upcast } from '#events';
import { writtenToday } from './samples.js';

const folder = join(process.cwd(), 'test/golden/events');
const types = [...Object.keys(incidentEventKinds), ...Object.keys(otherEventKinds)];

interface Sample {
  readonly type: string;
  readonly schema: number;
  readonly data: unknown;
}

const nameOf = (type: string, schema: number): string => `${type}.${schema}.json`;
const read = async (name: string): Promise<Sample> => JSON.parse(await readFile(join(folder, name), 'utf8')) as Sample;

/** Which fields of which kinds of value there are, whatever the values: lists by their first entry. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? 'list' : [shapeOf(value[0])];
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, shapeOf(each)]));
};

describe('the storage format of facts', () => {
  const samples = writtenToday();

  beforeAll(async () => {
    if (process.env['UPDATE_GOLDEN'] !== '1') return;
    for (const [type, { data }] of samples) {
      const sample: Sample = { type, schema: schemaOf(type), data };
      // A sample that is there is what older engines wrote: it is never written again.
      await writeFile(join(folder, nameOf(type, sample.schema)), `${JSON.stringify(sample, null, 1)}\n`, { flag: 'wx' }).catch((failure: NodeJS.ErrnoException) => {
        if (failure.code !== 'EEXIST') throw failure;
      });
    }
  });

  it('has a sample of every type and every schema version, and of nothing else', async () => {
    const wanted = types.flatMap((type) => Array.from({ length: schemaOf(type) }, (_, index) => nameOf(type, index + 1)));
    expect((await readdir(folder)).sort()).toEqual(wanted.sort());
  });

  for (const type of types) {
    it(`${type} is written as it was agreed on`, async () => {
      const sample = await read(nameOf(type, schemaOf(type)));
      expect({ type, schema: schemaOf(type), data: JSON.parse(JSON.stringify(samples.get(type)?.data)) as unknown }).toEqual(sample);
    });

    it(`${type} of every version is lifted to today's shape, and what is lifted stays`, async () => {
      for (let schema = 1; schema <= schemaOf(type); schema += 1) {
        const lifted = upcast(type, schema, (await read(nameOf(type, schema))).data);
        expect(shapeOf(lifted)).toEqual(shapeOf(JSON.parse(JSON.stringify(samples.get(type)?.data))));
        expect(upcast(type, schemaOf(type), lifted)).toEqual(lifted);
      }
    });
  }
});
