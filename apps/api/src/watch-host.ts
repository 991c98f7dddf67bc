import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Engine, Settings } from '#assembly';
import { Refusal } from '#kernel';
import { ReadPosition } from './door/log-position.js';
import { wired } from './door/wire.js';
import { listening } from './listening.js';
import type { Host } from './listening.js';
import type { ApiOptions, WatchPorts } from './ports.js';
import { WatchModule } from './watch/watch-module.js';

/** How far the clock has jumped ahead; what else the door measures it registers itself. */
const clockFigure = (engine: Engine, registry: Registry): void => {
  new Gauge({
    name: 'threeloops_clock_ahead_ms', help: 'How far the clock has jumped ahead; 0 while it is believed.', registers: [registry],
    collect() {
      this.set(engine.clock.anomaly()?.aheadMs ?? 0);
    },
  });
};

const leastTokenLength = 32;

/** Refuses with `setting.unreadable`, naming the file and never what is in it. */
const metricsTokenIn = async (file: string): Promise<string> => {
  const token = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (token.length >= leastTokenLength && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new Refusal('setting.unreadable', `THREELOOPS_METRICS_TOKEN_FILE names ${file}; it must be a file with one word of at least ${leastTokenLength} characters.`, { setting: 'THREELOOPS_METRICS_TOKEN_FILE', file });
};

/** What there is to see of an engine's process, with figures of its own. */
export const watchPortsOf = (engine: Engine, log: Logger) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  clockFigure(engine, registry);
  return {
    views: engine.views, store: engine.log.store, clock: engine.clock, doorkeeper: engine.doorkeeper, evidence: engine.evidence.book, subscriptions: engine.log.subscriptions, log, registry,
    ...(engine.exchange ? { exchange: engine.exchange } : {}),
    ...(engine.eventStore ? { eventStore: engine.eventStore } : {}),
  } satisfies WatchPorts;
};

/** Refuses with `setting.unreadable` where the token is in no such file. */
export const watchOptionsOf = async ({ https, behindProxy, metricsTokenFile }: Settings): Promise<ApiOptions> => ({
  https, behindProxy, ...(metricsTokenFile === undefined ? {} : { metricsToken: await metricsTokenIn(metricsTokenFile) }),
});

/** Opens an address at which a process without a front door is watched, and nothing else. Refuses with `port.in-use`, `port.not-allowed` and `setting.unreadable`. */
export const openWatch = async (engine: Engine, settings: Settings, port: number, log: Logger): Promise<Host> => {
  const ports = watchPortsOf(engine, log);
  const options = await watchOptionsOf(settings);
  const app = await wired(WatchModule.forRoot(ports, options), ports, options, new ReadPosition(ports.views));
  return listening(app, { host: settings.host, port, setting: 'THREELOOPS_WATCH_PORT' });
};
