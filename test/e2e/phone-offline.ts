import { readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page, Request } from 'playwright-core';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Hand } from './phone-hand.js';
import { factsOf, incidentsOf, newIncidents, worker } from './phone-world.js';
import { cameraPhoto } from './photos.js';

const isReport = (request: Request): boolean => request.method() === 'POST' && /\/api\/incidents(\/on-the-spot)?$/.test(request.url());

const counted = (page: Page): { readonly reports: Request[] } => {
  const reports: Request[] = [];
  page.context().on('request', (request) => isReport(request) && reports.push(request));
  return { reports };
};

/** The page is kept on the phone and answered from there. */
const workerServes = async (page: Page): Promise<void> => {
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  await page.reload();
  await page.getByRole('heading', { name: '待办' }).first().waitFor();
  await until(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null'), (controlled) => controlled, 'the worker serves the page');
};

/** 无网络 What happens to what was written while the network, the answer or the page is gone. */
export const phoneOfflineChecks: readonly Check[] = [
  {
    id: 'A02', title: 'without a network a report waits, also over a reload; with one it arrives once',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await workerServes(hand.page);
      await hand.visit.context.setOffline(true);
      await hand.report(await cameraPhoto());
      await hand.strip('离线 · 待发送 1').waitFor();
      await hand.page.reload();
      await hand.strip('离线 · 待发送 1').waitFor();
      await hand.visit.picture('phone-offline');
      expectThat((await incidentsOf(stage)).length === before.length, 'something was sent without a network');
      await hand.visit.context.setOffline(false);
      await newIncidents(stage, before, 1);
      await hand.tap(hand.page.getByRole('navigation').getByRole('button', { name: '我的' }));
      await hand.page.getByText('全部已送达').waitFor();
      expectThat((await incidentsOf(stage)).length === before.length + 1, 'more than one incident');
    },
  },
  {
    id: 'A03', title: 'an answer that is lost after the report was recorded makes it be sent again, and recorded once',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      const { reports } = counted(hand.page);
      let lost = 0;
      await hand.page.route('**/api/incidents', async (route) => {
        if (route.request().method() !== 'POST' || lost > 0) return route.continue();
        lost += 1;
        await route.fetch();
        return route.abort('connectionreset');
      });
      await hand.report(await cameraPhoto());
      await until(() => hand.kept(), (items) => items.length === 1 && items[0]?.state === 'delivered', 'the report is delivered');
      const [row] = await newIncidents(stage, before, 1);
      const types = (await factsOf(stage, row?.incidentId ?? '')).map(({ type }) => type);
      expectThat(reports.length >= 2 && types.filter((type) => type === 'IncidentReported').length === 1, `${reports.length} requests, ${types.join()}`);
    },
  },
  {
    id: 'A04', title: 'two tabs that find the network again send each report once, in order',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      const other = await hand.visit.context.newPage();
      await other.goto('/m');
      await other.getByRole('heading', { name: '待办' }).first().waitFor();
      const { reports } = counted(hand.page);
      await hand.visit.context.setOffline(true);
      for (let number = 0; number < 3; number += 1) await hand.report(await cameraPhoto(800, 600));
      await hand.strip('离线 · 待发送 3').waitFor();
      reports.length = 0;
      const written = (await hand.kept()).map(({ id }) => id);
      await hand.visit.context.setOffline(false);
      for (const page of [hand.page, other]) await page.evaluate('dispatchEvent(new Event("online"))');
      await newIncidents(stage, before, 3);
      await until(() => hand.kept(), (items) => items.every(({ state }) => state === 'delivered'), 'all are delivered');
      const keys = reports.map((request) => request.headers()['idempotency-key']);
      const order = [...written].sort((a, b) => keys.indexOf(a) - keys.indexOf(b));
      expectThat(keys.length === 3 && new Set(keys).size === 3 && JSON.stringify(order) === JSON.stringify(keys), `sent ${keys.join()}`);
    },
  },
  {
    id: 'A05', title: 'a page that is killed right after sending, before its large photo was even made small, loses nothing',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.page.route('**/api/photos**', () => new Promise<never>(() => undefined));
      await hand.report(await cameraPhoto());
      await hand.page.waitForTimeout(100);
      await hand.page.close();
      const again = await hand.visit.context.newPage();
      await again.goto('/m');
      await newIncidents(stage, before, 1);
    },
  },
  {
    id: 'A05-draft', title: 'a page that is killed while a report is being written keeps the photo and what was chosen',
    walk: async (stage) => {
      const hand = await Hand.with(stage, worker);
      await hand.shoot(hand.reportTab, await cameraPhoto());
      await hand.page.getByText('按定位').waitFor();
      await hand.tap('沿街晾挂');
      await until(() => hand.kept(), (items) => JSON.stringify(items).includes('E-01-07.1'), 'the choice is kept');
      await hand.page.close();
      const again = await hand.visit.context.newPage();
      await again.goto('/m#/day');
      await again.getByRole('button', { name: '继续填写' }).tap();
      await again.getByRole('button', { name: '沿街晾挂', pressed: true }).waitFor();
      expectThat((await again.locator('.photo img').count()) === 1, 'the photo is gone');
    },
  },
  {
    id: 'A06', title: 'what the engine refuses is parked with its reason and can be changed and sent; what it cannot take now waits',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker, { geolocation: { longitude: 116.39, latitude: 39.9, accuracy: 10 } });
      await hand.report(await cameraPhoto(1_200, 900));
      await hand.strip('1 条被拒').waitFor();
      await hand.tap(hand.strip('1 条被拒'));
      await hand.page.getByText('位置在本市之外，请改位置。').waitFor();
      await hand.visit.picture('phone-refused');
      await hand.tap('修改重发');
      await hand.tap('改位置');
      await hand.tap(hand.page.getByRole('button', { name: '十七棉工房第二第一网格' }));
      await hand.page.route('**/api/incidents', (route) =>
        (route.request().method() === 'POST' ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ code: 'engine.defect', detail: 'x', status: 500 }) }) : route.continue()));
      await hand.tap('提交上报');
      await hand.strip('待发送 1').waitFor();
      expectThat((await incidentsOf(stage)).length === before.length, 'recorded in spite of its answer');
      await hand.page.unroute('**/api/incidents');
      const [row] = await newIncidents(stage, before, 1);
      expectThat(row?.photos.length === 1 && row.location === null, JSON.stringify(row));
    },
  },
  {
    id: 'A06-account', title: 'what one person wrote is not sent when another one signs in on the same phone, and is sent when the first comes back',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.visit.context.setOffline(true);
      await hand.report(await cameraPhoto(800, 600));
      await hand.strip('离线 · 待发送 1').waitFor();
      await stage.signIn(hand.visit.context, 'g001-2');
      await hand.visit.context.setOffline(false);
      await hand.page.goto('/m#/day');
      await hand.page.reload();
      await hand.page.getByText('孙网格员').waitFor();
      await hand.page.getByText('另一账号的内容').waitFor();
      await hand.visit.picture('phone-other-account');
      expectThat((await incidentsOf(stage)).length === before.length, 'sent in the name of somebody else');
      await stage.signIn(hand.visit.context, worker);
      await hand.page.reload();
      await newIncidents(stage, before, 1);
    },
  },
  {
    id: 'A06-session', title: 'a session that ends loses nothing that was written',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.visit.context.clearCookies();
      await hand.report(await cameraPhoto(800, 600));
      await hand.strip('登录已失效').waitFor();
      await hand.visit.picture('phone-signed-out');
      expectThat((await hand.kept()).some(({ state }) => state === 'waiting'), 'the report is gone');
      await stage.signIn(hand.visit.context, worker);
      await hand.page.reload();
      await newIncidents(stage, before, 1);
    },
  },
  {
    id: 'A02-update', title: 'a newer page waits until the person takes it, and is there at the next look',
    walk: async (stage) => {
      const workerFile = resolve('dist/console/phone-worker.js');
      const before = await readFile(workerFile, 'utf8');
      const hand = await Hand.with(stage, worker);
      await workerServes(hand.page);
      try {
        await writeFile(workerFile, before.replace(/threeloops-[0-9a-f]{16}/, 'threeloops-0000000000000000'));
        await rename(`${workerFile}.gz`, `${workerFile}.gz.aside`);
        await stage.reopenDoor();
        await hand.page.reload();
        await hand.strip('有新版本').waitFor();
        const reloaded = hand.page.waitForEvent('load');
        await hand.tap(hand.strip('有新版本'));
        await reloaded;
        await hand.page.getByRole('heading', { name: '待办' }).first().waitFor();
        const kept = await until(() => hand.page.evaluate<readonly string[]>('caches.keys()'), (names) => names.length === 1, 'one cache is left');
        expectThat(kept[0] === 'threeloops-0000000000000000' && (await hand.strip('有新版本').count()) === 0, kept.join());
      } finally {
        await writeFile(workerFile, before);
        await rename(`${workerFile}.gz.aside`, `${workerFile}.gz`).catch(() => undefined);
        await stage.reopenDoor();
      }
    },
  },
];
