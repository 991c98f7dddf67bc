import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Colleague } from './colleague.js';
import { Seat } from './desk-seat.js';

const dispatcher = 's001-dispatcher';
const roads = 's001-roads';

/** Milliseconds that a countdown of the queue shows: `04:09`, `1:04:09`, `3 天 04:09`. */
const spanIn = (text: string): number => {
  const [, days = '0', clock = ''] = /(?:(\d+) 天 )?([\d:]+)/.exec(text) ?? [];
  const parts = clock.split(':').map(Number);
  const seconds = days === '0' ? parts.reduce((sum, part) => sum * 60 + part, 0) : ((parts[0] ?? 0) * 60 + (parts[1] ?? 0)) * 60;
  return (Number(days) * 86_400 + seconds) * 1_000;
};

export const deskChecks: readonly Check[] = [
  {
    id: 'A14', title: 'a report appears as a row and a pin without a reload, and does not move the chosen row',
    walk: async (stage) => {
      const hotline = await Colleague.of(stage, dispatcher);
      const first = await hotline.reports();
      const seat = await Seat.of(stage, dispatcher);
      await seat.row(first).waitFor();
      const second = await hotline.reports();
      await seat.row(second).waitFor({ timeout: 5_000 });
      await seat.choose(second);
      await seat.visit.picture('desk');
      const before = await seat.row(second).boundingBox();
      // It is due before the chosen one, so it would push it down.
      await (await Colleague.of(stage, dispatcher)).does(second, 'accept');
      await hotline.reports();
      await until(() => seat.page.locator('.queue-row').count(), (count) => count >= 2, 'rows');
      const after = await seat.row(second).boundingBox();
      expectThat(before?.y === after?.y, `the chosen row went from ${before?.y} to ${after?.y}`);
      expectThat(seat.visit.complaints.length === 0, seat.visit.complaints.join('\n'));
    },
  },
  {
    id: 'A15', title: 'countdowns follow the engine\'s clock on a device that is seven minutes off',
    walk: async (stage) => {
      const incidentId = await (await Colleague.of(stage, dispatcher)).reports();
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.context().addInitScript('{ const real = Date.now.bind(Date); Date.now = () => real() + 420000; }');
      await seat.open('/desk');
      await seat.row(incidentId).waitFor();
      const row = await stage.engine.views.incident({ places: null, unit: null }, incidentId);
      const shown = spanIn((await seat.row(incidentId).locator('.due').textContent()) ?? '');
      const truth = Date.parse(row?.dueAt ?? '') - stage.engine.clock.now();
      expectThat(Math.abs(shown - truth) <= 1_500, `shows ${shown} ms, the engine says ${truth} ms`);
    },
  },
  {
    id: 'A16', title: 'a row turns late at the very second, in its words and its shape',
    walk: async (stage) => {
      const incidentId = await (await Colleague.of(stage, dispatcher)).reports();
      const row = await until(() => stage.engine.views.incident({ places: null, unit: null }, incidentId), (found) => found !== null, 'the row');
      const dueAt = Date.parse(row?.dueAt ?? '');
      const seat = await Seat.of(stage, dispatcher);
      // Time does not pass faster for the engine; what the page believes of its time may.
      const pretend = async (beforeDueMs: number): Promise<string> => {
        await seat.page.route(/\/api\/(?!stream)/, async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, headers: { ...response.headers(), 'x-server-time': new Date(dueAt - beforeDueMs).toISOString() } });
        });
        await seat.open('/desk');
        const due = seat.row(incidentId).locator('.due');
        await due.waitFor();
        await until(() => due.textContent(), (text) => beforeDueMs > 60_000 || (text ?? '').includes('临期'), 'the warning');
        return (await due.textContent()) ?? '';
      };
      expectThat((await pretend(600_000)).startsWith('·'), 'late or due soon ten minutes before');
      await pretend(4_000);
      await until(() => seat.row(incidentId).locator('.due').textContent(), (text) => text?.startsWith('▲') === true && text.includes('超期'), 'late', 8_000);
      expectThat((await seat.page.locator('.queue-lists .late b').textContent()) !== '0', 'the list of late incidents does not count it');
    },
  },
  {
    id: 'A17', title: 'the suggested unit is dispatched by D and Enter; the form shows duty and policy, and the facts keep both',
    walk: async (stage) => {
      const centre = await Colleague.of(stage, dispatcher);
      const incidentId = await centre.files();
      const seat = await Seat.of(stage, dispatcher);
      await seat.choose(incidentId);
      await seat.stage('待派单').waitFor();
      await seat.press('d');
      await seat.dialog.locator('.suggestion :checked').waitFor();
      const form = (await seat.dialog.textContent()) ?? '';
      expectThat(form.includes('yangpu-policy-2026-2') && form.includes('S-002'), form);
      await seat.visit.picture('desk-dispatch');
      await seat.press('Enter');
      await seat.stage('待承接').waitFor();
      const facts = await centre.facts(incidentId);
      const [dispatched] = facts.filter(({ type }) => type === 'Dispatched');
      expectThat((dispatched?.data['suggestion'] as { dutyId?: string } | null)?.dutyId === 'S-002', JSON.stringify(dispatched));
      expectThat(facts.find(({ type }) => type === 'Filed')?.data['policyVersion'] === 'yangpu-policy-2026-2', 'the filing pins no policy');
    },
  },
  {
    id: 'A18', title: 'a whole shift goes by keyboard: accept, file, dispatch, inspect, close',
    walk: async (stage) => {
      const incidentId = await (await Colleague.of(stage, dispatcher)).reports();
      const unit = await Colleague.of(stage, roads);
      const seat = await Seat.of(stage, dispatcher);
      await seat.choose(incidentId);
      await seat.stage('待受理').waitFor();
      await seat.press('a');
      await seat.stage('待立案').waitFor();
      await seat.press('f');
      await seat.dialog.waitFor();
      await seat.dialog.getByRole('button', { name: '立案' }).focus();
      await seat.press('Enter');
      await seat.stage('待派单').waitFor();
      await seat.press('d');
      await seat.dialog.locator('.suggestion :checked').waitFor();
      await seat.press('Enter');
      await seat.stage('待承接').waitFor();
      await unit.does(incidentId, 'acknowledge');
      await unit.does(incidentId, 'handle', { note: '已扶正' });
      await seat.stage('待核查').waitFor();
      await seat.press('v', 'y');
      await seat.dialog.waitFor();
      await seat.press('Enter');
      await seat.stage('待结案').waitFor();
      await seat.press('c');
      await seat.dialog.waitFor();
      await seat.press('Enter');
      await seat.stage('已结案').waitFor();
      await seat.visit.picture('desk-closed');
      expectThat(await seat.page.evaluate('document.activeElement !== document.body'), 'the focus is lost');
      expectThat(seat.visit.complaints.length === 0, seat.visit.complaints.join('\n'));
    },
  },
  {
    id: 'A19', title: 'keys work under an input method, rest in fields, and can be switched off',
    walk: async (stage) => {
      await (await Colleague.of(stage, dispatcher)).reports();
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.locator('.queue-row').first().waitFor();
      const chosen = (): Promise<number> => seat.page.locator('.queue-row[aria-selected=true]').count();
      const underInputMethod = (): Promise<unknown> => seat.page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Process', code: 'KeyJ', bubbles: true, cancelable: true }))");
      await seat.page.getByRole('searchbox').fill('');
      await seat.page.getByRole('searchbox').press('j');
      expectThat((await chosen()) === 0, 'a key in a field chose a row');
      await seat.page.getByRole('searchbox').fill('');
      await seat.page.locator('.queue-row').first().waitFor();
      await underInputMethod();
      await until(chosen, (count) => count === 1, 'the chosen row');
      await seat.press('Escape');
      await seat.page.getByRole('button', { name: '键盘操作' }).click();
      await seat.visit.picture('desk-keys');
      await seat.dialog.getByRole('checkbox').uncheck();
      await seat.dialog.getByRole('button').click();
      await underInputMethod();
      expectThat((await chosen()) === 0, 'a key worked though keys are off');
    },
  },
  {
    id: 'A20', title: 'of two dispatchers on one incident the second learns who and when, and keeps what was written',
    walk: async (stage) => {
      const centre = await Colleague.of(stage, dispatcher);
      const incidentId = await centre.reports();
      const seat = await Seat.of(stage, dispatcher);
      await seat.choose(incidentId);
      await seat.stage('待受理').waitFor();
      await seat.press('r');
      await seat.dialog.locator('textarea').fill('请走市政热线');
      await seat.dialog.getByText('应走其他途径').click();
      await centre.does(incidentId, 'accept');
      // Told before it is sent, by the stream; and refused when it is sent all the same.
      await seat.dialog.getByRole('alert').waitFor();
      await seat.dialog.getByRole('button', { name: '不予受理' }).click();
      await until(() => seat.dialog.getByRole('alert').textContent(), (told) => told?.includes('定海路街道') === true && told.includes('“受理”'), 'who was quicker, and with what');
      expectThat((await seat.dialog.locator('textarea').inputValue()) === '请走市政热线', 'the text is gone');
      await seat.visit.picture('desk-conflict');
      const types = (await centre.facts(incidentId)).map(({ type }) => type);
      expectThat(types.filter((type) => type === 'Accepted').length === 1 && !types.includes('Declined'), types.join());
    },
  },
  {
    id: 'A21', title: 'everything that is not possible now says why',
    walk: async (stage) => {
      const incidentId = await (await Colleague.of(stage, dispatcher)).reports();
      const seat = await Seat.of(stage, dispatcher, `/incidents/${incidentId}`);
      await seat.page.locator('.action-bar details summary').click();
      const why = (await seat.page.evaluate("[...document.querySelectorAll('.action-bar li button')].map((button) => document.getElementById(button.getAttribute('aria-describedby'))?.textContent ?? '')")) as readonly string[];
      expectThat(why.length > 5 && why.every((reason) => reason.length > 3), JSON.stringify(why));
    },
  },
  {
    id: 'A23', title: 'eight tabs are live over one stream',
    walk: async (stage) => {
      const centre = await Colleague.of(stage, dispatcher);
      const administrator = await Colleague.of(stage, 'administrator');
      const streams = async (): Promise<number> => Number(/^threeloops_streams(?:\{.*\})? (\d+)/m.exec(String((await administrator.ask('GET', '/api/health/metrics')).json))?.[1] ?? -1);
      const seat = await Seat.of(stage, dispatcher);
      const before = await until(streams, (count) => count >= 1, 'streams');
      const tabs = await Promise.all(Array.from({ length: 7 }, () => seat.page.context().newPage()));
      for (const tab of tabs) await tab.goto('/desk');
      const incidentId = await centre.reports();
      for (const tab of tabs) await tab.locator(`[id="row-${incidentId}"]`).waitFor({ timeout: 10_000 });
      expectThat((await streams()) <= before, `${await streams()} streams after ${before}`);
    },
  },
  {
    id: 'A26', title: 'the desk loads no more than 260 kB of scripts and 35 kB of styles, and no charts',
    walk: async (stage) => {
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.locator('.queue-list, .nothing').first().waitFor();
      const loaded = (await seat.page.evaluate("performance.getEntriesByType('resource').map(({ name, encodedBodySize }) => ({ name, bytes: encodedBodySize }))")) as readonly { readonly name: string; readonly bytes: number }[];
      const sum = (end: string): number => loaded.filter(({ name }) => name.endsWith(end)).reduce((bytes, entry) => bytes + entry.bytes, 0);
      expectThat(sum('.js') > 0 && sum('.js') <= 260_000 && sum('.css') <= 35_000, `${sum('.js')} bytes of scripts, ${sum('.css')} of styles`);
      expectThat(loaded.every(({ name }) => new URL(name).host === new URL(seat.page.url()).host), 'something came from elsewhere');
    },
  },
  {
    id: 'A28', title: 'a whistle to three departments starts three clocks, and each arrival stops its own alone',
    walk: async (stage) => {
      const centre = await Colleague.of(stage, dispatcher);
      const incidentId = await centre.files();
      const seat = await Seat.of(stage, dispatcher);
      await seat.choose(incidentId);
      await seat.stage('待派单').waitFor();
      await seat.press('w');
      await seat.dialog.locator('.el-select').click();
      for (const name of ['市政道路养护站', '环境卫生服务站', '河道排水服务站']) await seat.dialog.getByRole('option', { name: new RegExp(`定海路街道${name}`) }).click();
      await seat.dialog.locator('h2').click();
      await seat.dialog.getByText('需部门到场').click();
      await seat.visit.picture('desk-whistle');
      await seat.dialog.getByRole('button', { name: '吹哨' }).click();
      await seat.page.locator('.whistle-list li').nth(2).waitFor();
      expectThat((await seat.page.locator('.whistle-list .due').count()) === 3, 'not three clocks');
      const whistleId = String((await centre.facts(incidentId)).find(({ type }) => type === 'Whistled')?.data['whistleId']);
      await (await Colleague.of(stage, roads)).does(incidentId, 'report-in', { whistleId });
      await seat.page.locator('.whistle-list .arrived').waitFor();
      expectThat((await seat.page.locator('.whistle-list .due').count()) === 2, 'one arrival stopped more than its own clock');
      await seat.visit.picture('desk-whistled');
      const board = await Seat.of(stage, 'district-dispatcher', '/district');
      await until(() => board.page.locator('.board-card', { hasText: '吹哨待报到' }).locator('li').count(), (count) => count >= 2, 'departments that are awaited');
    },
  },
];
