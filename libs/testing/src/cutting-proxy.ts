import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '#postgres';

export interface CuttingProxy {
  /** The same database, by way of the proxy. */
  readonly connection: Connection;
  /** The next messages that contain the text reach the server, but their connection is cut before any answer gets back. */
  loseReplyTo(text: string): void;
  /** How many replies were lost. */
  readonly lost: () => number;
  close(): Promise<void>;
}

/** Stands between an engine and its database and loses a reply when it is told to: what a network does at the worst moment. */
export const cuttingProxy = async (connection: Connection): Promise<CuttingProxy> => {
  const target = targetOf(connection);
  const folder = await mkdtemp(join(tmpdir(), 'threeloops-proxy-'));
  const sockets = new Set<Socket>();
  let wanted: string | null = null;
  let lost = 0;
  const server = createServer((near) => {
    const far = 'path' in target ? createConnection(target.path) : createConnection(target.port, target.host);
    let cutting = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.on('data', (part) => {
      if (wanted !== null && part.includes(wanted)) {
        wanted = null;
        cutting = true;
      }
      far.write(part);
    });
    far.on('data', (part) => {
      if (!cutting) return void near.write(part);
      // The server has answered, so the transaction is over; nobody will hear of it.
      lost += 1;
      near.destroy();
      far.destroy();
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(join(folder, '.s.PGSQL.5432'), resolve));
  const through: Connection = { host: folder, port: 5432 };
  return {
    connection: 'path' in target ? { ...connection, ...through } : { ...target.login, ...through },
    loseReplyTo: (text) => { wanted = text; },
    lost: () => lost,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

type Target = { readonly path: string } | { readonly host: string; readonly port: number; readonly login: Connection };

const targetOf = ({ connectionString, host = '127.0.0.1', port = 5432 }: Connection): Target => {
  if (!connectionString) return { path: join(host, `.s.PGSQL.${port}`) };
  const url = new URL(connectionString);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    login: { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), database: decodeURIComponent(url.pathname.slice(1)) },
  };
};
