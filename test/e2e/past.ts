import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Colleague } from './colleague.js';
import { Seat } from './desk-seat.js';
import type { Stage } from './harness.js';

/** A street that no other check works in, so that its list is what this one made of it. */
const street = 's012-dispatcher';

interface Kept {
  readonly position: number;
  readonly rows: string;
}

/** What the list said at this moment of the log. */
const keep = async (stage: Stage, centre: Colleague): Promise<Kept> => {
  const { json } = await centre.ask('GET', '/api/log');
  const { position } = (json as { last: { position: number } }).last;
  await until(() => stage.engine.views.position(), (seen) => seen >= position, 'position of the views');
  const list = await centre.ask('GET', '/api/incidents?open=true&limit=200');
  const { items } = list.json as { items: readonly { incidentId: string; stage: string }[] };
  return { position, rows: items.map(({ incidentId, stage }) => `${incidentId} ${words[stage]}`).sort().join('\n') };
};

const words: Readonly<Record<string, string>> = { reported: '待受理', accepted: '待立案', filed: '待派单' };

const rowsOf = async (seat: Seat): Promise<string> => {
  const rows = await seat.page.locator('.queue-row').evaluateAll((found) => found.map((row) => `${row.id.slice('row-'.length)} ${row.querySelector('.stage')?.textContent ?? ''}`));
  return rows.sort().join('\n');
};

export const pastChecks: readonly Check[] = [
  {
    id: 'A34', title: 'the desk of a moment is the list that was kept then, offers nothing to do, stands still, and comes again after a reload',
    walk: async (stage) => {
      const centre = await Colleague.of(stage, street);
      const { grids } = (await centre.ask('GET', '/api/field-kit')).json as { grids: readonly { code: string }[] };
      const gridCode = grids[0]?.code;
      const reports = (): Promise<string> => centre.reports({ gridCode });
      const [first, second] = [await reports(), await reports()];
      const kept = [await keep(stage, centre)];
      await centre.does(first, 'accept');
      await reports();
      kept.push(await keep(stage, centre));
      await centre.does(second, 'accept');
      await centre.does(first, 'file', { ruleId: 'C-02-12.4', grade: 'general' });
      kept.push(await keep(stage, centre));
      await reports();

      const { commands } = (await centre.ask('GET', '/api/reference')).json as { commands: readonly { chinese: string }[] };
      const offered = async (seat: Seat): Promise<readonly string[]> => {
        const said = await seat.page.locator('button').allTextContents();
        return commands.map(({ chinese }) => chinese).filter((name) => said.some((text) => text.trim().replace(/\s*[A-Z]$/, '') === name));
      };
      const seat = await Seat.of(stage, street);
      await seat.choose(first);
      await until(() => offered(seat), (names) => names.length > 0, 'what is offered now');
      await seat.page.getByRole('button', { name: '回看' }).click();
      await seat.page.locator('.past-bar input[type=range]').waitFor();
      await seat.page.getByRole('button', { name: '前一事实' }).click();
      await seat.page.locator('.past-frame').waitFor();
      expectThat((await offered(seat)).length === 0, `the past offers ${(await offered(seat)).join(' ')}`);
      await seat.press('Escape');
      await until(() => seat.page.locator('.past-frame').count(), (count) => count === 0, 'frames of the past after Escape');

      for (const { position, rows } of kept) {
        await seat.open(`/desk?asOf=${position}`);
        await until(() => rowsOf(seat), (shown) => shown === rows, `the list at ${position}, which was\n${rows}`);
        await seat.row(first).click();
        await seat.page.locator('.incident-facts').waitFor();
        expectThat((await offered(seat)).length === 0 && (await seat.page.locator('.action-bar').count()) === 0, `the past offers ${(await offered(seat)).join(' ')}`);
        await seat.page.reload();
        await until(() => rowsOf(seat), (shown) => shown === rows, `the list at ${position} after a reload`);
        expectThat((await seat.page.locator('.past-bar .chip').textContent())?.includes(`#${position.toLocaleString('en-US')} · 只读`) === true, 'the chip does not say which fact');
      }

      const still = kept[1] as Kept;
      await seat.open(`/desk?asOf=${still.position}`);
      await until(() => rowsOf(seat), (shown) => shown === still.rows, 'the list of then');
      const dues = (): Promise<readonly string[]> => seat.page.locator('.queue-row .due').allTextContents();
      const before = (await dues()).join(' ');
      const later = await reports();
      await new Promise((resume) => setTimeout(resume, 2_500));
      expectThat((await rowsOf(seat)) === still.rows && (await dues()).join(' ') === before, 'the past went on');
      await seat.row(first).click();
      await seat.page.locator('.incident-facts').waitFor();
      await seat.visit.picture('past-desk');
      await seat.page.getByRole('link', { name: '看板' }).click();
      await seat.page.waitForURL((url) => url.pathname === '/district' && url.searchParams.get('asOf') === String(still.position));
      await seat.visit.picture('past-board');
      await seat.page.getByRole('link', { name: '派单台' }).click();
      await until(() => rowsOf(seat), (shown) => shown === still.rows, 'the list of then, by a link');
      await seat.press('Escape');
      await seat.row(later).waitFor();
      expectThat(!seat.page.url().includes('asOf'), 'the address keeps the past');
      expectThat(seat.visit.complaints.length === 0, seat.visit.complaints.join('\n'));
    },
  },
];
