import type { PoolClient } from 'pg';
import { FactPublishing } from '#exchange';
import { KafkaPublisher } from '#kafka';
import type { KafkaOptions } from './kafka-settings.js';

/** 数据交换 The parts that face Kafka, put together. */
export class Exchange {
  readonly facts: FactPublishing<PoolClient>;
  private readonly factPublisher: KafkaPublisher;

  constructor({ address }: KafkaOptions) {
    this.factPublisher = new KafkaPublisher(address);
    this.facts = new FactPublishing(this.factPublisher);
  }

  async stop(): Promise<void> {
    await this.factPublisher.close();
  }
}
