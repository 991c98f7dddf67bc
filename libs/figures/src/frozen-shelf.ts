import type { Pool } from 'pg';
import { orUnavailable } from '#postgres';
import type { FrozenList } from './figure-desk.js';

/** Which figures are frozen, as far as the table of the figures knows. */
export class FrozenShelf implements FrozenList {
  constructor(private readonly pool: Pool) {}

  async ids(limit: number): Promise<readonly string[]> {
    const { rows } = await orUnavailable(() => this.pool.query<{ figures_id: string }>('select figures_id from figures.frozen order by position desc limit $1', [limit]));
    return rows.map((row) => row.figures_id);
  }
}
