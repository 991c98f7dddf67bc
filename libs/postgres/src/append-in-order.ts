import type { Pool } from 'pg';
import type { AppendResult } from '#kernel';
import type { PreparedAppend } from './asked-events.js';
import { recordedMs, toIsoText } from './timestamps.js';
import { inTransaction } from './transaction.js';

/** The same lock under which every append gives out positions. */
const appendLock = '310110, 1';

/**
 * Records appends in the order given, several of one stream among them, in one transaction. For the single writer of a log: what does not
 * fit is no conflict to be decided anew but a defect, and then nothing of the batch is recorded.
 */
export const appendInOrder = (pool: Pool, batch: readonly PreparedAppend[]): Promise<readonly AppendResult[]> =>
  inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${appendLock})`);
    const { rows: heads } = await client.query<{ position: string; at: string }>('select position, recorded_at::text as at from engine.events order by position desc limit 1');
    const { rows: streams } = await client.query<{ stream: string; version: number }>(
      'select stream, max(version) as version from engine.events where stream = any($1) group by stream',
      [[...new Set(batch.map(({ stream }) => stream))]],
    );
    const versions = new Map(streams.map(({ stream, version }) => [stream, version]));
    let position = Number(heads[0]?.position ?? 0);
    let moment = heads[0] ? recordedMs(heads[0].at) : Number.NEGATIVE_INFINITY;
    const rows: (string | number | null)[][] = Array.from({ length: 11 }, () => []);
    const results = batch.map((append): AppendResult => {
      const version = versions.get(append.stream) ?? 0;
      if (version !== append.expectedVersion) throw new Error(`stream ${append.stream} is at version ${version}, not ${append.expectedVersion}`);
      moment = Math.max(moment, append.decidedAt);
      append.events.forEach(({ eventId, type, schema, data }, index) => {
        position += 1;
        const row = [position, append.stream, version + index + 1, eventId, type, schema, toIsoText(moment), append.commandId, index === 0 ? (append.fingerprint ?? '') : null, append.meta, data];
        row.forEach((value, column) => rows[column]?.push(value));
      });
      versions.set(append.stream, version + append.events.length);
      return { status: 'recorded', version: version + append.events.length, position, recordedAt: toIsoText(moment) };
    });
    await client.query(
      `insert into engine.events (position, stream, version, event_id, type, schema, recorded_at, command_id, fingerprint, meta, data)
       select * from unnest($1::bigint[], $2::text[], $3::integer[], $4::uuid[], $5::text[], $6::smallint[], $7::timestamptz[], $8::uuid[], $9::text[], $10::text[], $11::text[])`,
      rows,
    );
    return results;
  });
