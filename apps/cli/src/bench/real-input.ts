import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { settingsFrom } from '#assembly';
import { playReports } from '../import-reports.js';
import type { Group } from './group.js';
import { notice } from './group.js';
import { leftOut, rowOf } from './rows.js';

const limitSeconds = 60;
const name = 'real-input-10k';
const mapping = resolve('seeds/baltimore/import');
const table = resolve(process.env['THREELOOPS_BENCH_TABLE'] ?? '../shared/data/baltimore_311.csv.gz');

/** The whole way of a real table: reading, sealing, playing by its true times, counting. */
export const measureRealInput = async ({ databaseUrl, folder, say }: Group): Promise<void> => {
  const there = await access(table).then(() => true, () => false);
  if (!there) return say(leftOut(name, 's', limitSeconds, `there is no table at ${table}; name one by THREELOOPS_BENCH_TABLE`));
  const settings = { ...settingsFrom({}, { dataFolder: folder }), databaseUrl };
  const began = performance.now();
  const result = await playReports(settings, { file: table, mapping, play: true, reference: undefined, rejects: join(folder, 'rejects.csv') }, new AbortController().signal, notice);
  const seconds = (performance.now() - began) / 1_000;
  const { incidents = 0, events = 0 } = result.table ?? {};
  say(rowOf(name, seconds, 's', limitSeconds, { rows: result.rows, rejected: result.rejected, incidents, events }));
};
