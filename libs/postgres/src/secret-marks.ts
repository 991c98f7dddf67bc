import type { Pool } from 'pg';
import { orUnavailable } from './connection.js';

/** Marks by the names of the secrets that they are of. */
export type Marks = ReadonlyMap<string, string>;

/** 密钥印记 Which secrets a log works with. Whoever starts first says so. Fails with `Unavailable`. */
export class SecretMarks {
  constructor(private readonly pool: Pool) {}

  async all(): Promise<Marks> {
    const { rows } = await orUnavailable(() => this.pool.query<{ secret: string; mark: string }>('select secret, mark from engine.secret_marks'));
    return new Map(rows.map(({ secret, mark }) => [secret, mark]));
  }

  /** Puts down those that are not known yet, or all of them in place of what is known; answers what is known then. */
  async put(marks: Marks, { inPlace }: { readonly inPlace: boolean }): Promise<Marks> {
    await orUnavailable(() => this.pool.query(
      `insert into engine.secret_marks (secret, mark) select * from unnest($1::text[], $2::text[]) on conflict (secret) do ${inPlace ? 'update set mark = excluded.mark' : 'nothing'}`,
      [[...marks.keys()], [...marks.values()]],
    ));
    return this.all();
  }
}
