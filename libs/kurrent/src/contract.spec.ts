import { afterAll, describe, it } from '@jest/globals';
import { eventStoreContract } from '#testing';
import { TestServer } from '../../../test/kurrent/test-server.js';
import { addressOn, openOn, realServer } from './spec-servers.js';

const servers: TestServer[] = [];
afterAll(() => servers.forEach((server) => server.kill()));

const where = realServer === undefined ? 'a test server that is no KurrentDB (KURRENTDB_URL is not set)' : 'the server of KURRENTDB_URL';

eventStoreContract(`the KurrentDB store, over ${where},`, async () => {
  const server = realServer === undefined ? await TestServer.start() : null;
  if (server) servers.push(server);
  const { store, close } = await openOn(addressOn(server));
  return { store, close };
});

if (realServer === undefined) describe('the KurrentDB store', () => it.todo('keeps the contract over a real server: set KURRENTDB_URL'));
