import type { ClientBase } from 'pg';

/**
 * Drops a schema that somebody may still read, where another one has just taken its name: piece by piece, each in a transaction of its own. A drop of all
 * at once holds one table while it waits for the next, and a reader that was on its way through them the other way round would wait for it: the server ends
 * one of the two. The client has no transaction open.
 */
export const dropSchema = async (client: ClientBase, schema: string): Promise<void> => {
  const { rows } = await client.query<{ statement: string }>(
    `select format('drop %s if exists %I.%I', case relkind when 'v' then 'view' else 'table' end, $1::text, relname) as statement
     from pg_class where relnamespace = to_regnamespace($1) and relkind in ('v', 'r') order by relkind = 'r', relname`,
    [schema],
  );
  for (const { statement } of rows) await client.query(statement);
  await client.query(`drop schema if exists ${schema} cascade`);
};
