import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { LogIdentity } from '#kernel';
import type { Connection, EmbeddedPostgres, PostgresLog, PostgresOptions } from '#postgres';

export interface PostgresForSpecs {
  /** Connection to an empty database of its own. */
  freshDatabase(): Promise<Connection>;
  /** An empty log in a database of its own; closed after the rule that opened it, or at the end of the spec file if none did. */
  openLog(options?: Partial<PostgresOptions> & { readonly kind?: LogIdentity['kind'] }): Promise<PostgresLog>;
  /** The server that was started for this spec file; null when DATABASE_URL names an outside one. */
  embedded(): EmbeddedPostgres | null;
}

const startMs = 60_000;

/**
 * A PostgreSQL for one spec file, started before its first rule and stopped after its last: the engine's own one in a temporary
 * folder, or the server that DATABASE_URL names, where every database gets a random name and is dropped at the end.
 */
export const withPostgres = (): PostgresForSpecs => {
  let server: EmbeddedPostgres | null = null;
  let folder: string | null = null;
  let admin: Connection = {};
  const databases: string[] = [];
  const lasting: PostgresLog[] = [];
  let opened = lasting;
  const closeAll = (logs: PostgresLog[]): Promise<unknown> => Promise.all(logs.splice(0).map((log) => log.close().catch(() => undefined)));

  const asAdmin = async (statement: string): Promise<void> => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ ...admin });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };

  const freshDatabase = async (): Promise<Connection> => {
    const name = `threeloops_spec_${randomBytes(6).toString('hex')}`;
    await asAdmin(`create database ${name}`);
    databases.push(name);
    if (!admin.connectionString) return { ...admin, database: name };
    const url = new URL(admin.connectionString);
    url.pathname = `/${name}`;
    return { connectionString: url.toString() };
  };

  beforeAll(async () => {
    const { DATABASE_URL } = process.env;
    if (DATABASE_URL) {
      admin = { connectionString: DATABASE_URL };
      return;
    }
    const { EmbeddedPostgres: Server } = await import('#postgres');
    folder = await mkdtemp(join(tmpdir(), 'threeloops-spec-'));
    // Little memory, because several spec files run at once; no waiting for the disk, because nothing here outlives the file.
    server = await Server.start({ dataFolder: join(folder, 'data'), settings: { shared_buffers: '16MB', fsync: 'off', full_page_writes: 'off' } });
    admin = server.connection;
  }, startMs);

  beforeEach(() => {
    opened = [];
  });

  afterEach(async () => {
    await closeAll(opened);
    opened = lasting;
  });

  afterAll(async () => {
    await closeAll(lasting);
    if (!server) for (const name of databases) await asAdmin(`drop database if exists ${name} with (force)`);
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, startMs);

  return {
    freshDatabase,
    openLog: async (options = {}) => {
      const { openPostgres } = await import('#postgres');
      const log = await openPostgres({ kind: 'live', poolSize: 8, ...options, connection: options.connection ?? (await freshDatabase()) });
      opened.push(log);
      return log;
    },
    embedded: () => server,
  };
};
