import { expectThat } from './checks.js';
import type { Check } from './checks.js';
import type { Stage } from './harness.js';
import { Hand } from './phone-hand.js';
import { dispatched, handledByStreet, incidentsOf, newIncidents, quietWorker, worker } from './phone-world.js';
import { cameraPhoto } from './photos.js';
import { boxProblems, sidewaysProblems, spokenProblems } from './screen-rules.js';

const kilobyte = 1_000;

/** Walks through every screen of the phone and calls back at each. */
const everyScreen = async (stage: Stage, hand: Hand, at: (name: string) => Promise<void>): Promise<void> => {
  const { page } = hand;
  await at('tasks');
  const [incidentId] = [await dispatched(stage)];
  await page.goto(`/m#/incident/${incidentId}`);
  await page.locator('.lines time').first().waitFor();
  await at('incident');
  await page.locator('.at-bottom button').first().waitFor();
  await page.locator('.chips .chip').first().tap();
  await page.locator('form, .toast').first().waitFor();
  await page.goto('/m#/tasks');
  await hand.shoot(hand.reportTab, await cameraPhoto(1_200, 900));
  await page.locator('.chips .chip').nth(1).waitFor();
  await page.locator('.chips .chip').first().tap();
  await page.locator('.at-bottom .press').waitFor();
  await at('report');
  await page.locator('.chip.more').tap();
  await page.locator('dialog[open] .subject').first().waitFor();
  await at('subjects');
  await page.locator('dialog[open] .shut').tap();
  await page.locator('.place .quiet').tap();
  await page.locator('dialog[open] .grid').first().waitFor();
  await page.locator('.leaflet-container canvas').first().waitFor();
  await at('place');
  await page.locator('dialog[open] .shut').tap();
  await page.locator('.throw').tap();
  await page.getByRole('navigation').waitFor();
  await page.goto('/m#/day');
  await page.locator('.counts').waitFor();
  await at('day');
};

/** 屏幕 What holds on every screen of the phone. */
export const phoneScreenChecks: readonly Check[] = [
  {
    id: 'A09', title: 'what is pressed is at least 44 pixels each way, what matters 60, and nothing lies over another; at the largest text nothing is wider than 360 pixels',
    walk: async (stage) => {
      await handledByStreet(stage);
      const hand = await Hand.with(stage, worker);
      const problems: string[] = [];
      await everyScreen(stage, hand, async (name) => void problems.push(...(await boxProblems(hand.page)).map((problem) => `${name}: ${problem}`)));
      await hand.page.setViewportSize({ width: 360, height: 740 });
      await hand.page.evaluate('localStorage.setItem("threeloops.phone-settings", JSON.stringify({ size: "largest", bright: true }))');
      await hand.page.goto('/m');
      await hand.page.reload();
      await hand.page.getByRole('heading', { name: '待办' }).first().waitFor();
      await everyScreen(stage, hand, async (name) => {
        await hand.visit.picture(`phone-largest-${name}`);
        problems.push(...(await sidewaysProblems(hand.page)).map((problem) => `${name} at 特大: ${problem}`));
      });
      expectThat(problems.length === 0, problems.join('\n'));
    },
  },
  {
    id: 'A10', title: 'without a position a report is possible by a tap on the map, and nobody is asked twice; a position that is far off says so',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker, { permissions: [] });
      let dialogs = 0;
      hand.page.on('dialog', (dialog) => {
        dialogs += 1;
        void dialog.dismiss();
      });
      await hand.shoot(hand.reportTab, await cameraPhoto(1_200, 900));
      await hand.page.getByText('未允许定位').waitFor();
      await hand.tap(hand.page.locator('.chips .chip').first());
      await hand.tap('选位置');
      await hand.page.locator('.leaflet-container canvas').first().waitFor();
      await hand.tap(hand.page.locator('.leaflet-container'));
      await hand.visit.picture('phone-place');
      await hand.tap('就定这里');
      await hand.tap('提交上报');
      const [row] = await newIncidents(stage, before, 1);
      expectThat(row?.location !== null && dialogs === 0, `${JSON.stringify(row?.location)}, ${dialogs} dialogs`);
      expectThat(hand.visit.complaints.length === 0, hand.visit.complaints.join('\n'));

      const far = await Hand.with(stage, worker, { geolocation: { longitude: 121.548_344, latitude: 31.274_776, accuracy: 240 } });
      await far.shoot(far.reportTab, await cameraPhoto(1_200, 900));
      await far.page.getByText('定位精度 240 米').waitFor();
    },
  },
  {
    id: 'A11', title: 'the first load is at most 90 kB of script and 12 kB of style, from here alone, and the map comes when somebody wants it',
    walk: async (stage) => {
      const visit = await stage.phone(worker);
      const origins = new Set<string>();
      const loaded: { readonly name: string; readonly bytes: number }[] = [];
      visit.page.on('response', async (response) => {
        const url = new URL(response.url());
        if (url.protocol.startsWith('http')) origins.add(url.host);
        if (url.pathname.startsWith('/assets/')) loaded.push({ name: url.pathname, bytes: Number((await response.allHeaders())['content-length'] ?? 0) });
      });
      await visit.page.goto('/m');
      await visit.page.getByRole('heading', { name: '待办' }).first().waitFor();
      await visit.page.waitForLoadState('networkidle').catch(() => undefined);
      const kilobytes = (ending: string): number => loaded.filter(({ name }) => name.endsWith(ending)).reduce((sum, { bytes }) => sum + bytes, 0) / kilobyte;
      const [script, style] = [kilobytes('.js'), kilobytes('.css')];
      process.stdout.write(`        script ${script.toFixed(1)} kB, style ${style.toFixed(1)} kB\n`);
      expectThat(script > 10 && script <= 90 && style <= 12, `script ${script} kB, style ${style} kB`);
      expectThat(origins.size === 1, [...origins].join());
      expectThat(!loaded.some(({ name }) => /leaflet|ground-map/.test(name)), 'the map was loaded before anybody asked for it');
    },
  },
  {
    id: 'A12', title: 'on a slow phone and a slow network the list is there, first and again from the phone itself',
    walk: async (stage) => {
      const visit = await stage.phone(worker);
      const slow = await visit.context.newCDPSession(visit.page);
      await slow.send('Network.enable');
      await slow.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
      await slow.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      const opened = async (): Promise<number> => {
        const before = performance.now();
        await visit.page.goto('/m', { waitUntil: 'commit' });
        await visit.page.getByRole('heading', { name: '待办' }).first().waitFor();
        return performance.now() - before;
      };
      const cold = await opened();
      await visit.page.evaluate('navigator.serviceWorker.ready.then(() => true)');
      await visit.page.goto('about:blank');
      const warm = await opened();
      process.stdout.write(`        cold ${Math.round(cold)} ms, warm ${Math.round(warm)} ms (to reach on a quiet machine: 5000, 1500)\n`);
    },
  },
  {
    id: 'A13', title: 'by plain HTTP the page says what does not work, the form works, and nothing throws',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker, { plain: true });
      expectThat(!(await hand.page.evaluate<boolean>('isSecureContext')), 'the browser trusts this address');
      await hand.page.getByText('当前不是安全连接').waitFor();
      await hand.shoot(hand.reportTab, await cameraPhoto(1_200, 900));
      await hand.tap(hand.page.locator('.chips .chip').first());
      await hand.tap('选位置');
      await hand.tap(hand.page.getByRole('button', { name: '十七棉工房第二第一网格' }));
      await hand.visit.picture('phone-plain');
      await hand.tap('提交上报');
      await newIncidents(stage, before, 1);
      expectThat(hand.visit.complaints.length === 0, hand.visit.complaints.join('\n'));
    },
  },
  {
    id: 'A39-phone', title: 'no rule of accessibility is broken on any screen of the phone, in both languages; no word is missing or clipped, and Chinese has a Chinese face',
    walk: async (stage) => {
      const hand = await Hand.with(stage, worker);
      const problems: string[] = [];
      for (const language of ['zh-CN', 'en']) {
        await hand.page.evaluate(`localStorage.setItem('threeloops.language', '${language}')`);
        await hand.page.goto('/m');
        await hand.page.reload();
        await hand.page.locator('.screen-head h1').waitFor();
        expectThat((await hand.page.evaluate<string>('document.documentElement.lang')) === language, 'the page says another language');
        await everyScreen(stage, hand, async (name) => {
          if (language === 'en') await hand.visit.picture(`phone-en-${name}`);
          problems.push(...(await spokenProblems(hand.page)).map((problem) => `${name} (${language}): ${problem}`));
        });
      }
      expectThat(problems.length === 0, [...new Set(problems)].join('\n'));
      expectThat(hand.visit.complaints.length === 0, hand.visit.complaints.join('\n'));
    },
  },
  {
    id: 'A39-states', title: 'loading, empty, failed, offline and out of sight each say so, break no rule of accessibility, and can be left',
    walk: async (stage) => {
      const problems: string[] = [];
      const look = async (hand: Hand, name: string): Promise<void> => {
        await hand.visit.picture(`phone-state-${name}`);
        problems.push(...[...(await spokenProblems(hand.page)), ...(await boxProblems(hand.page))].map((problem) => `${name}: ${problem}`));
      };
      const hand = await Hand.with(stage, quietWorker);
      await hand.page.getByText('暂无待办').waitFor();
      await look(hand, 'empty');
      await hand.page.goto('/m#/incident/00000000-0000-4000-8000-000000000000');
      await hand.page.getByText('看不到这件案件').waitFor();
      await look(hand, 'out-of-sight');
      await hand.page.goto('/m#/report/none');
      await hand.page.getByText('已经提交或删除').waitFor();
      await look(hand, 'gone');

      const failing = await stage.phone(quietWorker);
      let broken = true;
      let release = (): void => undefined;
      const held = new Promise<void>((resume) => {
        release = resume;
      });
      await failing.page.route('**/api/incidents?**', async (route) => {
        if (!broken) return route.continue();
        await held;
        return route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'engine.defect', detail: 'x' }) });
      });
      const second = await Hand.of(stage, failing);
      await second.page.locator('.bone').first().waitFor();
      await look(second, 'loading');
      release();
      await second.page.getByText('待办没有载入').waitFor();
      await look(second, 'failed');
      broken = false;
      await second.tap('重试');
      await second.page.getByText('暂无待办').waitFor();
      await failing.context.setOffline(true);
      await second.page.evaluate('dispatchEvent(new Event("online"))');
      await second.strip('离线').waitFor();
      await look(second, 'offline');
      expectThat(problems.length === 0, problems.join('\n'));
    },
  },
  {
    id: 'A42-phone', title: 'the phone offers each role what it may do, and shows those who work elsewhere to the desk',
    walk: async (stage) => {
      for (const login of ['analyst', 'auditor', 'administrator', 'hotline-12345']) {
        const visit = await stage.phone(login);
        await visit.page.goto('/m');
        await visit.page.getByText('请用工作台').waitFor();
        expectThat((await visit.page.locator('input, .press:not(a)').count()) === 0 && visit.complaints.length === 0, `${login}: ${visit.complaints.join()}`);
      }
      const unit = await Hand.with(stage, 's001-roads');
      await unit.shoot(unit.reportTab, await cameraPhoto(800, 600));
      await unit.page.getByText('按定位').waitFor();
      expectThat((await unit.page.getByText('已当场处置').count()) === 0, 'a unit is offered to fix on the spot');
    },
  },
];
