import { describe, expect, it } from '@jest/globals';
import { withPostgres } from '#testing';
import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './open-postgres.js';

const postgres = withPostgres();

type Taking = (taken: (error: Error | undefined, client: ClientBase | undefined, release: (destroy?: boolean) => void) => void) => void;

/** Breaks a connection in the very instant in which the pool has let go of it and its new holder has not taken hold yet. */
const brokenBetween = (take: Taking): Promise<void> =>
  new Promise((resolve, reject) => {
    take((error, client, release) => {
      try {
        if (error) throw error;
        client?.emit('error', new Error('terminating connection due to unexpected postmaster exit'));
        resolve();
      } catch (reason) {
        reject(reason as Error);
      } finally {
        release(true);
      }
    });
  });

describe('a connection that breaks between two holders', () => {
  it('does not end the process that the log is open in', async () => {
    const { pool } = await postgres.openLog();
    for (let turn = 0; turn < 3; turn += 1) await brokenBetween((taken) => pool.connect(taken as never));
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('does not end the process that reads the views either', async () => {
    const source = await new DataSource(dataSourceOptions(await postgres.freshDatabase())).initialize();
    try {
      const { master } = source.driver as unknown as { readonly master: { connect: Taking } };
      for (let turn = 0; turn < 3; turn += 1) await brokenBetween((taken) => master.connect(taken));
      expect(await source.query('select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await source.destroy();
    }
  });
});
