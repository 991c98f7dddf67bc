import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const rulesPath = resolve('test/e2e/in-page.js');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** By the debugger's door, since the content security policy lets no script in from elsewhere. */
const inPage = async <Answer>(page: Page, call: string): Promise<Answer> => {
  if (!(await page.evaluate<boolean>('"screenRules" in globalThis'))) await page.evaluate(await readFile(rulesPath, 'utf8'));
  return page.evaluate<Answer>(`screenRules.${call}`);
};

export const boxProblems = (page: Page): Promise<readonly string[]> => inPage(page, 'boxes()');
export const sidewaysProblems = (page: Page): Promise<readonly string[]> => inPage(page, 'sideways()');

export interface KeptItem {
  readonly id: string;
  readonly state: string;
  readonly address: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export const outboxOf = (page: Page): Promise<readonly KeptItem[]> => inPage(page, 'outbox()');

/** Rules of accessibility that are broken, words that are clipped or missing, and Chinese in a face that has none. */
export const spokenProblems = async (page: Page): Promise<readonly string[]> => {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axe.source);
  const broken = await inPage<readonly string[]>(page, `spoken(${JSON.stringify(standards)})`);
  return [...broken, ...(await inPage<readonly string[]>(page, 'words()')), ...(await strangeFaces(page))];
};

const strangeFaces = async (page: Page): Promise<readonly string[]> => {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('DOM.enable');
    await session.send('CSS.enable');
    const { root } = await session.send('DOM.getDocument', { depth: 0 });
    const { nodeIds } = await session.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'h1, h2' });
    const faces = await Promise.all(nodeIds.map(async (nodeId) => (await session.send('CSS.getPlatformFontsForNode', { nodeId })).fonts));
    return faces.flat().filter(({ familyName, isCustomFont }) => isCustomFont || !/CJK|PingFang|YaHei|HarmonyOS|Han Sans/.test(familyName)).map(({ familyName }) => `a heading is written in ${familyName}`);
  } finally {
    await session.detach();
  }
};
