import { Partitioners, logLevel } from 'kafkajs';
import type { KafkaConfig, ProducerConfig, SASLOptions } from 'kafkajs';

/** Where the brokers are and how they know us. */
export interface BrokerAddress {
  /** `host:port` of some of the brokers; they name the others. */
  readonly brokers: readonly string[];
  /** What the name of every topic begins with, such as `threeloops.`; the group of consumers is named by it too. */
  readonly prefix: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
}

/** What a client may take for one thing, in the order of the length of a lease: one that runs out meanwhile costs a repeat and nothing else. */
export const patience = { connectMs: 2_000, requestMs: 5_000, publishMs: 5_500, retryMs: 1_500, pauseMs: 250, closeMs: 3_000 } as const;

/** The client writes no log of its own: what it meets is told by the state of its user. */
export const clientOf = ({ brokers, tls, sasl }: BrokerAddress): KafkaConfig => ({
  clientId: 'threeloops',
  brokers: [...brokers],
  connectionTimeout: patience.connectMs,
  authenticationTimeout: patience.requestMs,
  requestTimeout: patience.requestMs,
  enforceRequestTimeout: true,
  retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 },
  logLevel: logLevel.NOTHING,
  ...(tls ? { ssl: { ...(tls.ca ? { ca: [tls.ca] } : {}), ...(tls.cert ? { cert: tls.cert } : {}), ...(tls.key ? { key: tls.key } : {}) } } : {}),
  ...(sasl ? { sasl: { ...sasl } as SASLOptions } : {}),
});

/**
 * One request at a time, and no retry by the client: when a broker fails and its partitions move to one that has answered already, kafkajs 2.2.4 takes
 * that one's answer for theirs and says that everything is kept, while what was meant for them was never sent (`producer/sendMessages.js`:
 * answers are remembered by broker). Whoever publishes tries again with everything. No idempotent producer either: it dies of an "out of order
 * sequence" under concurrent sends (its issue #598), and whoever reads drops repeats by id anyhow. Keys are spread as Java's clients spread them.
 */
export const producing: ProducerConfig = { allowAutoTopicCreation: false, idempotent: false, maxInFlightRequests: 1, retry: { retries: 0 }, createPartitioner: Partitioners.DefaultPartitioner };
