import type { Pool } from 'pg';
import { Fenced } from '#kernel';
import { inTransaction, isoOf, orUnavailable } from '#postgres';
import type { Sensor } from '#vitals';
import type { PartitionClaim, ReadingBook, SensorKey } from './reading-book.js';

interface SensorRow {
  readonly sensor: string;
  readonly sign: string;
  readonly last_at: string;
  readonly last_value: number;
  readonly beyond_since: string | null;
  readonly alarmed: boolean;
  readonly incident_id: string | null;
}

const sensorOf = (row: SensorRow): Sensor => ({
  sensor: row.sensor, sign: row.sign, lastAt: isoOf(row.last_at), lastValue: row.last_value, beyondSince: row.beyond_since === null ? null : isoOf(row.beyond_since),
  alarmed: row.alarmed, incidentId: row.incident_id,
});

const readSensors = `
  select s.sensor, s.sign, s.last_at::text, s.last_value, s.beyond_since::text, s.alarmed, s.incident_id
    from exchange.sensor s join unnest($1::text[], $2::text[]) as wanted (sensor, sign) using (sensor, sign)`;

const writeSensors = `
  insert into exchange.sensor as known (sensor, sign, last_at, last_value, beyond_since, alarmed, incident_id)
  select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::float8[], $5::timestamptz[], $6::boolean[], $7::uuid[])
  on conflict (sensor, sign) do update
    set last_at = excluded.last_at, last_value = excluded.last_value, beyond_since = excluded.beyond_since, alarmed = excluded.alarmed, incident_id = excluded.incident_id
    where known.last_at < excluded.last_at`;

/** 读数台账(PostgreSQL) The partition's row moves first: whoever takes it over waits for the transaction, and whoever lost it writes nothing. */
export class PostgresReadingBook implements ReadingBook {
  constructor(private readonly pool: Pool) {}

  async take(topic: string, partition: number): Promise<PartitionClaim> {
    const { rows } = await orUnavailable(() => this.pool.query<{ epoch: string; next_offset: string | null }>({
      name: 'reading-take',
      text: `insert into exchange.partition as held (topic, partition, epoch) values ($1, $2, 1)
             on conflict (topic, partition) do update set epoch = held.epoch + 1 returning epoch, next_offset`,
      values: [topic, partition],
    }));
    const [row = { epoch: '0', next_offset: null }] = rows;
    return { topic, partition, epoch: Number(row.epoch), nextOffset: row.next_offset === null ? null : Number(row.next_offset) };
  }

  async sensors(keys: readonly SensorKey[]): Promise<readonly Sensor[]> {
    if (keys.length === 0) return [];
    const { rows } = await orUnavailable(() => this.pool.query<SensorRow>({ name: 'reading-sensors', text: readSensors, values: [keys.map(({ sensor }) => sensor), keys.map(({ sign }) => sign)] }));
    return rows.map(sensorOf);
  }

  async record(claim: PartitionClaim, nextOffset: number, changed: readonly Sensor[]): Promise<PartitionClaim> {
    const { topic, partition, epoch, nextOffset: before } = claim;
    await orUnavailable(() => inTransaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query({
        name: 'reading-advance',
        text: 'update exchange.partition set next_offset = $4 where topic = $1 and partition = $2 and epoch = $3 and next_offset is not distinct from $5',
        values: [topic, partition, epoch, nextOffset, before],
      });
      if (rowCount !== 1) throw new Fenced(`${topic}/${partition}`);
      if (changed.length === 0) return;
      // Rows in one order everywhere, so that two processes never wait for each other.
      const sensors = [...changed].sort((a, b) => (a.sensor === b.sensor ? (a.sign < b.sign ? -1 : 1) : a.sensor < b.sensor ? -1 : 1));
      const column = <Value>(of: (sensor: Sensor) => Value): Value[] => sensors.map(of);
      await tx.query({
        name: 'reading-write', text: writeSensors,
        values: [
          column(({ sensor }) => sensor), column(({ sign }) => sign), column(({ lastAt }) => lastAt), column(({ lastValue }) => lastValue), column(({ beyondSince }) => beyondSince),
          column(({ alarmed }) => alarmed), column(({ incidentId }) => incidentId),
        ],
      });
    }));
    return { ...claim, nextOffset };
  }
}
