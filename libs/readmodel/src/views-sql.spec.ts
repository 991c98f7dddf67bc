import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Logger } from 'typeorm';
import { incidentSorts } from '#views';
import type { IncidentFilter, Scope, Views } from '#views';
import { incidentHistories } from '#testing';
import { project, record, withReadModel } from './spec-log.js';

const database = withReadModel();
const golden = resolve('test/golden/views.sql');

/** Hears every statement that TypeORM sends. */
class Listener implements Logger {
  readonly heard: string[] = [];
  logQuery(query: string): void {
    this.heard.push(query);
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

const everything: Scope = { places: null, unit: null };
const street: Scope = { places: ['S01'], unit: null };
const unit: Scope = { places: [], unit: 'S01-roads' };
const both: Scope = { places: ['S01'], unit: 'S01-centre' };
const nothing: Scope = { places: [], unit: null };

const fullFilter: IncidentFilter = {
  stage: 'dispatched', open: true, rung: 'street', loop: 'street', holder: 'S01-roads', accountableUnit: 'S01-roads', street: 'S01', community: 'S01-C1', grid: 'S01-C1-G1',
  channel: 'hotline', subclassCode: 'C-01-01', scenario: 'flood', grade: 'general', breached: false, reportedFrom: '2026-01-01T00:00:00.000Z', reportedBefore: '2027-01-01T00:00:00.000Z',
};

type Ask = (views: Views) => Promise<unknown>;
const first = { direction: 'ascending', cursor: null, limit: 2 } as const;

/** The first page of a list and the one after it. */
const twoPages = (list: (cursor: string | null) => Promise<{ readonly nextCursor: string | null }>) => async (): Promise<void> => {
  const { nextCursor } = await list(null);
  if (nextCursor === null) throw new Error('the list has but one page');
  await list(nextCursor);
};

const asked = (): readonly (readonly [title: string, ask: Ask])[] => [
  ...incidentSorts.flatMap((sort) => (['ascending', 'descending'] as const).map((direction): readonly [string, Ask] => [
    `incidents by ${sort}, ${direction}: first page, next page`,
    (views) => twoPages((cursor) => views.incidents(everything, {}, { sort, direction, limit: 2, cursor }))(),
  ])),
  ['incidents by dueAt: the last page, where rows have nothing due', (views) => views.incidents(everything, {}, { ...first, sort: 'dueAt', limit: 200 })],
  ['incidents with every filter', (views) => views.incidents(everything, fullFilter, { ...first, sort: 'reportedAt' })],
  ['incidents that are late', (views) => views.incidents(everything, { breached: true }, { ...first, sort: 'reportedAt' })],
  ['incidents of a place', (views) => views.incidents(street, {}, { ...first, sort: 'reportedAt' })],
  ['incidents of a unit', (views) => views.incidents(unit, {}, { ...first, sort: 'reportedAt' })],
  ['incidents of a place and a unit', (views) => views.incidents(both, {}, { ...first, sort: 'reportedAt' })],
  ['incidents of nobody', (views) => views.incidents(nothing, {}, { ...first, sort: 'reportedAt' })],
  ['open incidents', (views) => views.openIncidents(everything, {})],
  ['open incidents of a street, in a scope', (views) => views.openIncidents(both, { street: 'S01' })],
  ['one incident', (views) => views.incident(both, 'i')],
  ['timeline', (views) => views.timeline(everything, 'i')],
  ['timeline, in a scope', (views) => views.timeline(both, 'i')],
  ['deadlines of an incident', (views) => views.deadlinesOf(everything, 'i')],
  ['deadlines of an incident, in a scope', (views) => views.deadlinesOf(both, 'i')],
  ['deadlines: first page, next page', (views) => twoPages((cursor) => views.deadlines(everything, {}, { sort: 'dueAt', direction: 'ascending', limit: 2, cursor }))()],
  ['deadlines with every filter, in a scope', (views) => views.deadlines(both, { unit: 'S01-roads', clock: 'handle', breached: true }, { ...first, sort: 'dueAt' })],
  ['queues', (views) => views.queues(everything)],
  ['queues, in a scope', (views) => views.queues(both)],
  ['position', (views) => views.position()],
];

/** One clause a line, so that a change shows as the clause that changed. */
const laidOut = (sql: string): string => `${sql.replaceAll(/ (FROM|INNER JOIN|WHERE|AND|GROUP BY|ORDER BY|LIMIT) /g, '\n  $1 ')};\n`;

describe('the statements of the queries', () => {
  it('are the ones in test/golden/views.sql', async () => {
    const listener = new Listener();
    const { log, views } = await database.open({ logger: listener });
    await record(log, [...incidentHistories({ seed: 1, incidents: 20, concurrent: 20 })].slice(0, 120));
    await project(log);
    let text = '';
    for (const [title, ask] of asked()) {
      listener.heard.length = 0;
      await ask(views);
      text += `-- ${title}\n${listener.heard.map(laidOut).join('')}\n`;
    }
    if (process.env['UPDATE_GOLDEN'] === '1') {
      await mkdir(dirname(golden), { recursive: true });
      await writeFile(golden, text);
    }
    expect(text).toBe(await readFile(golden, 'utf8'));
  });
});
