import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { PhotoShelf } from '#photos';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Hand } from './phone-hand.js';
import { dispatched, factAppears, factsOf, handledByStreet, incidentsOf, newIncidents, worker } from './phone-world.js';
import { cameraPhoto } from './photos.js';

const noComplaints = (hand: Hand): void => expectThat(hand.visit.complaints.length === 0, hand.visit.complaints.join('\n'));

/** The browser tells nobody outside what a photo that it sends is like; so the page looks at it on its way. */
const rememberUploads = `{
  const send = globalThis.fetch;
  globalThis.fetch = async (address, request) => {
    if (String(address).startsWith('/api/photos')) {
      const { width, height } = await createImageBitmap(request.body);
      globalThis.uploaded = { type: request.body.type, size: request.body.size, width, height };
    }
    return send(address, request);
  };
}`;

/** 上报、承接、反馈、退单、核查 What people do with a phone all day. */
export const phoneWorkChecks: readonly Check[] = [
  {
    id: 'A01', title: 'a report with a photo is filed in at most 4 taps, and has its grid, its place and its photo',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.visit.picture('phone-tasks-first');
      await hand.shoot(hand.reportTab, await cameraPhoto());
      await hand.page.getByText('按定位').waitFor();
      await hand.tap(hand.page.locator('.chips .chip').first());
      await hand.visit.picture('phone-report');
      await hand.tap('提交上报');
      const [row] = await newIncidents(stage, before, 1);
      expectThat(hand.taps <= 4, `${hand.taps} taps`);
      expectThat(row?.grid === '31011000100101' && row.location?.longitude === 121.548_344 && row.photos.length === 1 && row.ruleHint !== null, JSON.stringify(row));
      noComplaints(hand);
    },
  },
  {
    id: 'A01-on-the-spot', title: 'what was fixed on the spot is reported and closed in at most 4 taps',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.shoot(hand.reportTab, await cameraPhoto(1_200, 900));
      await hand.page.getByText('按定位').waitFor();
      await hand.tap(hand.page.locator('.chips .chip').first());
      await hand.tap(hand.page.getByLabel('已当场处置'));
      await hand.page.getByText('处置后', { exact: true }).waitFor();
      await hand.visit.picture('phone-on-the-spot');
      await hand.tap('提交并办结');
      const [row] = await newIncidents(stage, before, 1);
      expectThat(hand.taps <= 4 && row?.stage === 'closed' && row.selfHandled, `${hand.taps} taps, ${JSON.stringify(row)}`);
      noComplaints(hand);
    },
  },
  {
    id: 'A07', title: 'a photo leaves the phone at most 1600 pixels wide and 500 kB large; the fact names the stored object by its digest, without the place that the camera wrote',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.page.evaluate(rememberUploads);
      await hand.report(await cameraPhoto());
      const [row] = await newIncidents(stage, before, 1);
      const { type, size, width, height } = await hand.page.evaluate<{ readonly type: string; readonly size: number; readonly width: number; readonly height: number }>('uploaded');
      expectThat(type === 'image/jpeg' && Math.max(width, height) === 1_600 && size <= 500_000, `${width} × ${height} ${type}, ${size} bytes`);
      const sha256 = row?.photos[0]?.sha256 ?? '';
      const stored = (await stage.engine.photos.read(sha256)) ?? Buffer.alloc(0);
      expectThat(createHash('sha256').update(stored).digest('hex') === sha256, 'the fact names another object than the stored one');
      const shown = await sharp((await new PhotoShelf(stage.engine.photos, stage.engine.vault).show(sha256)) ?? Buffer.alloc(0)).metadata();
      expectThat(shown.width === 1_600 && shown.exif === undefined, `${shown.width} wide, with ${shown.exif?.length ?? 0} bytes of what the camera wrote`);
    },
  },
  {
    id: 'A08', title: 'taking on is 1 tap, feeding back at most 3, returning at most 3; what is taken back within 5 seconds leaves no fact',
    walk: async (stage) => {
      const [taken, returned] = [await dispatched(stage), await dispatched(stage, 'YP-S-001-roads', 'C-01-01.2')];
      const hand = await Hand.with(stage, worker);
      const card = hand.page.getByRole('article').filter({ hasText: '待承接' }).first();
      const takeOn = card.getByRole('button', { name: '承接', exact: true });
      await hand.tap(takeOn);
      await hand.visit.picture('phone-undo');
      await hand.tap('撤销');
      await takeOn.waitFor();
      const kept = await hand.kept();
      expectThat(!kept.some(({ address }) => address.endsWith('/acknowledge')), 'an order that was taken back is still there');
      hand.taps = 0;
      await hand.tap(takeOn);
      expectThat(hand.taps === 1, 'more than one tap');
      await factAppears(stage, taken, 'DispatchAcknowledged');
      const types = (await factsOf(stage, taken)).map(({ type }) => type);
      expectThat(types.filter((type) => type === 'DispatchAcknowledged').length === 1, types.join());
      hand.taps = 0;
      await hand.shoot(hand.page.getByRole('article').filter({ hasText: '处置中' }).first().locator('label.camera'), await cameraPhoto(1_200, 900));
      await hand.page.getByRole('heading', { name: '现场照片' }).waitFor();
      await hand.visit.picture('phone-feed-back');
      await hand.tap('提交反馈处置');
      expectThat(hand.taps <= 3, `feeding back took ${hand.taps} taps`);
      await factAppears(stage, taken, 'Handled');
      noComplaints(hand);

      const unit = await Hand.with(stage, 's001-roads');
      await unit.visit.picture('phone-unit-tasks');
      await unit.tap(unit.page.getByRole('article').first().getByRole('button').first());
      await unit.button('退单').waitFor();
      await unit.visit.picture('phone-incident');
      await unit.tap('退单');
      await unit.button('不属本单位职责').waitFor();
      await unit.visit.picture('phone-return');
      await unit.tap('不属本单位职责');
      expectThat(unit.taps <= 3, `returning took ${unit.taps} taps`);
      await factAppears(stage, returned, 'DispatchReturned');
      noComplaints(unit);
    },
  },
  {
    id: 'A08-inspect', title: 'a grid worker inspects what a street unit has handled, and sees nothing to inspect of their own',
    walk: async (stage) => {
      const incidentId = await handledByStreet(stage);
      const hand = await Hand.with(stage, worker);
      const inspect = hand.page.getByRole('article').filter({ hasText: '上水井盖' }).getByRole('button', { name: '核查', exact: true });
      await hand.tap(inspect.first());
      await hand.tap('不通过');
      await hand.visit.picture('phone-inspect');
      await hand.tap('未处置');
      await hand.tap('提交核查');
      await factAppears(stage, incidentId, 'InspectionFailed');
      const own = await hand.page.getByRole('article').filter({ hasText: '暴露生活垃圾' }).getByRole('button', { name: '核查', exact: true }).count();
      expectThat(own === 0, 'an incident of the own workstation is offered for inspection');
      await hand.tap(hand.page.getByRole('navigation').getByRole('button', { name: '我的' }));
      await until(() => hand.page.getByText('全部已送达').count(), (count) => count > 0, 'everything is delivered');
      await hand.visit.picture('phone-day');
      noComplaints(hand);
    },
  },
  {
    id: 'A08-workstation', title: 'a workstation accepts, files and dispatches with a phone what its grid worker has reported',
    walk: async (stage) => {
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, worker);
      await hand.report(await cameraPhoto(1_200, 900), '暴露生活垃圾');
      const [row] = await newIncidents(stage, before, 1);
      const card = hand.page.locator('article', { hasText: '暴露生活垃圾' }).filter({ hasText: /待受理|待立案|待派单/ }).first();
      await hand.tap(card.getByRole('button', { name: '受理', exact: true }));
      await factAppears(stage, row?.incidentId ?? '', 'Accepted');
      await hand.tap(card.getByRole('button', { name: '立案', exact: true }));
      await hand.page.getByText('案件等级').waitFor();
      await hand.visit.picture('phone-file');
      await hand.tap('提交立案');
      await factAppears(stage, row?.incidentId ?? '', 'Filed');
      await hand.tap(card.getByRole('button', { name: '派单', exact: true }));
      await hand.page.getByText('推荐').first().waitFor();
      await hand.visit.picture('phone-dispatch');
      await hand.tap('提交派单');
      await factAppears(stage, row?.incidentId ?? '', 'Dispatched');
      noComplaints(hand);
    },
  },
  {
    id: 'A14-phone', title: 'what is dispatched meanwhile appears in the list by itself',
    walk: async (stage) => {
      const hand = await Hand.with(stage, 's001-water');
      await hand.page.getByText('暂无待办').waitFor();
      await dispatched(stage, 'YP-S-001-water', 'C-01-03.1', '杨浦区示意路 3 号');
      await hand.page.getByRole('article').filter({ hasText: '示意路 3 号' }).getByRole('button', { name: '承接', exact: true }).waitFor();
    },
  },
  {
    id: 'A28-phone', title: 'a unit that is whistled for sees by when, and reports in with its place',
    walk: async (stage) => {
      const incidentId = await dispatched(stage, 'YP-S-001-roads', 'C-01-01.2', '杨浦区示意路 5 号');
      await stage.tell('s001-dispatcher', `/api/incidents/${incidentId}/whistle`, { units: ['YP-S-001-housing', 'YP-S-001-safety'], reason: { code: 'needs-departments' } });
      const hand = await Hand.with(stage, 's001-housing');
      await hand.page.getByRole('heading', { name: '需要答复' }).waitFor();
      await hand.visit.picture('phone-whistled');
      await hand.tap(hand.page.getByRole('article').filter({ hasText: '示意路 5 号' }).getByRole('button', { name: '查看' }));
      await hand.tap('报到');
      await factAppears(stage, incidentId, 'ReportedIn');
      const { data } = (await factsOf(stage, incidentId)).find(({ type }) => type === 'ReportedIn') ?? {};
      expectThat(JSON.stringify(data).includes('121.548344'), JSON.stringify(data));
      await until(() => hand.button('报到').count(), (count) => count === 0, 'reporting in is over');
      noComplaints(hand);
    },
  },
  {
    id: 'A08-pauses', title: 'a unit asks for more time and for a suspension',
    walk: async (stage) => {
      const incidentId = await dispatched(stage, 'YP-S-001-sanitation', 'C-03-05.1', '杨浦区示意路 6 号');
      await stage.tell('s001-sanitation', `/api/incidents/${incidentId}/acknowledge`);
      const hand = await Hand.with(stage, 's001-sanitation');
      await hand.page.goto(`/m#/incident/${incidentId}`);
      await hand.tap('申请延期');
      await hand.tap('2 小时');
      await hand.tap('等待材料或设备');
      await hand.visit.picture('phone-more-time');
      await hand.tap('提交申请延期');
      await factAppears(stage, incidentId, 'ExtensionRequested');
      await hand.page.goto(`/m#/incident/${incidentId}`);
      await hand.tap('申请挂账');
      await hand.tap('3 天');
      await hand.tap('等待资金');
      await hand.tap('提交申请挂账');
      await factAppears(stage, incidentId, 'SuspensionRequested');
      noComplaints(hand);
    },
  },
];
