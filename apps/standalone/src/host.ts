import pino from 'pino';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { createApi } from '../../api/src/server.js';
import type { ApiOptions } from '../../api/src/ports.js';
import type { Engine, Notice, Settings } from '#assembly';
import { Refusal } from '#kernel';

export interface Host {
  /** Where people reach it. */
  readonly url: string;
  close(): Promise<void>;
}

/** What operators read: one line of JSON each, on standard error, so that standard output stays for people. */
export const logTo = (level: string): pino.Logger => pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false }));

export const noticesTo = (log: pino.Logger): Notice => (notice, error) => (error === undefined ? log.warn(notice) : log.error({ err: error }, notice));

const workFigures = (engine: Engine, registry: Registry): void => {
  new Gauge({
    name: 'threeloops_subscription_position', help: 'Log position that a durable process has handled.', labelNames: ['subscription'], registers: [registry],
    async collect() {
      for (const [name, position] of await engine.log.subscriptions.positions()) this.set({ subscription: name }, position);
    },
  });
  new Gauge({
    name: 'threeloops_log_position', help: 'Position of the last fact in the log.', registers: [registry],
    async collect() {
      this.set((await engine.log.store.head()).position);
    },
  });
  new Gauge({
    name: 'threeloops_clock_ahead_ms', help: 'How far the clock has jumped ahead; 0 while it is believed.', registers: [registry],
    collect() {
      this.set(engine.clock.anomaly()?.aheadMs ?? 0);
    },
  });
};

/** Opens the front door of an engine. Refuses with `port.in-use` and `port.not-allowed`. */
export const openDoor = async (engine: Engine, settings: Settings, log: pino.Logger, more: Pick<ApiOptions, 'controllers'> = {}): Promise<Host> => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  workFigures(engine, registry);
  const app = await createApi(
    {
      desk: engine.desk, views: engine.views, store: engine.log.store, library: engine.shelf.library, clock: engine.clock, vault: engine.vault,
      photos: engine.photos, doorkeeper: engine.doorkeeper, subscriptions: engine.log.subscriptions, secret: engine.secrets.digestKey, log, registry,
    },
    { https: settings.https, behindProxy: settings.behindProxy, ...more },
  );
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new Refusal('port.in-use', `Port ${settings.port} on ${settings.host} is taken by another program; set THREELOOPS_PORT to a free one.`, { port: settings.port });
    if (code === 'EACCES') throw new Refusal('port.not-allowed', `This user may not listen on port ${settings.port}; set THREELOOPS_PORT to one above 1023.`, { port: settings.port });
    throw error;
  }
  const address = app.getHttpServer().address() as { readonly port: number };
  const shown = settings.host === '0.0.0.0' || settings.host === '::' ? 'localhost' : settings.host;
  return { url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`, close: () => app.close() };
};
