import { Kafka } from 'kafkajs';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { BusState, ConsumerStatus, Intake, RecordConsumer } from '#exchange';
import { clientOf, patience } from './broker-address.js';
import type { BrokerAddress } from './broker-address.js';
import { inTime } from './in-time.js';
import { incoming } from './incoming.js';
import { StallWatch } from './stall-watch.js';
import { sentenceOf, stateOf } from './what-happened.js';

export interface ConsumerTimes {
  /** After so long without a heartbeat the broker gives the partitions to others. */
  readonly sessionMs: number;
  readonly backoffMs: number;
  /** A consumer that shows no progress for so long is given up and taken anew; longer than a session and a change of hands. */
  readonly stallMs: number;
  /** Longest wait for records that are under way when the process ends. */
  readonly stopMs: number;
}

/** Another process has the partitions of one that died within ten seconds: the session runs out, and the others join anew at their next heartbeat. */
export const usualConsumerTimes: ConsumerTimes = { sessionMs: 7_000, backoffMs: 1_000, stallMs: 25_000, stopMs: 20_000 };

type ConsumerNotice = (notice: string, error?: unknown) => void;

/** Records at a time: the heart beats and the offset moves between two such handfuls. */
const handful = 500;

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const slotOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * 接收口(Kafka) A client under supervision: whatever ends it (a crash that kafkajs does not restart, a topic that is not there, a standstill), it is
 * given up and a new one taken, for ever. Offsets are committed by hand, after the intake.
 */
export class KafkaConsumer implements RecordConsumer {
  private readonly watch: StallWatch;
  private client: Consumer | null = null;
  private stopping = false;
  private done: Promise<void> = Promise.resolve();
  private state: BusState = 'starting';
  private error: string | null = null;
  private consumed = 0;
  private restarts = 0;
  private readonly lags = new Map<string, number>();
  private readonly taken = new Set<string>();
  private broken: (reason: unknown) => void = () => undefined;

  constructor(
    private readonly address: BrokerAddress,
    private readonly group: string,
    private readonly notice: ConsumerNotice,
    private readonly times: ConsumerTimes = usualConsumerTimes,
    now: () => number = () => performance.now(),
  ) {
    this.watch = new StallWatch(times.stallMs, now);
  }

  start(intakes: readonly Intake[]): void {
    this.stopping = false;
    this.done = this.supervise(intakes);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.broken(null);
    await this.done;
    this.state = 'stopped';
  }

  status(): ConsumerStatus {
    const lag = [...this.lags.values()].reduce((sum, each) => sum + each, 0);
    return { state: this.state, error: this.error, lag, consumed: this.consumed, restarts: this.restarts };
  }

  private async supervise(intakes: readonly Intake[]): Promise<void> {
    while (!this.stopping) {
      let reason: unknown = null;
      try {
        reason = await this.life(intakes);
      } catch (error) {
        reason = error;
      }
      await this.giveUp();
      if (this.stopping) return;
      this.tell(reason);
      this.restarts += 1;
      await wait(this.times.backoffMs);
    }
  }

  /** From the connection of one client to its end; answers or throws why it ended. */
  private async life(intakes: readonly Intake[]): Promise<unknown> {
    const { sessionMs } = this.times;
    const ended = new Promise<unknown>((resolve) => {
      this.broken = resolve;
    });
    const client = new Kafka(clientOf(this.address)).consumer({
      groupId: this.group, sessionTimeout: sessionMs, rebalanceTimeout: sessionMs, heartbeatInterval: Math.floor(sessionMs / 5), maxWaitTimeInMs: 500, allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000, restartOnFailure: () => Promise.resolve(false) },
    });
    this.client = client;
    this.watch.begin();
    client.on('consumer.crash', ({ payload }) => this.broken(payload.error));
    client.on('consumer.fetch', () => this.watch.alive());
    client.on('consumer.heartbeat', () => this.watch.alive());
    client.on('consumer.group_join', () => {
      this.taken.clear();
      this.lags.clear();
      this.watch.dealt();
      this.state = 'working';
      this.error = null;
    });
    await inTime(client.connect(), patience.publishMs);
    const byTopic = new Map(intakes.map((intake) => [`${this.address.prefix}${intake.topic}`, intake]));
    await inTime(client.subscribe({ topics: [...byTopic.keys()], fromBeginning: true }), patience.publishMs);
    await client.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 4, eachBatch: (payload) => this.eachBatch(byTopic, client, payload) });
    const looking = setInterval(() => {
      if (this.watch.stalled()) this.broken(new Error('the consumer showed no progress'));
    }, Math.min(1_000, this.times.stallMs));
    try {
      return await ended;
    } finally {
      clearInterval(looking);
    }
  }

  private async eachBatch(byTopic: ReadonlyMap<string, Intake>, client: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch: { topic, partition, messages, highWatermark }, isRunning, isStale, resolveOffset, commitOffsetsIfNecessary } = payload;
    const intake = byTopic.get(topic);
    if (!intake) return;
    const slot = slotOf(topic, partition);
    const alive = (): boolean => isRunning() && !isStale() && !this.stopping;
    const lagAfter = (offset: number): number => Math.max(0, Number(highWatermark) - 1 - offset);
    const records = messages.map((message) => incoming(intake.topic, partition, message));
    this.lags.set(slot, lagAfter((records[0]?.offset ?? 0) - 1));
    if (!(await this.beating(payload, () => this.takeOver(intake, client, topic, partition, records[0]?.offset ?? 0, alive)))) return;
    for (let from = 0; from < records.length && alive(); from += handful) {
      const some = records.slice(from, from + handful);
      const last = some.at(-1)?.offset ?? 0;
      const done = await this.beating(payload, () => this.patiently(alive, lagAfter(last), slot, () => intake.handle(partition, some)));
      if (!done) return;
      this.consumed += some.length;
      this.lags.set(slot, lagAfter(last));
      this.watch.handled(slot, lagAfter(last));
      resolveOffset(String(last));
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(last + 1) }] }] });
    }
  }

  /** False when the partition has to be read from another offset first, or is not ours any more. */
  private async takeOver(intake: Intake, client: Consumer, topic: string, partition: number, first: number, alive: () => boolean): Promise<boolean> {
    const slot = slotOf(topic, partition);
    if (this.taken.has(slot)) return true;
    let wanted: number | null = null;
    const took = await this.patiently(alive, 1, slot, async () => {
      wanted = await intake.take(partition);
    });
    if (!took) return false;
    this.taken.add(slot);
    if (wanted === null || wanted === first) return true;
    client.seek({ topic, partition, offset: String(wanted) });
    return false;
  }

  /** Tries until it is done; false when the partition went elsewhere meanwhile. What fails holds this partition up and no other. */
  private async patiently(alive: () => boolean, lag: number, slot: string, work: () => Promise<void>): Promise<boolean> {
    let told = false;
    while (alive()) {
      try {
        await work();
        if (told) {
          this.state = 'working';
          this.error = null;
        }
        return true;
      } catch (error) {
        // Whoever took the partition over is asked again for it from the beginning.
        this.taken.delete(slot);
        this.state = 'held-up';
        this.error = error instanceof Error ? error.message : String(error);
        if (!told) this.notice('records from Kafka are held up and tried again', error);
        told = true;
        this.watch.handled(slot, lag);
        if (error instanceof Error && error.name === 'Fenced') return false;
        await wait(this.times.backoffMs);
      }
    }
    return false;
  }

  /** Keeps the heart beating while work is under way; a partition that was taken away meanwhile shows when the work is over. */
  private async beating<Value>({ heartbeat }: EachBatchPayload, work: () => Promise<Value>): Promise<Value> {
    let lost: unknown = null;
    const beat = setInterval(() => void heartbeat().catch((error: unknown) => (lost = error)), Math.floor(this.times.sessionMs / 5));
    try {
      const value = await work();
      if (lost !== null) throw lost;
      await heartbeat();
      return value;
    } finally {
      clearInterval(beat);
    }
  }

  private tell(reason: unknown): void {
    const state = stateOf(reason);
    const sentence = sentenceOf(reason);
    if (this.error !== sentence) this.notice('the consumer of Kafka stopped and is started again', reason);
    this.state = state === 'held-up' ? 'broker-away' : state;
    this.error = sentence;
  }

  private async giveUp(): Promise<void> {
    const { client } = this;
    this.client = null;
    this.taken.clear();
    this.lags.clear();
    if (client) await inTime(client.disconnect(), this.times.stopMs).catch(() => undefined);
  }
}
