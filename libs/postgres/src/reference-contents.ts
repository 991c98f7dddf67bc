import type { Pool } from 'pg';
import { orUnavailable } from './connection.js';

/** 底数内容 What the city laid down, version by version, as text under its hash. Fails with `Unavailable` when the server is away. */
export class PostgresReferenceContents {
  constructor(private readonly pool: Pool) {}

  async keep(sha256: string, content: string): Promise<void> {
    await orUnavailable(() => this.pool.query('insert into engine.reference_contents (sha256, content) values ($1, $2) on conflict (sha256) do nothing', [sha256, content]));
  }

  async read(hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ sha256: string; content: string }>('select sha256, content from engine.reference_contents where sha256 = any($1)', [hashes]),
    );
    return new Map(rows.map(({ sha256, content }) => [sha256, content]));
  }
}
