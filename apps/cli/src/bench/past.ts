import type { PostgresLog } from '#postgres';
import { streamOf } from '#engine';
import { historyOn, openReadModel } from '#readmodel';
import type { IncidentRow, Page, Scope, Views } from '#views';
import { Progress } from '../progress.js';
import type { Group } from './group.js';
import { median } from './measure.js';
import { rowOf } from './rows.js';

const incidentLooks = 500;
const boardLooks = 60;
const incidentLimitMs = 50;
const boardLimitMs = 1_000;
const everything: Scope = { places: null, unit: null };

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const p99 = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;

/** All that a desk shows: every open incident of the street, page by page, and its queues. */
const board = async (views: Views, scope: Scope): Promise<number> => {
  let rows = 0;
  for (let cursor: string | null = null; ;) {
    const { items, nextCursor }: Page<IncidentRow> = await views.incidents(scope, { open: true }, { sort: 'dueAt', direction: 'ascending', cursor, limit: 200 });
    rows += items.length;
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  await views.queues(scope);
  return rows;
};

/** Looks at moments all over the log, once its views stand: incidents with clocks and timeline, and whole boards of streets. */
export const measurePast = async ({ databaseUrl, say, wanted }: Group, { store, pool }: PostgresLog): Promise<void> => {
  const source = await openReadModel({ connectionString: databaseUrl });
  try {
    const history = historyOn(source, store, streamOf);
    const { position: end } = await store.head();
    const { rows: reports } = await pool.query<{ incident_id: string; position: string; street: string }>(
      `select incident_id, position, street from views.incident order by md5(incident_id) limit $1`, [incidentLooks]);
    const looking = new Progress('as-of', incidentLooks + boardLooks, 'looks');
    const looks: number[] = [];
    for (const { incident_id: id, position } of reports) {
      // Some moment of its life, or after it.
      const views = history.asOf(Math.min(end, Number(position) + (looks.length % 2 === 0 ? -3 : 10_000)));
      looks.push(await timed(() => Promise.all([views.incident(everything, id), views.deadlinesOf(everything, id), views.timeline(everything, id)])));
      looking.add();
    }
    const streets = [...new Set(reports.map(({ street }) => street))];
    const boards: number[] = [];
    let largest = 0;
    for (let nth = 0; nth < boardLooks; nth += 1) {
      const views = history.asOf(Math.max(1, Math.floor((end * (nth + 0.5)) / boardLooks)));
      boards.push(await timed(async () => {
        largest = Math.max(largest, await board(views, { places: [streets[nth % streets.length] ?? ''], unit: null }));
      }));
      looking.add();
    }
    looking.finish();
    if (wanted.has('as-of-incident')) say(rowOf('as-of-incident', p99(looks), 'ms', incidentLimitMs, { medianMs: Number(median(looks).toFixed(1)), looks: looks.length }));
    if (wanted.has('as-of-board')) say(rowOf('as-of-board', Math.max(...boards), 'ms', boardLimitMs, { medianMs: Math.round(median(boards)), openIncidentsMost: largest, looks: boards.length }));
  } finally {
    await source.destroy();
  }
};
