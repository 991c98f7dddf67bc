import { Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { evidenceFigures } from '../evidence/evidence-figures.js';
import { exchangeFigures } from '../watch/exchange-figures.js';
import type { WatchPorts } from '../ports.js';

export interface DoorFigures {
  readonly answered: Histogram<'method' | 'route' | 'status'>;
  readonly streams: Gauge;
}

const once = <Metric>(registry: Registry, name: string, make: () => Metric): Metric => (registry.getSingleMetric(name) as Metric | undefined) ?? make();

/** What `/api/health/metrics` shows of the door. Figures of the log and the clock are taken when somebody looks. */
export const doorFigures = ({ registry, store, clock, subscriptions, evidence, exchange }: WatchPorts): DoorFigures => {
  const registers = [registry];
  evidenceFigures({ registry, evidence });
  if (exchange) exchangeFigures(registry, exchange);
  once(registry, 'threeloops_log_position', () => new Gauge({
    name: 'threeloops_log_position', help: 'Position of the last fact in the log', registers,
    async collect() {
      this.set((await store.head()).position);
    },
  }));
  once(registry, 'threeloops_clock_anomaly', () => new Gauge({
    name: 'threeloops_clock_anomaly', help: '1 while the clock runs implausibly and the firing of deadlines is held', registers,
    collect() {
      this.set(clock.anomaly() ? 1 : 0);
    },
  }));
  if (subscriptions) {
    once(registry, 'threeloops_subscription_position', () => new Gauge({
      name: 'threeloops_subscription_position', help: 'Log position up to which a subscription has handled everything', labelNames: ['subscription'] as const, registers,
      async collect() {
        for (const [subscription, position] of await subscriptions.positions()) this.set({ subscription }, position);
      },
    }));
  }
  return {
    answered: once(registry, 'threeloops_http_seconds', () => new Histogram({
      name: 'threeloops_http_seconds', help: 'Time to answer a request', labelNames: ['method', 'route', 'status'] as const, registers,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    })),
    streams: once(registry, 'threeloops_streams', () => new Gauge({ name: 'threeloops_streams', help: 'Clients that listen to the live stream', registers })),
  };
};
