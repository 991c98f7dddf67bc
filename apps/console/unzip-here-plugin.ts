import type { Plugin } from 'vite';

const mark = '\0unzip-here?';

/**
 * The reader of workbooks unpacks large parts in workers that it makes out of text, which the content security policy rightly forbids. It runs in
 * a worker of our own, so it may as well unpack there and then.
 */
export const unzipHere = (): Plugin => ({
  name: 'unzip-here',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (source !== 'fflate' || importer === undefined || importer.startsWith(mark)) return null;
    const found = await this.resolve(source, importer, { skipSelf: true });
    return found && mark + found.id;
  },
  load: (id) =>
    id.startsWith(mark)
      ? `import { unzipSync } from ${JSON.stringify(id.slice(mark.length))};
export * from ${JSON.stringify(id.slice(mark.length))};
export const unzip = (archive, ...others) => {
  const tell = others.pop();
  try {
    tell(null, unzipSync(archive, ...others));
  } catch (error) {
    tell(error, null);
  }
};`
      : null,
});
