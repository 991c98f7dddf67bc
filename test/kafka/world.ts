import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { Engine, seed } from '#assembly';
import { schemas, signedRecord } from '#exchange';
import type { OutgoingRecord } from '#exchange';
import { KafkaPublisher } from '#kafka';
import { Unavailable } from '#kernel';
import { addressOf, EmbeddedPostgres } from '#postgres';
import { Child } from '../crash/child.js';
import { BrokerOnTrial } from './broker/broker.js';
import type { BrokerOptions } from './broker/broker.js';
import { trialVersion } from './trial-version.js';

export const patienceMs = 90_000;

export const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const topics = { 'facts.incident': 4, 'facts.reference': 1, commands: 4, 'sensor-readings': 4, 'dead-letters': 1 } as const;
type Topic = keyof typeof topics;

/** The account by which the system of a street's sanitation sends. */
const unitSystem = 's001-sanitation';

const metricsToken = 'a-word-of-the-trial-that-only-a-prometheus-knows';

interface Kept {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A broker, a database with a city in it, and workers in processes of their own: everything real. */
export class World {
  readonly workers = new Map<string, Child>();
  /** Where each says how it is. */
  private readonly watched = new Map<string, string>();
  private readonly publisher: KafkaPublisher;

  private constructor(
    readonly broker: BrokerOnTrial,
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
    /** An engine that does no durable work: the trial's own eyes, and what makes facts. */
    readonly engine: Engine,
    private readonly keys: ReadonlyMap<string, KeyObject>,
  ) {
    this.publisher = new KafkaPublisher({ brokers: broker.addresses, prefix: 'trial.' });
  }

  static async open(options: Pick<BrokerOptions, 'count' | 'within'> = {}): Promise<World> {
    const broker = await BrokerOnTrial.start(trialVersion, options);
    const folder = await mkdtemp(join(tmpdir(), 'threeloops-kafka-world-'));
    try {
      // The database server runs as another user where the trial is root.
      await chmod(folder, 0o711);
      const server = await EmbeddedPostgres.start({ dataFolder: join(folder, 'database') });
      const databaseUrl = addressOf(server.connection);
      const engine = await Engine.open({ dataFolder: join(folder, 'data'), kind: 'live', notice: () => undefined, databaseUrl });
      await seed(engine, 'seeds/yangpu', { accounts: true });
      await mkdir(join(folder, 'keys'));
      await writeFile(join(folder, 'metrics-token'), metricsToken);
      const keys = new Map<string, KeyObject>();
      for (const login of ['hotline-12345', 'sensor-gateway', unitSystem]) {
        const { publicKey, privateKey } = generateKeyPairSync('ed25519');
        await writeFile(join(folder, 'keys', `${login}.pem`), publicKey.export({ type: 'spki', format: 'pem' }));
        keys.set(login, privateKey);
      }
      return new World(broker, folder, server, engine, keys);
    } catch (error) {
      await broker.end();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  createTopics(): Promise<void> {
    return this.broker.createTopics(Object.fromEntries(Object.entries(topics).map(([topic, partitions]) => [`trial.${topic}`, partitions])));
  }

  async startWorker(name: string): Promise<void> {
    const child = Child.start(name, 'worker', {
      NODE_ENV: 'production', THREELOOPS_DATA: join(this.folder, 'data'), DATABASE_URL: addressOf(this.server.connection),
      KAFKA_BROKERS: this.broker.addresses.join(','), KAFKA_TOPIC_PREFIX: 'trial', KAFKA_CHANNEL_KEYS: join(this.folder, 'keys'),
      THREELOOPS_WATCH_PORT: '0', THREELOOPS_METRICS_TOKEN_FILE: join(this.folder, 'metrics-token'),
    });
    this.workers.set(name, child);
    const [, address = ''] = await child.says(/does its work \(process \d+, watched at ([^)]+)\)/);
    this.watched.set(name, address);
  }

  /** A figure of a worker as whoever watches it reads it. */
  async figure(worker: string, name: string): Promise<number> {
    const answer = await fetch(`${this.watched.get(worker)}/api/health/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    const line = (await answer.text()).split('\n').find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`the worker ${worker} does not tell ${name}`);
    return Number(line.slice(name.length + 1));
  }

  async killWorker(name: string): Promise<void> {
    await this.workers.get(name)?.kill();
    this.workers.delete(name);
  }

  report(recordId: string, body: unknown): OutgoingRecord {
    return this.signed('commands', 'hotline-12345', recordId, schemas.report, body);
  }

  /** What the unit's own system says about an incident: those of one incident in their order. */
  saidByUnit(type: string, incidentId: string, body: object = {}): OutgoingRecord {
    return { ...this.signed('commands', unitSystem, `${type}-${incidentId}`, `${type}/1`, { incidentId, ...body }), key: incidentId };
  }

  readings(recordId: string, body: unknown, key: string): OutgoingRecord {
    return { ...this.signed('sensor-readings', 'sensor-gateway', recordId, schemas.readings, body), key };
  }

  /** Sends until the brokers keep it; what is sent again after a lost answer is a repeat that the engine has to see through. */
  async send(records: readonly OutgoingRecord[]): Promise<void> {
    await until('what was sent is kept', async () => {
      try {
        await this.publisher.publish(records);
        return true;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        return false;
      }
    });
  }

  /** Everything that a topic holds at this moment, in the order of each partition. */
  async read(topic: Topic): Promise<readonly Kept[]> {
    const full = `trial.${topic}`;
    const ends = await this.broker.asAdmin((admin) => admin.fetchTopicOffsets(full));
    const wanted = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    if (wanted === 0) return [];
    const kept: Kept[] = [];
    const consumer = new Kafka({ clientId: 'trial', brokers: [...this.broker.addresses], logLevel: logLevel.NOTHING }).consumer({ groupId: `eyes-${Math.random()}`, maxWaitTimeInMs: 200 });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [full], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachMessage: ({ message: { key, value, headers = {} } }) => {
          kept.push({ key: key?.toString() ?? '', value: value?.toString() ?? '', headers: Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, String(each)])) });
          return Promise.resolve();
        },
      });
      await until(`${wanted} records of ${topic}`, () => kept.length >= wanted);
      return kept;
    } finally {
      await consumer.disconnect();
    }
  }

  async factsInLog(): Promise<readonly { readonly eventId: string; readonly stream: string; readonly version: number; readonly type: string }[]> {
    const { position } = await this.engine.log.store.head();
    return this.engine.log.store.readAll(0, position + 1);
  }

  /** How many incidents came by a channel. */
  async incidents(channel: string): Promise<number> {
    const { rows } = await this.engine.log.pool.query<{ count: string }>(`select count(distinct stream) as count from engine.events where type = 'IncidentReported' and data::jsonb ->> 'channel' = $1`, [channel]);
    return Number(rows[0]?.count);
  }

  /** Until everything that the log holds has gone out. */
  async allOut(): Promise<void> {
    await until('all facts are out', async () => {
      const [{ position }, positions] = await Promise.all([this.engine.log.store.head(), this.engine.log.subscriptions.positions()]);
      return (positions.get('kafka-out') ?? 0) >= position;
    });
  }

  async close(): Promise<readonly (number | NodeJS.Signals | null)[]> {
    const ends = await Promise.all([...this.workers.values()].map(async (worker) => {
      const { code, signal } = await worker.terminate();
      return code ?? signal;
    }));
    await this.publisher.close();
    await this.engine.close();
    await this.server.stop();
    await this.broker.end();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    return ends;
  }

  private signed(topic: Topic, channel: string, recordId: string, schema: string, body: unknown): OutgoingRecord {
    const key = this.keys.get(channel);
    if (!key) throw new Error(`no key of ${channel}`);
    return signedRecord({ topic, recordId, channel, schema }, null, body, key);
  }
}
