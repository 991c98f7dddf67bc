import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseTable } from '#tables';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Seat } from './desk-seat.js';
import { speakEnglish, violationsOn } from './screens.js';
import { workbookOf } from './workbook.js';

const files = ['city.json', 'places.csv', 'units.csv', 'catalogue.csv', 'duties.csv', 'policy.json', 'calendar.json'] as const;
const bureau = '上海市城市管理行政执法局';
const renamed = '上海市城管执法总队';

interface Sent {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The city of the seeds with one table worded anew, that table as a spreadsheet saves it as text: UTF-16 and tabs. */
const versionWith = async (word: (units: string) => string, version = 'yangpu-2026-2'): Promise<Sent[]> =>
  Promise.all(files.map(async (name) => {
    const text = await readFile(resolve('seeds/yangpu', name), 'utf8');
    if (name === 'city.json') return { name, mimeType: 'application/json', buffer: Buffer.from(text.replace('"yangpu-2026-1"', `"${version}"`)) };
    if (name !== 'units.csv') return { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
    return { name: 'units.txt', mimeType: 'text/plain', buffer: Buffer.from(`\uFEFF${word(text).replaceAll(',', '\t')}`, 'utf16le') };
  }));

const rowsOf = ({ name, buffer }: Sent): readonly (readonly string[])[] => {
  const { columns, rows } = parseTable(name, buffer.toString(buffer[0] === 0xff ? 'utf16le' : 'utf8'));
  return [columns, ...rows.map(({ values }) => columns.map((column) => values[column] ?? ''))];
};

/** The same files as somebody who keeps the tables in Excel has them: one workbook, and the rest as it was. */
const inWorkbook = (sent: readonly Sent[]): Sent[] => {
  const [tables, others] = [sent.filter(({ name }) => !name.endsWith('.json')), sent.filter(({ name }) => name.endsWith('.json'))];
  const names: Readonly<Record<string, string>> = { 'places.csv': '地点', 'units.txt': '责任单位', 'catalogue.csv': 'catalogue', 'duties.csv': 'Duties' };
  const buffer = workbookOf(Object.fromEntries([['说明', [['由底数管理员维护']]], ...tables.map((table) => [names[table.name] ?? '', rowsOf(table)] as const)]));
  return [...others, { name: '底数.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer }];
};

export const referenceChecks: readonly Check[] = [
  {
    id: 'A38-import', title: 'a new version is chosen, its flaws are named, its difference is shown, and it comes into force with a reason',
    walk: async (stage) => {
      const seat = await Seat.of(stage, 'administrator', '/admin?tab=import');
      const { page } = seat;
      const found: string[] = [];
      const look = async (name: string): Promise<void> => {
        await seat.visit.picture(`admin-import-${name}`);
        const violations = await violationsOn(page);
        if (violations !== '') found.push(`${name}: ${violations}`);
      };
      const choose = (sent: Sent[]): Promise<void> => page.locator('input[type=file]').setInputFiles(sent);
      await look('empty');
      await choose((await versionWith((units) => units)).slice(0, 4));
      await page.getByText('还缺').waitFor();
      await choose(await versionWith((units) => units.replace('310000', '999999')));
      await until(() => page.locator('.import-view .changes tbody').textContent(), (text) => text?.includes('units.txt') === true && text.includes('999999'), 'the flaw');
      await look('flaws');
      await choose(await versionWith((units) => units.replace(bureau, renamed)));
      await page.locator('.import-view tbody.changed', { hasText: renamed }).waitFor();
      const told = (await page.locator('.import-view .changes').textContent()) ?? '';
      expectThat(told.includes(bureau) && told.includes('yangpu-2026-2'), told);
      await look('difference');
      await page.getByLabel('启用理由').fill('市级单位更名');
      await page.getByRole('button', { name: '启用', exact: true }).click();
      await page.getByText('版本 yangpu-2026-2 已启用').waitFor();
      await page.getByRole('button', { name: '底数版本' }).click();
      await until(() => page.locator('#main').textContent(), (text) => text?.includes('市级单位更名') === true && text.includes('yangpu-2026-2'), 'the activation');
      await look('activated');
      await page.evaluate(speakEnglish);
      await seat.open('/admin?tab=reference');
      await page.getByText('Activations').waitFor();
      await seat.visit.picture('admin-import-activated-en');
      expectThat(found.length === 0, found.join('\n'));
      expectThat(seat.visit.complaints.length === 0, seat.visit.complaints.join('\n'));
    },
  },
  {
    id: 'A38-workbook', title: 'an Excel workbook says the same as the tables, and what is no workbook is named',
    walk: async (stage) => {
      const seat = await Seat.of(stage, 'administrator', '/admin?tab=import');
      const { page } = seat;
      await page.locator('input[type=file]').setInputFiles([{ name: '坏.xlsx', mimeType: '', buffer: Buffer.from('PK nonsense') }]);
      await page.getByText('坏.xlsx 不是可读取的 Excel 工作簿').waitFor();
      await page.locator('input[type=file]').setInputFiles(inWorkbook(await versionWith((units) => units.replace(bureau, '上海市城管局'), 'yangpu-2026-9')));
      await page.locator('.import-view tbody.changed', { hasText: '上海市城管局' }).waitFor();
      const heading = (await page.locator('.import-view h3').textContent()) ?? '';
      expectThat(heading.endsWith('共 2 处差异'), `a workbook is read differently: ${heading}`);
      await seat.visit.picture('admin-import-workbook');
      expectThat(seat.visit.complaints.length === 0, seat.visit.complaints.join('\n'));
    },
  },
  {
    id: 'A38-planned', title: 'a version is laid down for a moment to come, the next one comes after it, and it is taken back with a reason',
    walk: async (stage) => {
      const seat = await Seat.of(stage, 'administrator', '/admin?tab=import');
      const { page } = seat;
      const found: string[] = [];
      const look = async (name: string): Promise<void> => {
        await seat.visit.picture(`admin-import-${name}`);
        const violations = await violationsOn(page);
        if (violations !== '') found.push(`${name}: ${violations}`);
      };
      const inForce = stage.engine.shelf.library().current.reference.version;
      const choose = async (version: string): Promise<void> => {
        await page.locator('input[type=file]').setInputFiles(await versionWith((units) => units.replace(bureau, `${renamed} ${version}`), version));
        await page.locator('.import-view .activation').waitFor();
        await page.getByLabel('启用理由').fill('机构改革');
      };
      const submit = page.getByRole('button', { name: '启用', exact: true });
      await choose('yangpu-2027-1');
      await page.getByLabel('生效时间').fill('2037-01-01T00:00');
      await look('planning');
      await submit.click();
      await page.getByText('版本 yangpu-2027-1 将于 2037/01/01 00:00:00 生效').waitFor();
      expectThat(stage.engine.shelf.library().current.reference.version === inForce, 'it is in force before its moment');
      await choose('yangpu-2027-2');
      await page.getByText('新版本与它相比，只能在它之后生效').waitFor();
      expectThat(await submit.isDisabled(), 'a version may be activated past the one that waits');
      await page.getByLabel('生效时间').fill('2036-12-31T00:00');
      await submit.click({ force: true });
      expectThat((await page.locator('.import-view .done').count()) === 0, 'it came before the one that waits');
      await look('behind');
      await page.getByRole('button', { name: '底数版本' }).click();
      await page.locator('.activations .waiting', { hasText: 'yangpu-2027-1' }).getByText('待生效').waitFor();
      await page.getByRole('button', { name: '撤回' }).click();
      await seat.dialog.getByLabel('撤回理由').fill('推迟到下半年');
      await look('withdrawing');
      await seat.dialog.getByRole('button', { name: '撤回', exact: true }).click();
      await page.locator('.activations .withdrawn', { hasText: '推迟到下半年' }).getByText('已撤回').waitFor();
      expectThat((await page.getByRole('button', { name: '撤回' }).count()) === 0, 'it may be taken back twice');
      await look('withdrawn');
      expectThat(found.length === 0, found.join('\n'));
      expectThat(seat.visit.complaints.length === 0, seat.visit.complaints.join('\n'));
    },
  },
];
