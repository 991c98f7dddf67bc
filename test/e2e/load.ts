import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Colleague } from './colleague.js';
import { Seat } from './desk-seat.js';
import type { Stage } from './harness.js';
import { withinGoals } from './pace.js';

/** A street of its own, so that the others stay as small as their checks expect. */
const dispatcher = 's012-dispatcher';
const gridCode = '31011001200101';
const atOnce = 8;

const report = async (stage: Stage, count: number): Promise<readonly string[]> => {
  const hotline = await Colleague.of(stage, dispatcher);
  const made: string[] = [];
  while (made.length < count) made.push(...(await Promise.all(Array.from({ length: Math.min(atOnce, count - made.length) }, () => hotline.reports({ gridCode })))));
  return made;
};

const openCount = async (stage: Stage): Promise<number> => ((await (await Colleague.of(stage, dispatcher)).ask('GET', '/api/queues')).json as { items: readonly { open: number }[] }).items.reduce((sum, { open }) => sum + open, 0);

const shownRows = (seat: Seat): Promise<readonly string[]> => seat.page.locator('.queue-row').evaluateAll((rows) => rows.map(({ id }) => id));
const shownCount = (seat: Seat): Promise<string | null> => seat.page.locator('.desk-page .count').textContent();

/** What the browser itself measured from the first moment of the page on. */
const measures = `
  globalThis.measured = { shifts: 0, painted: 0, long: [], rowsAt: 0 };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) measured.shifts += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) measured.painted = entry.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) measured.long.push({ at: entry.startTime, ms: entry.duration }); }).observe({ type: 'longtask', buffered: true });
  new MutationObserver((_changes, observer) => { if (document.querySelector('.queue-row')) { measured.rowsAt = performance.now(); observer.disconnect(); } }).observe(document, { childList: true, subtree: true });
`;

interface Measured {
  readonly shifts: number;
  readonly painted: number;
  readonly long: readonly { readonly at: number; readonly ms: number }[];
  readonly rowsAt: number;
}

const measuredOn = (seat: Seat): Promise<Measured> => seat.page.evaluate<Measured>('measured');

export const loadChecks: readonly Check[] = [
  {
    id: 'A22', title: 'a stream that is away while fifty incidents change is told of, and the list comes back to what a fresh load shows',
    walk: async (stage) => {
      const known = await report(stage, 25);
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.locator('.top-bar .live.live').waitFor();
      await seat.page.context().route('**/api/stream', (route) => route.abort());
      const cutAt = performance.now();
      await stage.reopenDoor();
      await seat.page.locator('.top-bar .live.down').waitFor({ timeout: 2_000 });
      await seat.visit.picture('desk-stale');
      const centre = await Colleague.of(stage, dispatcher);
      for (const incidentId of known) await centre.does(incidentId, 'accept');
      await report(stage, 25);
      await new Promise((resume) => setTimeout(resume, Math.max(0, 10_000 - (performance.now() - cutAt))));
      expectThat((await seat.page.locator('.top-bar .live.down').count()) === 1, 'says that it is live while it hears nothing');
      await seat.page.context().unroute('**/api/stream');
      await seat.page.locator('.top-bar .live.live').waitFor({ timeout: 30_000 });
      const fresh = await Seat.of(stage, dispatcher);
      await fresh.page.locator('.queue-row').first().waitFor();
      const count = await shownCount(fresh);
      const rows = [...(await shownRows(fresh))].sort();
      await until(async () => {
        if (await seat.page.locator('.queue .waiting').isVisible()) await seat.page.locator('.queue .waiting').click();
        return shownCount(seat);
      }, (shown) => shown === count, `the count ${count}`);
      await until(async () => [...(await shownRows(seat))].sort().join(), (shown) => shown === rows.join(), 'the rows of a fresh load');
      expectThat(new Set(rows).size === rows.length, 'a row stands there twice');
    },
  },
  {
    id: 'A27', title: 'nothing jumps while the desk loads and a hundred incidents change, and it is there within two seconds on a slow machine',
    walk: async (stage) => {
      const known = await report(stage, 50);
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.addInitScript(measures);
      const client = await seat.page.context().newCDPSession(seat.page);
      await client.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await seat.open('/desk');
      await seat.page.locator('.queue-row').first().waitFor();
      await seat.page.locator('.top-bar .live.live').waitFor();
      const painted = (await measuredOn(seat)).painted;
      await client.send('Emulation.setCPUThrottlingRate', { rate: 1 });
      const centre = await Colleague.of(stage, dispatcher);
      for (const incidentId of known) await centre.does(incidentId, 'accept');
      const [last = ''] = (await report(stage, 50)).slice(-1);
      await until(() => seat.page.locator('.top-bar .position').textContent(), (text) => /\d/.test(text ?? ''), 'the position');
      expectThat(last !== '', 'nothing was reported');
      await new Promise((resume) => setTimeout(resume, 2_000));
      const { shifts } = await measuredOn(seat);
      expectThat(shifts <= 0.02, `what is on the page moved by ${shifts}`);
      expectThat(painted > 0, 'nothing was painted');
      await withinGoals(seat.page, [{ what: 'the largest thing', ms: painted, goalMs: 2_000 }]);
    },
  },
  {
    id: 'A24', title: 'a thousand rows mount within 300 ms and tick without holding the page up',
    walk: async (stage) => {
      await report(stage, Math.max(0, 1_000 - (await openCount(stage))));
      const seat = await Seat.of(stage, dispatcher);
      await seat.page.addInitScript(measures);
      await seat.open('/desk');
      await seat.page.locator('.queue-row').first().waitFor();
      await until(() => shownCount(seat), (text) => Number.parseInt(text ?? '', 10) >= 1_000, 'a thousand rows');
      const arrivedAt = await seat.page.evaluate<number>("Math.max(...performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/open-incidents')).map(({ responseEnd }) => responseEnd))");
      const { rowsAt } = await measuredOn(seat);
      expectThat(rowsAt > 0, 'no row came');
      const from = await seat.page.evaluate<number>('performance.now()');
      await new Promise((resume) => setTimeout(resume, 30_000));
      // A task of 50 ms or more is long; of thirty ticks one may be.
      const [longest = 0, second = 0] = (await measuredOn(seat)).long.filter(({ at }) => at > from + 1_000).map(({ ms }) => ms).sort((a, b) => b - a);
      await withinGoals(seat.page, [{ what: 'the rows after the last answer', ms: rowsAt - arrivedAt, goalMs: 300 }, { what: 'the longest tick', ms: longest, goalMs: 100 }, { what: 'the next', ms: second, goalMs: 50 }]);
    },
  },
];
