import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Colleague } from './colleague.js';
import { Seat } from './desk-seat.js';
import type { Stage } from './harness.js';

const dispatcher = 's001-dispatcher';
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export const violationsOn = async (page: Page): Promise<string> => {
  // By the debugger's door: the page's own policy lets no script in.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(await (await import('node:fs/promises')).readFile(axePath, 'utf8'));
  const found = (await page.evaluate('axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) => violations)')) as readonly Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`).join(' | ')}`).join('\n');
};

export const speakEnglish = "localStorage.setItem('threeloops.language', 'en')";

/** An incident that has been through some of it, for pages that show one. */
export const lived = async (stage: Stage): Promise<string> => {
  const centre = await Colleague.of(stage, dispatcher);
  const unit = await Colleague.of(stage, 's001-roads');
  const incidentId = await centre.files();
  await centre.does(incidentId, 'dispatch', { unit: 'YP-S-001-roads' });
  await unit.does(incidentId, 'return', { reason: { code: 'lacks-information', note: '缺具体路段' } });
  await centre.does(incidentId, 'dispatch', { unit: 'YP-S-001-roads' });
  await unit.does(incidentId, 'acknowledge');
  return incidentId;
};

const screens = async (stage: Stage): Promise<readonly (readonly [login: string, path: string, name: string])[]> => {
  const incidentId = await lived(stage);
  return [
    [dispatcher, '/desk', 'desk'], [dispatcher, `/incidents/${incidentId}`, 'incident'], [dispatcher, `/incidents/${incidentId}/replay`, 'replay'], ['district-dispatcher', '/district', 'board'],
    ['district-dispatcher', '/figures?metric=onTimeHandlingRate&by=street', 'figures'], ['administrator', '/admin', 'admin'], ['administrator', '/admin?tab=calendar', 'calendar'], ['auditor', '/evidence', 'evidence'], [dispatcher, '/desk?asOf=1', 'past'], ['analyst', '/desk', 'analyst'],
  ];
};

export const screenChecks: readonly Check[] = [
  {
    id: 'A30', title: 'every cell of the board opens exactly the incidents that it counts',
    walk: async (stage) => {
      await lived(stage);
      const seat = await Seat.of(stage, 'district-dispatcher', '/district');
      await until(() => seat.page.locator('.matrix .some').count(), (count) => count > 0, 'cells that count something');
      await seat.visit.picture('board');
      const cells = await seat.page.locator('.matrix td a').evaluateAll((links) => links.map((link) => ({ path: link.getAttribute('href') ?? '', count: Number(link.querySelector('b')?.textContent) })));
      const worth = [...cells.filter(({ count }) => count > 0), ...cells.filter(({ count }) => count === 0).slice(0, 6)];
      expectThat(worth.length > 6, 'the board counts nothing');
      for (const { path, count } of worth) {
        await seat.open(path);
        await until(() => seat.page.locator('.desk-page .count').textContent(), (text) => text === `${count} 件`, `rows behind ${path}, which counts ${count}`);
      }
    },
  },
  {
    id: 'A33', title: 'a replay visits every fact in order and ends in the present state',
    walk: async (stage) => {
      const incidentId = await lived(stage);
      // What the loops add to it is there before it is played back.
      await stage.engine.settled();
      const facts = await (await Colleague.of(stage, dispatcher)).facts(incidentId);
      const seat = await Seat.of(stage, dispatcher, `/incidents/${incidentId}/replay`);
      await seat.page.locator('.step-panel h2').waitFor();
      await seat.press('Home');
      for (const { position } of facts) {
        await until(() => seat.page.locator('.step-panel').textContent(), (text) => text?.includes(`#${position}`) === true, `fact ${position}`);
        await seat.press('ArrowRight');
      }
      await seat.page.getByText('最后一步与当前状态一致').waitFor();
      await seat.visit.picture('replay');
      await seat.page.getByRole('button', { name: '表格' }).click();
      await until(() => seat.page.locator('.fact-table tbody tr').count(), (rows) => rows === facts.length, `rows of ${facts.length} facts`);
    },
  },
  {
    id: 'A38', title: 'the question who would get this names the unit that a dispatch would suggest',
    walk: async (stage) => {
      const seat = await Seat.of(stage, 'administrator', '/admin?tab=probe');
      const choose = async (index: number, text: string): Promise<void> => {
        await seat.page.locator('.probe-view .el-select').nth(index).click();
        await seat.page.keyboard.type(text);
        await seat.page.getByRole('option', { name: new RegExp(text.replaceAll('.', '\\.')) }).first().click();
      };
      await choose(0, 'C-02-12.4');
      await choose(1, '31011000100102');
      await seat.page.getByRole('button', { name: '探查' , exact: true }).click();
      await seat.page.locator('.probe-view section').waitFor();
      const told = (await seat.page.locator('.probe-view section').textContent()) ?? '';
      expectThat(told.includes('定海路街道市政道路养护站') && told.includes('S-002'), told);
      await seat.visit.picture('admin-probe');
    },
  },
  {
    id: 'A39', title: 'axe finds nothing on any screen, in both languages',
    walk: async (stage) => {
      const found: string[] = [];
      for (const [login, path, name] of await screens(stage)) {
        await Promise.all((['zh-CN', 'en'] as const).map(async (language) => {
          const seat = await Seat.of(stage, login);
          if (language === 'en') await seat.page.evaluate(speakEnglish);
          await seat.open(path);
          await seat.page.waitForLoadState('networkidle').catch(() => undefined);
          if (name === 'incident') await seat.page.locator('.action-bar').waitFor();
          await seat.visit.picture(`screen-${name}-${language}`);
          const violations = await violationsOn(seat.page);
          if (violations !== '') found.push(`${name} in ${language}: ${violations}`);
          await seat.visit.context.close();
        }));
      }
      expectThat(found.length === 0, found.join('\n'));
    },
  },
  {
    id: 'A40', title: 'both languages are whole: no raw key, no clipped button, and the document says which it is',
    walk: async (stage) => {
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.evaluate(speakEnglish);
      for (const [, path] of (await screens(stage)).slice(0, 3)) {
        await seat.open(path);
        await seat.page.locator('h1, h2').first().waitFor({ state: 'attached' });
        expectThat((await seat.page.locator('html').getAttribute('lang')) === 'en', 'the document does not say English');
        const raw = /\b(?:list|stage|rung|clock|due|field|nav)\.[a-z-]+\b/.exec((await seat.page.locator('body').innerText()) ?? '');
        expectThat(raw === null, `${path} shows ${raw?.[0]}`);
        const clipped = (await seat.page.evaluate("[...document.querySelectorAll('button')].filter((button) => button.checkVisibility() && button.scrollWidth > button.clientWidth + 1 && getComputedStyle(button).overflow !== 'visible').map((button) => button.textContent)")) as readonly string[];
        expectThat(clipped.length === 0, `${path} clips ${JSON.stringify(clipped)}`);
      }
    },
  },
  {
    id: 'A41', title: 'Chinese is set in a Chinese face, and no font is fetched',
    walk: async (stage) => {
      const seat = await Seat.of(stage, dispatcher);
      const client = await seat.page.context().newCDPSession(seat.page);
      await client.send('DOM.enable');
      await client.send('CSS.enable');
      const { root } = await client.send('DOM.getDocument');
      const { nodeId } = await client.send('DOM.querySelector', { nodeId: root.nodeId, selector: '.top-bar .brand' });
      const { fonts } = await client.send('CSS.getPlatformFontsForNode', { nodeId });
      expectThat(fonts.length > 0 && fonts.every(({ familyName }) => /CJK|Han Sans|PingFang|YaHei|HarmonyOS/.test(familyName)), JSON.stringify(fonts));
      const fetched = ((await seat.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")) as readonly string[]).filter((name) => /\.(woff2?|ttf|otf)/.test(name));
      expectThat(fetched.length === 0, fetched.join(' '));
    },
  },
  {
    id: 'A42', title: 'a role is offered only what it may do',
    walk: async (stage) => {
      const incidentId = await lived(stage);
      const analyst = await Seat.of(stage, 'analyst', `/incidents/${incidentId}`);
      await analyst.page.locator('.action-bar').waitFor();
      expectThat((await analyst.page.locator('.action-bar button').count()) === 0, 'an analyst is offered an action');
      const administrator = await Seat.of(stage, 'administrator', '/');
      await administrator.page.waitForURL('**/admin');
      expectThat((await administrator.page.locator('.top-bar nav a').count()) === 1, 'an administrator is offered more than administration');
      const stranger = await (await stage.browser.newContext()).newPage();
      for (const path of ['/', '/desk', '/district', '/figures', '/evidence', '/admin', '/m']) {
        await stranger.goto(`http://127.0.0.1:${stage.port}${path}`);
        expectThat(new URL(stranger.url()).pathname === '/login', `${path} shows a stranger ${stranger.url()}`);
      }
    },
  },
  {
    id: 'A43', title: 'no page complains, nothing moves for those who want it still, and half the width is enough',
    walk: async (stage) => {
      for (const [login, path] of await screens(stage)) {
        const seat = await Seat.of(stage, login, path, { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
        await seat.page.waitForLoadState('networkidle').catch(() => undefined);
        expectThat(seat.visit.complaints.length === 0, `${path}: ${seat.visit.complaints.join('\n')}`);
        const moving = await seat.page.evaluate<number>('document.getAnimations().length');
        expectThat(moving === 0, `${path}: ${moving} animations`);
        await seat.page.setViewportSize({ width: 640, height: 900 });
        const beyond = await seat.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expectThat(beyond <= 0, `${path} is ${beyond} px too wide at 200 %`);
        await seat.visit.context.close();
      }
    },
  },
];
