import { Kafka } from 'kafkajs';
import type { Producer, TopicMessages } from 'kafkajs';
import type { BusState, OutgoingRecord, RecordPublisher } from '#exchange';
import { clientOf, patience, producing } from './broker-address.js';
import type { BrokerAddress } from './broker-address.js';
import { inTime } from './in-time.js';
import { sentenceOf, stateOf, unavailable } from './what-happened.js';

interface PublisherStatus {
  readonly state: BusState;
  readonly error: string | null;
  readonly published: number;
}

/**
 * 发布口(Kafka) One producer, one call at a time, acknowledged by all replicas in sync. After any failure the producer is given up and the next
 * call takes a new one: kafkajs 2.2.4 is frozen, and what it remembers of a broken connection is not to be trusted (its issues #1410,
 * #1691).
 */
export class KafkaPublisher implements RecordPublisher {
  private producer: Producer | null = null;
  private tail: Promise<void> = Promise.resolve();
  private state: BusState = 'starting';
  private error: string | null = null;
  private published = 0;

  constructor(private readonly address: BrokerAddress) {}

  status(): PublisherStatus {
    return { state: this.state, error: this.error, published: this.published };
  }

  publish(records: readonly OutgoingRecord[]): Promise<void> {
    const mine = this.tail.then(() => this.publishAlone(records));
    this.tail = mine.catch(() => undefined);
    return mine;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.giveUp();
    this.state = 'stopped';
  }

  private async publishAlone(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const topicMessages = this.grouped(records);
    const until = performance.now() + patience.retryMs;
    for (;;) {
      try {
        await inTime(this.send(topicMessages), patience.publishMs);
        this.published += records.length;
        this.state = 'working';
        this.error = null;
        return;
      } catch (error) {
        this.state = stateOf(error);
        this.error = sentenceOf(error);
        await this.giveUp();
        // A partition whose leader has just changed is a matter of moments: everything once more, by a client that knows the new one.
        if (this.state !== 'broker-away' || performance.now() > until) throw unavailable(error);
        await new Promise((resolve) => setTimeout(resolve, patience.pauseMs));
      }
    }
  }

  private async send(topicMessages: TopicMessages[]): Promise<void> {
    this.producer ??= new Kafka(clientOf(this.address)).producer(producing);
    const { producer } = this;
    await producer.connect();
    await producer.sendBatch({ acks: -1, timeout: patience.requestMs, topicMessages });
  }

  private grouped(records: readonly OutgoingRecord[]): TopicMessages[] {
    const topics = new Map<string, TopicMessages['messages']>();
    for (const { topic, key, value, headers } of records) {
      const list = topics.get(topic) ?? [];
      list.push({ key, value, headers: { ...headers } });
      topics.set(topic, list);
    }
    return [...topics].map(([topic, messages]) => ({ topic: `${this.address.prefix}${topic}`, messages }));
  }

  private async giveUp(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    if (producer) await inTime(producer.disconnect(), patience.closeMs).catch(() => undefined);
  }
}
