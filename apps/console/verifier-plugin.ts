import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

const page = new URL('../api/src/evidence/verifier.html', import.meta.url);
const name = 'virtual:verifier';
const begins = "'use strict';";
const ends = '// From here on it is the page;';
const exported = ['Verdict', 'base64', 'toBase64', 'text', 'same', 'leafHash', 'included', 'fieldsOf', 'checkpointOf', 'keysIn', 'believe', 'verifyExport'];

/**
 * 验证程序 The verifier that people take away as one file is what the desk runs too: an implementation of its own, which shares no line with
 * the engine. Its page is cut off here and its functions are handed out.
 */
export const verifier = (): Plugin => ({
  name: 'threeloops-verifier',
  resolveId: (id) => (id === name ? `\0${name}` : null),
  async load(id) {
    if (id !== `\0${name}`) return null;
    const html = await readFile(page, 'utf8');
    const [from, to] = [html.indexOf(begins), html.indexOf(ends)];
    if (from < 0 || to < from) throw new Error('the verifier is not where the console looks for it');
    return `${html.slice(from + begins.length, to)}\nexport { ${exported.join(', ')} };\n`;
  },
});
