import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { FrontDoor } from '../../apps/api/spec/front-door.js';

const golden = new URL('./openapi.json', import.meta.url);

it('The OpenAPI document is the one that was agreed on (UPDATE_GOLDEN=1 writes a new one)', async () => {
  const door = await FrontDoor.open();
  try {
    const written = `${JSON.stringify(door.document(), null, 1)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, written);
    expect(JSON.parse(written)).toEqual(JSON.parse(await readFile(golden, 'utf8')));
  } finally {
    await door.close();
  }
});
