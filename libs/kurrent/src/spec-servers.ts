import { randomBytes } from 'node:crypto';
import { withPostgres } from '#testing';
import type { TestServer } from '../../../test/kurrent/test-server.js';
import type { KurrentLog, KurrentOptions } from './index.js';
import { KurrentTables0000000000801, openKurrent } from './index.js';

const postgres = withPostgres();

export const freshName = (): string => `spec_${randomBytes(6).toString('hex')}`;
export const freshDatabase = postgres.freshDatabase;

/** The server that KURRENTDB_URL names, or one that is none and says so. */
export const realServer = process.env['KURRENTDB_URL'];

export const addressOn = (server: TestServer | null, name = freshName()): string => {
  if (realServer === undefined || server !== null) return (server as TestServer).address(name);
  const [, start = '', rest = ''] = /^([^/]+\/\/[^/?]+)\/?(\?.*)?$/.exec(realServer) ?? [];
  return `${start}/${name}${rest}`;
};

export const openOn = async (eventStore: string, options: Partial<KurrentOptions> = {}): Promise<KurrentLog> =>
  openKurrent({ kind: 'live', poolSize: 8, moreMigrations: [KurrentTables0000000000801], connection: options.connection ?? (await freshDatabase()), ...options, eventStore });
