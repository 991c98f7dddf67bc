import { incidentIdOf, isIncidentStream } from '#engine';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Colleague } from './colleague.js';
import { Seat } from './desk-seat.js';
import type { Stage } from './harness.js';
import { lived } from './screens.js';

const signedWithinMs = 90_000;
const readAtOnce = 1_000;

interface Counted {
  readonly returned: ReadonlySet<string>;
  readonly dispatched: ReadonlySet<string>;
}

/** 退单率, counted from the facts themselves. */
const counted = async ({ engine }: Stage, position: number): Promise<Counted> => {
  const types = new Map<string, Set<string>>();
  for (let after = 0; after < position; after += readAtOnce) {
    for (const { stream, type } of await engine.log.store.readAll(after, Math.min(readAtOnce, position - after))) {
      if (isIncidentStream(stream)) types.set(incidentIdOf(stream), (types.get(incidentIdOf(stream)) ?? new Set()).add(type));
    }
  }
  const having = (type: string): ReadonlySet<string> => new Set([...types].filter(([, seen]) => seen.has('Filed') && seen.has('Dispatched') && seen.has(type)).map(([id]) => id));
  return { returned: having('DispatchReturned'), dispatched: having('Dispatched') };
};

const sameIds = (shown: readonly string[], wanted: ReadonlySet<string>): boolean => shown.length === wanted.size && shown.every((id) => wanted.has(id));

/** Changes one byte of a fact, as somebody with all rights over the database could; answers the way to undo it. */
const flip = async ({ engine }: Stage, position: number): Promise<() => Promise<void>> => {
  const write = async (data: string): Promise<void> => {
    const client = await engine.log.pool.connect();
    try {
      await client.query('set session_replication_role = replica');
      await client.query('update engine.events set data = $2 where position = $1', [position, data]);
      await client.query('set session_replication_role = origin');
    } finally {
      client.release();
    }
  };
  const { rows: [row] } = await engine.log.pool.query<{ data: string }>('select data from engine.events where position = $1', [position]);
  const data = row?.data ?? '';
  const at = data.search(/\d/);
  expectThat(at > 0, `the fact at ${position} has no digit to change: ${data}`);
  await write(`${data.slice(0, at)}${data[at] === '7' ? '8' : '7'}${data.slice(at + 1)}`);
  return () => write(data);
};

export const proofChecks: readonly Check[] = [
  {
    id: 'A32', title: 'a figure is what its incidents make when they are counted again from the facts, and says up to which one',
    walk: async (stage) => {
      await lived(stage);
      const centre = await Colleague.of(stage, 's001-dispatcher');
      const plain = await centre.files();
      await centre.does(plain, 'dispatch', { unit: 'YP-S-001-roads' });
      const { position } = await stage.engine.log.store.head();
      await until(() => stage.engine.views.position(), (seen) => seen >= position, 'position of the views');
      const seat = await Seat.of(stage, 'district-dispatcher', `/figures?metric=returnRate&asOf=${position}`);
      const total = seat.page.locator('.figure-detail .totals button').first();
      await total.waitFor();
      const { returned, dispatched } = await counted(stage, position);
      expectThat(returned.size > 0 && dispatched.size > returned.size, `${returned.size} of ${dispatched.size} tell nothing`);
      expectThat(((await seat.page.locator('.figure-detail').textContent()) ?? '').includes(`#${position}`), 'the figure does not say up to which fact it holds');
      const [value = '', fraction = ''] = [(await total.locator('b').textContent()) ?? '', (await total.locator('small').textContent()) ?? ''];
      expectThat(fraction === `${returned.size} / ${dispatched.size}` && Math.abs(Number.parseFloat(value) - (100 * returned.size) / dispatched.size) < 0.1, `shows ${value}, ${fraction}; the facts make ${returned.size} / ${dispatched.size}`);
      await total.click();
      const shown = (): Promise<readonly string[]> => seat.dialog.locator('li a').allTextContents();
      await until(shown, (ids) => sameIds(ids, returned), `incidents in the numerator, which are ${[...returned].join(' ')}`);
      await seat.dialog.getByRole('button', { name: '分母' }).click();
      await until(shown, (ids) => sameIds(ids, dispatched), `incidents in the denominator, which are ${[...dispatched].join(' ')}`);
      await seat.visit.picture('past-figure');
    },
  },
  {
    id: 'A37', title: 'the log is verified in the browser, a fact and a report get their proof; one byte that was changed in the store is found at its very position',
    walk: async (stage) => {
      const incidentId = await lived(stage);
      const head = await stage.engine.log.store.head();
      const signed = async (): Promise<number> => (await stage.engine.evidence.book.status()).checkpoints.sha256?.size ?? 0;
      await until(signed, (size) => size >= head.position, `facts under the checkpoint of ${head.position}`, signedWithinMs);
      const seat = await Seat.of(stage, 'auditor', '/evidence');
      await seat.page.getByRole('button', { name: '校验', exact: true }).click();
      const result = seat.page.locator('.verify-card strong');
      await result.waitFor();
      const said = (await result.textContent()) ?? '';
      expectThat(/^✓ [\d,]+ 条连续，无缺口$/.test(said) && Number(said.replace(/\D/g, '')) >= head.position, said);
      await seat.visit.picture('evidence-clean');

      const proof = await Seat.of(stage, 's001-dispatcher', `/incidents/${incidentId}/replay`);
      await proof.page.getByRole('button', { name: '叶子与证明' }).click();
      await proof.dialog.locator('strong').waitFor();
      expectThat((await proof.dialog.locator('strong').getAttribute('class')) === 'ok', (await proof.dialog.textContent()) ?? '');
      await proof.visit.picture('evidence-leaf');
      await proof.open(`/incidents/${incidentId}`);
      const [receipt] = await Promise.all([proof.page.waitForEvent('download'), proof.page.getByRole('button', { name: '回执' }).click()]);
      expectThat(receipt.suggestedFilename() === `${incidentId}.tlog-proof`, receipt.suggestedFilename());

      const [first] = await (await Colleague.of(stage, 's001-dispatcher')).facts(incidentId);
      const position = first?.position ?? 0;
      const undo = await flip(stage, position);
      try {
        await seat.page.getByRole('button', { name: '再校验一次' }).click();
        await until(() => result.textContent().catch(() => null), (text) => text === `✗ 位置 #${position.toLocaleString('en-US')} 已被改动`, 'what is said of the changed byte');
        await seat.visit.picture('evidence-altered');
      } finally {
        await undo();
      }
      for (const { visit } of [seat, proof]) expectThat(visit.complaints.length === 0, visit.complaints.join('\n'));
    },
  },
];
