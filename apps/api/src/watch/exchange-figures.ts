import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ExchangeStatus } from '#assembly';

const figures: Readonly<Record<string, readonly [help: string, of: (status: ExchangeStatus) => number]>> = {
  threeloops_kafka_out_working: ['1 while the brokers keep what is published', ({ out }) => (out.state === 'working' ? 1 : 0)],
  threeloops_kafka_out_published: ['Facts that this process has published', ({ out }) => out.published],
  threeloops_kafka_in_working: ['1 while records come in', (status) => (status.in?.state === 'working' ? 1 : 0)],
  threeloops_kafka_in_lag: ['Records that wait in the partitions of this process', (status) => status.in?.lag ?? 0],
  threeloops_kafka_in_consumed: ['Records that this process has handled', (status) => status.in?.consumed ?? 0],
  threeloops_kafka_in_alarms: ['Reports that sensors made in this process', (status) => status.in?.alarms ?? 0],
  threeloops_kafka_in_dead_lettered: ['Records that could not be used', (status) => status.in?.deadLettered ?? 0],
  threeloops_kafka_in_restarts: ['How often the consumer was given up and taken anew', (status) => status.in?.restarts ?? 0],
};

/** What `/api/health/metrics` shows of Kafka. How far the facts lag behind the log is the subscription `kafka-out`. */
export const exchangeFigures = (registry: Registry, exchange: { status(): ExchangeStatus }): void => {
  for (const [name, [help, of]] of Object.entries(figures)) {
    if (registry.getSingleMetric(name)) continue;
    new Gauge({
      name, help, registers: [registry],
      collect() {
        this.set(of(exchange.status()));
      },
    });
  }
};
