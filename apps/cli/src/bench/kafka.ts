import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { Producer } from 'kafkajs';
import { moreMigrations } from '#assembly';
import { IncidentDesk, SubscriptionLoop } from '#engine';
import { CommandIntake, DeadLetters, FactPublishing, PostgresReadingBook, ReadingIntake, RecordGate, recordOfFact, schemas, signedRecord } from '#exchange';
import type { Intake, OutgoingRecord } from '#exchange';
import type { Account } from '#identity';
import { KafkaConsumer, KafkaPublisher } from '#kafka';
import { toIso } from '#kernel';
import { openPostgres, PostgresKeyVault } from '#postgres';
import type { PostgresLog } from '#postgres';
import type { Library } from '#reference';
import { notice } from './group.js';
import type { Group } from './group.js';
import { runAll } from './measure.js';
import { gridsOf, loadLibrary, reportAppends } from './reports.js';
import { leftOut, rowOf } from './rows.js';
import type { RowName } from './rows.js';

const facts = 20_000;
const reports = 20_000;
const readingRecords = 40_000;
const readingsPerRecord = 10;
const partitions = 6;
const page = 1_000;
const clock = { now: () => Date.now(), anomaly: () => null };
const rows: readonly RowName[] = ['kafka-out', 'kafka-reports-in', 'kafka-readings-in'];

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
};

const reach = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** The client as it comes, on the same brokers: what everything else is held against. */
class BareClient {
  private readonly kafka: Kafka;
  private readonly producer: Producer;

  constructor(brokers: readonly string[], private readonly prefix: string) {
    this.kafka = new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING });
    this.producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, maxInFlightRequests: 1 });
  }

  async createTopics(topics: readonly string[]): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: topics.map((topic) => ({ topic: `${this.prefix}${topic}`, numPartitions: partitions })) });
    await admin.disconnect();
    await this.producer.connect();
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    await this.producer.disconnect();
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: topics.map((topic) => `${this.prefix}${topic}`) });
    await admin.disconnect();
  }

  async send(records: readonly OutgoingRecord[], topic?: string): Promise<void> {
    for (let from = 0; from < records.length; from += page) {
      const messages = records.slice(from, from + page).map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
      await this.producer.sendBatch({ acks: -1, topicMessages: [{ topic: `${this.prefix}${topic ?? records[0]?.topic ?? ''}`, messages }] });
    }
  }

  /** Takes so many records in and does nothing with them. */
  async consume(topic: string, count: number): Promise<void> {
    const consumer = this.kafka.consumer({ groupId: `${this.prefix}${randomUUID()}`, maxWaitTimeInMs: 500 });
    let seen = 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [`${this.prefix}${topic}`], fromBeginning: true });
    await consumer.run({ eachBatch: async ({ batch }) => void (seen += batch.messages.length) });
    await reach(() => seen >= count);
    await consumer.disconnect();
  }
}

const account: Account = { id: randomUUID(), login: 'bench', displayName: 'bench', role: 'channel', unit: 'bench', place: null, active: true, createdAt: toIso(0) };

/** The intakes as an engine has them, over the database. */
const intakesOf = (log: PostgresLog, library: Library, address: { readonly brokers: readonly string[]; readonly prefix: string }) => {
  const pair = generateKeyPairSync('ed25519');
  const letters = new KafkaPublisher(address);
  const parts = {
    desk: new IncidentDesk({ store: log.store, clock, library: () => library }), library: () => library, vault: new PostgresKeyVault(log.pool, randomBytes(32)), secret: randomBytes(32),
    gate: new RecordGate({ keys: new Map([['bench', pair.publicKey]]), accountByLogin: () => Promise.resolve(account) }), letters: new DeadLetters(letters),
  };
  const signed = (topic: string, schema: string, key: string, body: unknown): OutgoingRecord => signedRecord({ topic, recordId: randomUUID(), channel: 'bench', schema }, key, body, pair.privateKey);
  const take = async (intake: Intake, count: number): Promise<void> => {
    const consumer = new KafkaConsumer(address, `${address.prefix}engine`, notice);
    consumer.start([intake]);
    await reach(() => consumer.status().consumed >= count);
    await consumer.stop();
  };
  const commands = new CommandIntake({ ...parts, past: { incident: () => Promise.resolve(null) }, photos: { referencesTo: () => Promise.resolve([]) } });
  return { letters, commands, readings: new ReadingIntake({ ...parts, clock, book: new PostgresReadingBook(log.pool) }), signed, take };
};

const reportsOf = (library: Library, { signed }: ReturnType<typeof intakesOf>): readonly OutgoingRecord[] => {
  const grids = gridsOf(library.current);
  return Array.from({ length: reports }, (_, index) => signed('commands', schemas.report, String(index), {
    channel: 'hotline', externalId: `K-${index}`, gridCode: grids[index % grids.length], description: '路面有积水，影响通行，请尽快处理', reporter: { name: '某某', telephone: `138${String(index).padStart(8, '0')}` },
  }));
};

/** One reading in a thousand sensors alarms: many readings, few reports. */
const readingsOf = (library: Library, { signed }: ReturnType<typeof intakesOf>): readonly OutgoingRecord[] => {
  const grids = gridsOf(library.current);
  const began = Date.now() - 3_600_000;
  return Array.from({ length: readingRecords }, (_, index) => {
    const sensor = `w-${index % 1_000}`;
    const round = Math.floor(index / 1_000);
    const readings = Array.from({ length: readingsPerRecord }, (_each, step) => ({
      sensor, sign: 'gas-lel', value: index % 1_000 === 7 ? 40 : 1, at: toIso(began + (round * readingsPerRecord + step) * 1_000), gridCode: grids[index % grids.length] ?? '',
    }));
    return signed('sensor-readings', schemas.readings, sensor, { readings });
  });
};

const measureOut = async ({ say }: Group, log: PostgresLog, library: Library, bare: BareClient, address: { readonly brokers: readonly string[]; readonly prefix: string }): Promise<void> => {
  const next = await reportAppends(library);
  await runAll(facts, 256, () => log.store.append(next()));
  const publisher = new KafkaPublisher(address);
  const loop = new SubscriptionLoop(new FactPublishing(publisher), log.store, log.subscriptions, 'bench', notice);
  const ours = await seconds(async () => {
    loop.start();
    await reach(async () => ((await log.subscriptions.positions()).get('kafka-out') ?? 0) >= facts);
  });
  await loop.stop();
  await publisher.close();
  const records: OutgoingRecord[] = [];
  for (let position = 0; position < facts; position += page) records.push(...(await log.store.readAll(position, page)).map(recordOfFact));
  const theirs = await seconds(() => bare.send(records, 'bare'));
  say(rowOf('kafka-out', facts / ours, 'facts/s', facts / theirs));
};

/** Out and in over the brokers that KAFKA_BROKERS names, beside the bare client on the same brokers. */
export const measureKafka = async (group: Group): Promise<void> => {
  const { databaseUrl, say, wanted } = group;
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',').filter((broker) => broker !== '');
  if (brokers.length === 0) {
    for (const row of rows) if (wanted.has(row)) say(leftOut(row, 'records/s', null, 'KAFKA_BROKERS is not set; npm run test:kafka -- --serve starts a broker'));
    return;
  }
  const address = { brokers, prefix: `bench-${randomBytes(4).toString('hex')}.` };
  const topics = ['facts.incident', 'commands', 'sensor-readings', 'dead-letters', 'bare'];
  const log = await openPostgres({ connection: { connectionString: databaseUrl }, kind: 'live', moreMigrations });
  const library = await loadLibrary();
  const bare = new BareClient(brokers, address.prefix);
  await bare.createTopics(topics);
  const intakes = intakesOf(log, library, address);
  try {
    if (wanted.has('kafka-out')) await measureOut(group, log, library, bare, address);
    if (wanted.has('kafka-reports-in')) {
      await bare.send(reportsOf(library, intakes));
      const theirs = await seconds(() => bare.consume('commands', reports));
      say(rowOf('kafka-reports-in', reports / (await seconds(() => intakes.take(intakes.commands, reports))), 'reports/s', reports / theirs));
    }
    if (wanted.has('kafka-readings-in')) {
      await bare.send(readingsOf(library, intakes));
      const count = readingRecords * readingsPerRecord;
      const theirs = await seconds(() => bare.consume('sensor-readings', readingRecords));
      const ours = await seconds(() => intakes.take(intakes.readings, readingRecords));
      say(rowOf('kafka-readings-in', count / ours, 'readings/s', count / theirs, { reports: intakes.readings.alarms }));
    }
  } finally {
    await intakes.letters.close();
    await bare.deleteTopics(topics);
    await log.close();
  }
};
