// Builds the console into dist/console, and does nothing when its sources are those of the last build.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const built = join(root, 'dist/console');
const mark = join(built, 'build-mark');

const filesIn = async (folder) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();

const isSource = (file) => !file.endsWith('.spec.ts') && !file.endsWith('wire.ts');

const digestOfSources = async () => {
  const hash = createHash('sha256');
  for (const file of [...(await filesIn(here)).filter(isSource), join(root, 'package-lock.json'), join(root, 'apps/api/src/evidence/verifier.html')]) hash.update(relative(root, file)).update('\0').update(await readFile(file)).update('\0');
  return hash.digest('hex');
};

const compressed = /\.(js|css|html|svg|json|webmanifest)$/;

/** Slow compression once instead of a quick one at every request. */
const compress = async () => {
  for (const file of await filesIn(built)) if (compressed.test(file)) await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 9 }));
};

const digest = await digestOfSources();
if ((await readFile(mark, 'utf8').catch(() => '')) !== digest) {
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });
  await compress();
  await writeFile(mark, digest);
}
