// Writes the types of the API, from the document that the golden file keeps, where the console's sources import them.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTypes, { astToString } from 'openapi-typescript';

const from = new URL('../../test/golden/openapi.json', import.meta.url);
const to = new URL('./src/shared/wire.ts', import.meta.url);

const document = JSON.parse(await readFile(from, 'utf8'));
const text = astToString(await openapiTypes(document));
const before = await readFile(to, 'utf8').catch(() => null);
if (before !== text) await writeFile(to, text);
