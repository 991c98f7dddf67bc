import type { Page } from 'playwright-core';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Seat } from './desk-seat.js';
import type { Stage } from './harness.js';
import { lived, violationsOn } from './screens.js';

/** A dispatcher whose street has nothing to do. */
const idle = 's009-dispatcher';
const dispatcher = 's001-dispatcher';
const district = 'district-dispatcher';

const json = (body: object, status = 200) => ({ status, contentType: status === 200 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) });
const problem = (code: string, status: number, detail: string) => json({ type: `urn:threeloops:problem:${code}`, title: 'Not done', status, code, detail, traceId: '0' }, status);
const defect = problem('engine.defect', 500, 'The engine made a mistake.');

interface Screen {
  readonly login: string;
  readonly path: string;
  readonly name: string;
  /** What the screen cannot be drawn without. */
  readonly asked: RegExp;
}

const mainScreens = (incidentId: string): readonly Screen[] => [
  { login: dispatcher, path: '/desk', name: 'desk', asked: /\/api\/open-incidents/ },
  { login: dispatcher, path: `/incidents/${incidentId}`, name: 'incident', asked: /\/api\/incidents\/[0-9a-f]/ },
  { login: dispatcher, path: `/incidents/${incidentId}/replay`, name: 'replay', asked: /\/api\/incidents\/[0-9a-f]/ },
  { login: district, path: '/district', name: 'board', asked: /\/api\/(open-incidents|deadlines|queues)/ },
  { login: district, path: '/figures?metric=onTimeHandlingRate&by=street', name: 'figures', asked: /\/api\/metrics/ },
  { login: 'auditor', path: '/evidence', name: 'evidence', asked: /\/api\/evidence/ },
  { login: 'administrator', path: '/admin?tab=accounts', name: 'admin', asked: /\/api\/accounts/ },
  { login: 'administrator', path: '/admin?tab=reference', name: 'versions', asked: /\/api\/reference\/versions/ },
  { login: dispatcher, path: '/desk?asOf=1', name: 'past', asked: /\/api\/open-incidents/ },
];

/** A screen in one of its states: it is photographed, and axe looks at it. */
class Gallery {
  readonly found: string[] = [];

  async keep(seat: Seat, name: string, state: string): Promise<void> {
    await seat.visit.picture(`state-${name}-${state}`);
    const violations = await violationsOn(seat.page);
    if (violations !== '') this.found.push(`${name}, ${state}: ${violations}`);
    await seat.visit.context.close();
  }

  isClean(): void {
    expectThat(this.found.length === 0, this.found.join('\n'));
  }
}

const held = async (page: Page, asked: RegExp): Promise<() => void> => {
  const waiting: (() => void)[] = [];
  await page.route(asked, async (route) => {
    await new Promise<void>((resume) => waiting.push(resume));
    await route.abort().catch(() => undefined);
  });
  return () => waiting.forEach((resume) => resume());
};

/** Nothing to do, by what the engine would answer then. */
const emptied = async (stage: Stage): Promise<readonly (readonly [seat: Seat, name: string])[]> => {
  const desk = await Seat.of(stage, idle);
  await desk.page.locator('.nothing').waitFor();
  const board = await Seat.of(stage, district, '/');
  await board.page.route(/\/api\/open-incidents/, (route) => route.fulfill(json({ items: [], more: false })));
  await board.page.route(/\/api\/deadlines/, (route) => route.fulfill(json({ items: [], nextCursor: null })));
  await board.open('/district');
  await board.page.locator('.matrix').waitFor();
  const figures = await Seat.of(stage, idle, '/figures?metric=onTimeHandlingRate&by=street');
  await figures.page.locator('.figure-detail .totals').waitFor();
  const search = await Seat.of(stage, dispatcher);
  await search.page.locator('.queue-row').first().waitFor();
  await search.page.getByRole('searchbox').fill('没有这样的案件');
  await search.page.locator('.nothing').waitFor();
  return [[desk, 'desk'], [board, 'board'], [figures, 'figures'], [search, 'search']];
};

export const stateChecks: readonly Check[] = [
  {
    id: 'S01', title: 'every main screen shows that it loads, that it failed and that nobody answers, and axe finds nothing there',
    walk: async (stage) => {
      const gallery = new Gallery();
      for (const { login, path, name, asked } of mainScreens(await lived(stage))) {
        // Side by side: most of it is waiting until a page gives up.
        await Promise.all((['loading', 'error', 'offline'] as const).map(async (state) => {
          const seat = await Seat.of(stage, login, '/');
          let letGo = (): void => undefined;
          if (state === 'loading') letGo = await held(seat.page, asked);
          else await seat.page.route(asked, (route) => (state === 'error' ? route.fulfill(defect) : route.abort()));
          await seat.open(path);
          // What did not arrive is asked for twice more before it is given up.
          if (state === 'loading') await seat.page.getByRole('status').first().waitFor({ state: 'attached' });
          else await seat.page.getByRole('alert').first().waitFor({ timeout: 20_000 });
          await gallery.keep(seat, name, state);
          letGo();
        }));
      }
      gallery.isClean();
    },
  },
  {
    id: 'S02', title: 'where there is nothing to do or nothing was found, the screen says so',
    walk: async (stage) => {
      const gallery = new Gallery();
      for (const [seat, name] of await emptied(stage)) await gallery.keep(seat, name, 'empty');
      gallery.isClean();
    },
  },
  {
    id: 'S03', title: 'when the stream is down every live screen says that it may be old, and keeps what it has',
    walk: async (stage) => {
      const gallery = new Gallery();
      for (const { login, path, name, asked } of mainScreens(await lived(stage)).filter((screen) => ['desk', 'incident', 'replay', 'board'].includes(screen.name))) {
        const seat = await Seat.of(stage, login, path);
        await seat.page.locator('.top-bar .live.live').waitFor();
        await seat.page.locator('.queue-row, .matrix .some, .step-panel h2').first().waitFor();
        await seat.page.context().route('**/api/stream', (route) => route.abort());
        await seat.page.route(asked, (route) => route.abort());
        await stage.reopenDoor();
        await seat.page.locator('.top-bar .live.down').waitFor();
        expectThat((await seat.page.locator('.queue-row, .matrix .some, .step-panel h2').count()) > 0, `${name} lost what it had`);
        await gallery.keep(seat, name, 'stale');
      }
      gallery.isClean();
    },
  },
  {
    id: 'S04', title: 'whoever was not quick enough is told so where they were, and keeps what they wrote',
    walk: async (stage) => {
      const gallery = new Gallery();
      const incident = await Seat.of(stage, dispatcher, `/incidents/${await lived(stage)}`);
      await incident.page.route(/\/api\/incidents\/[^/]+\/urge$/, (route) => route.fulfill(problem('incident.revision-conflict', 409, 'The incident has changed since you looked at it.')));
      await incident.page.getByRole('button', { name: '催办' }).click();
      await incident.dialog.locator('textarea').fill('居民再次来电');
      await incident.dialog.getByRole('button', { name: '催办' }).click();
      await incident.dialog.getByRole('alert').filter({ hasText: '刚被他人改动' }).waitFor();
      expectThat((await incident.dialog.locator('textarea').inputValue()) === '居民再次来电', 'the text is gone');
      await gallery.keep(incident, 'incident', 'conflict');
      const accounts = await Seat.of(stage, 'administrator', '/admin?tab=accounts');
      await accounts.page.route(/\/api\/accounts$/, (route) => (route.request().method() === 'POST' ? route.fulfill(problem('account.login-taken', 409, 'This login is taken.')) : route.continue()));
      await accounts.page.locator('.new-account summary').click();
      await accounts.page.getByRole('textbox', { name: '账号' }).fill('zhang.wei');
      await accounts.page.getByRole('textbox', { name: '姓名' }).fill('张伟');
      await accounts.page.locator('.new-account button[type=submit]').click();
      await accounts.page.getByRole('alert').waitFor();
      await until(() => accounts.page.getByRole('textbox', { name: '账号' }).inputValue(), (text) => text === 'zhang.wei', 'the login that was written');
      await gallery.keep(accounts, 'admin', 'conflict');
      gallery.isClean();
    },
  },
];
