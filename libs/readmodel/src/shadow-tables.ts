import type { ClientBase } from 'pg';
import { allTables } from './tables.js';

/** How far the tables under construction have come; a table of theirs, so that it is committed and dropped with them. */
export interface Built {
  readonly position: number;
  readonly events: number;
  /** The primary keys are there already: rows that are written can be found again. */
  readonly keyed: boolean;
  readonly indexed: boolean;
}

const nothingBuilt: Built = { position: 0, events: 0, keyed: false, indexed: false };

/**
 * 影子表 A second set of the read model's tables in a schema of its own, made after the pattern of the one in use, so that there is one
 * description of it: the migrations. Keys and indices come when they are asked for, because filling is faster without them.
 */
export class ShadowTables {
  constructor(
    private readonly client: ClientBase,
    readonly schema: string,
  ) {}

  /** The tables of an earlier attempt where they are of the present shape, or empty ones. `version` names the fold that fills them. */
  async open(version: number): Promise<Built> {
    const pattern = `${version} ${await this.pattern('views')}`;
    const { rows: tables } = await this.client.query(`select from pg_tables where schemaname = $1 and tablename = 'built'`, [this.schema]);
    if (tables.length === 1) {
      const { rows } = await this.client.query<{ pattern: string; position: string; events: string; keyed: boolean; indexed: boolean }>(
        `select pattern, position::text, events::text, keyed, indexed from ${this.schema}.built`,
      );
      const [row] = rows;
      if (row?.pattern === pattern) return { position: Number(row.position), events: Number(row.events), keyed: row.keyed, indexed: row.indexed };
    }
    await this.drop();
    await this.client.query(`create schema ${this.schema}`);
    for (const { name } of allTables) {
      const options = await this.optionsOf(name);
      await this.client.query(`create table ${this.schema}.${name} (like views.${name} including defaults including storage) ${options && `with (${options})`}`);
    }
    await this.client.query(`create table ${this.schema}.built (pattern text not null, position bigint not null, events bigint not null, keyed boolean not null, indexed boolean not null)`);
    await this.client.query(`insert into ${this.schema}.built values ($1, 0, 0, false, false)`, [pattern]);
    return nothingBuilt;
  }

  async save({ position, events, keyed, indexed }: Built): Promise<void> {
    await this.client.query(`update ${this.schema}.built set position = $1, events = $2, keyed = $3, indexed = $4`, [position, events, keyed, indexed]);
  }

  /** Primary keys. */
  async addKeys(): Promise<void> {
    const { rows } = await this.client.query<{ table: string; name: string; definition: string }>(
      `select r.relname as table, c.conname as name, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c join pg_class r on r.oid = c.conrelid
       where c.connamespace = 'views'::regnamespace and c.contype = 'p' and r.relname = any ($1) order by 1`,
      [allTables.map(({ name }) => name)],
    );
    for (const { table, name, definition } of rows) await this.client.query(`alter table ${this.schema}.${table} add constraint ${name} ${definition}`);
  }

  /** Everything else that the pattern has: indices and the views over the tables. */
  async addIndices(): Promise<void> {
    for (const { definition } of await this.definitions(indicesOfViews)) await this.here(definition);
    for (const { name, definition } of await this.definitions(viewsOfViews)) await this.here(`create view ${name} as ${definition}`);
    // The planner has to choose only where there is more than one way: the other two tables are read by their keys.
    for (const name of ['incident', 'deadline']) await this.client.query(`analyze ${this.schema}.${name}`);
  }

  async drop(): Promise<void> {
    await this.client.query(`drop schema if exists ${this.schema} cascade`);
  }

  /** Definitions without the name of the schema, which PostgreSQL leaves out where the search path already leads there. */
  private async definitions(sql: string): Promise<readonly { readonly name: string; readonly definition: string }[]> {
    await this.client.query('set search_path to views');
    try {
      return (await this.client.query<{ name: string; definition: string }>(sql)).rows;
    } finally {
      await this.client.query('reset search_path');
    }
  }

  private async optionsOf(table: string): Promise<string> {
    const { rows } = await this.client.query<{ options: string | null }>(`select array_to_string(reloptions, ', ') as options from pg_class where oid = $1::regclass`, [`views.${table}`]);
    return rows[0]?.options ?? '';
  }

  private async here(statement: string): Promise<void> {
    await this.client.query(`set search_path to ${this.schema}`);
    try {
      await this.client.query(statement);
    } finally {
      await this.client.query('reset search_path');
    }
  }

  private async pattern(schema: string): Promise<string> {
    const { rows } = await this.client.query<{ pattern: string }>(
      `select md5(string_agg(line, ';' order by line)) as pattern from (
         select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line from information_schema.columns where table_schema = $1
         union all select indexdef from pg_indexes where schemaname = $1
         union all select viewname || definition from pg_views where schemaname = $1) as parts`,
      [schema],
    );
    return rows[0]?.pattern ?? '';
  }
}

const indicesOfViews = `
select c.relname as name, pg_get_indexdef(i.indexrelid, 0, true) as definition
from pg_index i join pg_class c on c.oid = i.indexrelid
where c.relnamespace = 'views'::regnamespace and not i.indisprimary order by 1`;

const viewsOfViews = `
select c.relname as name, pg_get_viewdef(c.oid) as definition from pg_class c where c.relnamespace = 'views'::regnamespace and c.relkind = 'v' order by 1`;
