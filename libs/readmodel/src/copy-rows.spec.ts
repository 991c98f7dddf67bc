import { describe, expect, it } from '@jest/globals';
import { inTransaction } from '#postgres';
import { incidentHistories } from '#testing';
import { foldIncident, timelineRowOf } from '#views';
import type { DeadlineRow, IncidentView, TimelineRow } from '#views';
import { copyIn } from './copy-in.js';
import { withReadModel } from './spec-log.js';
import { deadlineTable, incidentTable, timelineTable } from './tables.js';
import type { Table } from './tables.js';
import { upsert } from './upsert.js';

const database = withReadModel();

describe('the two ways to write rows', () => {
  it('leave the same behind, whatever stands in a text', async () => {
    const { log } = await database.open();
    const views = new Map<string, IncidentView>();
    const timeline: TimelineRow[] = [];
    const awkward = 'tab\t newline\n backslash\\ quote" brace{ comma, null NULL \\N 汉字 🚮 é \u2028';
    for (const event of incidentHistories({ seed: 9, incidents: 12 })) {
      const data = event.type === 'IncidentReported' ? { ...event.data, externalId: awkward, description: { keyId: 'k', sealed: awkward } } : event.data;
      const fact = { ...event, data, onBehalfOf: awkward } as typeof event;
      views.set(event.stream, foldIncident(views.get(event.stream) ?? null, fact));
      timeline.push(timelineRowOf(fact));
    }
    const incidents = [...views.values()];
    const deadlines = incidents.flatMap((view): readonly DeadlineRow[] => view.deadlines);
    await log.pool.query('create schema other');
    const bothWays = async <Row>(table: Table<Row>, rows: readonly Row[]): Promise<void> => {
      await log.pool.query(`create table other.${table.name} (like views.${table.name} including all)`);
      await inTransaction(log.pool, async (tx) => {
        await upsert(tx, 'views', table, rows, 'replace');
        await copyIn(tx, 'other', table, rows);
      });
      const { rows: different } = await log.pool.query(
        `(select a::text from views.${table.name} a except select b::text from other.${table.name} b) union all (select b::text from other.${table.name} b except select a::text from views.${table.name} a)`,
      );
      expect(different).toEqual([]);
      expect((await log.pool.query(`select from other.${table.name}`)).rowCount).toBe(rows.length);
    };
    await bothWays(incidentTable, incidents);
    await bothWays(deadlineTable, deadlines);
    await bothWays(timelineTable, timeline);
    const { rows } = await log.pool.query(`select external_id, description ->> 'sealed' as sealed from other.incident`);
    expect(new Set(rows.flatMap(({ external_id, sealed }) => [external_id, sealed]))).toEqual(new Set([awkward]));
  });

  it('a copy that the database refuses fails as a query does and leaves the connection usable', async () => {
    const { log } = await database.open();
    const [event] = [...incidentHistories({ seed: 9, incidents: 1 })];
    if (!event) throw new Error('there is no fact');
    const row = timelineRowOf(event);
    const client = await log.pool.connect();
    try {
      await expect(copyIn(client, 'views', timelineTable, [row, row])).rejects.toMatchObject({ code: '23505' });
      await copyIn(client, 'views', timelineTable, [row]);
      expect((await client.query('select from views.timeline_entry')).rowCount).toBe(1);
    } finally {
      client.release();
    }
  });
});
