import type { Pool, PoolClient } from 'pg';
import type { EventStore } from '#kernel';
import { lockCheckpoints, reachedBy } from '#postgres';
import { foldVersion } from '#views';
import { foldUpTo, index, usualBuild, withRebuildLock } from './rebuild.js';
import { ShadowBuilder } from './shadow-builder.js';
import { ShadowTables } from './shadow-tables.js';
import { allTables } from './tables.js';
import type { Table } from './tables.js';

export interface RowDifference {
  readonly table: string;
  readonly key: Readonly<Record<string, unknown>>;
  /** Names of the columns that differ; all of them where one side has no such row. */
  readonly columns: readonly string[];
  readonly live: Readonly<Record<string, unknown>> | null;
  readonly rebuilt: Readonly<Record<string, unknown>> | null;
}

export interface Comparison {
  readonly equal: boolean;
  /** Log position at which both were compared: that of the furthest part. */
  readonly position: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly differing: Readonly<Record<string, number>>;
  /** The first differences, at most twenty for each table. */
  readonly differences: readonly RowDifference[];
}

const shown = 20;

/**
 * 核对 Whether the read model in use says what the log says: it is built a second time and compared row by row, at the position where the
 * live projector stands. The projector waits only for the comparison itself. Nothing stays behind.
 *
 * Refuses with `views.rebuild-running`; fails with `Unavailable` when the database is away.
 */
export const compareReadModel = (store: EventStore, pool: Pool): Promise<Comparison> =>
  withRebuildLock(pool, async (client) => {
    const tables = new ShadowTables(client, 'views_check');
    await tables.drop();
    try {
      const until = await checkpoint(client);
      const builder = new ShadowBuilder(client, tables, await tables.open(foldVersion), { ...usualBuild, store, until, stopped: () => false, onPage: () => undefined });
      const built = await index(tables, (await builder.run()).built);
      await client.query('begin isolation level read committed');
      const live = await lockCheckpoints(client, 'views');
      const { position } = await foldUpTo(client, store, tables.schema, built, live);
      const comparison = await compareTables(client, tables.schema, position);
      await client.query('rollback');
      return comparison;
    } finally {
      await client.query('rollback').catch(() => undefined);
      await tables.drop().catch(() => undefined);
    }
  });

const checkpoint = async (client: PoolClient): Promise<number> =>
  Number((await client.query<{ position: string }>(reachedBy('views'))).rows[0]?.position);

/** As jsonb, so that the order of keys does not count. */
const comparable = (alias: string, { columns }: Table<never>): readonly string[] => columns.map(({ name, kind }) => `${alias}.${name}${kind === 'json' ? '::jsonb' : ''}`);

const compareTables = async (client: PoolClient, schema: string, position: number): Promise<Comparison> => {
  const rows: Record<string, number> = {};
  const differing: Record<string, number> = {};
  const differences: RowDifference[] = [];
  for (const table of allTables) {
    const { name, key } = table;
    const on = key.map((column) => `a.${column} = b.${column}`).join(' and ');
    const differs = `(${comparable('a', table).join(', ')}) is distinct from (${comparable('b', table).join(', ')})`;
    const joined = `from views.${name} a full join ${schema}.${name} b on ${on}`;
    const { rows: counts } = await client.query<{ rows: string; differing: string }>(`select count(*) as rows, count(*) filter (where ${differs}) as differing ${joined}`);
    rows[name] = Number(counts[0]?.rows ?? 0);
    differing[name] = Number(counts[0]?.differing ?? 0);
    if (differing[name] === 0) continue;
    const { rows: found } = await client.query<{ live: Record<string, unknown> | null; rebuilt: Record<string, unknown> | null }>(
      `select to_jsonb(a) as live, to_jsonb(b) as rebuilt ${joined} where ${differs} order by ${key.map((column) => `coalesce(a.${column}, b.${column})`).join(', ')} limit ${shown}`,
    );
    differences.push(...found.map(({ live, rebuilt }) => differenceOf(table, live, rebuilt)));
  }
  return { equal: differences.length === 0, position, rows, differing, differences };
};

const differenceOf = ({ name, key, columns }: Table<never>, live: Record<string, unknown> | null, rebuilt: Record<string, unknown> | null): RowDifference => ({
  table: name,
  key: Object.fromEntries(key.map((column) => [column, (live ?? rebuilt)?.[column]])),
  columns: columns.map((column) => column.name).filter((column) => JSON.stringify(live?.[column]) !== JSON.stringify(rebuilt?.[column])),
  live,
  rebuilt,
});
