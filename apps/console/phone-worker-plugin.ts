import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Plugin, Rolldown } from 'vite';

const source = new URL('./phone-worker.js', import.meta.url);
const always = ['icons/loops.svg'];

type Chunk = Rolldown.OutputChunk & { readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> } };

/** The entry's script, what it imports at once, and their style sheets; what is loaded later is left out. */
const filesOf = (bundle: Rolldown.OutputBundle, page: string): readonly string[] => {
  const chunks = Object.values(bundle).filter((output): output is Chunk => output.type === 'chunk');
  const entry = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/${page}`));
  if (!entry) throw new Error(`${page} has no script in the bundle`);
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const chunk = chunks.find(({ fileName }) => fileName === name);
    for (const style of chunk?.viteMetadata?.importedCss ?? []) needed.add(style);
    for (const imported of chunk?.imports ?? []) need(imported);
  };
  need(entry.fileName);
  return [...needed].sort();
};

/** Writes the phone's service worker with the list of what it has to keep. */
export const phoneWorker = (): Plugin => ({
  name: 'threeloops-phone-worker',
  apply: 'build',
  enforce: 'post',
  async generateBundle(_options, bundle) {
    const files = [...filesOf(bundle, 'm.html'), ...always].map((name) => `/${name}`);
    const page = bundle['m.html'];
    const digest = createHash('sha256').update(files.join('\n')).update(page?.type === 'asset' ? page.source : '').update(await readFile(source)).digest('hex').slice(0, 16);
    const text = (await readFile(source, 'utf8')).replace('FILES', JSON.stringify(files)).replace('DIGEST', digest);
    this.emitFile({ type: 'asset', fileName: 'phone-worker.js', source: text });
  },
});
