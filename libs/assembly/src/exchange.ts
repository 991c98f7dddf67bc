import type { Pool, PoolClient } from 'pg';
import type { CommandDesk } from '#engine';
import { CommandIntake, DeadLetters, FactPublishing, PostgresReadingBook, ReadingIntake, RecordGate } from '#exchange';
import type { BusState, ConsumerStatus } from '#exchange';
import { PostgresIdentityStore } from '#identity';
import type { PastHoldings } from '#identity';
import { KafkaConsumer, KafkaPublisher } from '#kafka';
import type { Clock, KeyVault } from '#kernel';
import { PhotoShelf } from '#photos';
import type { PhotoStore } from '#photos';
import type { Library } from '#reference';
import type { KafkaOptions } from './kafka-settings.js';

export interface ExchangeParts extends KafkaOptions {
  readonly pool: Pool;
  readonly desk: CommandDesk;
  readonly clock: Clock;
  readonly vault: KeyVault;
  readonly photos: PhotoStore;
  readonly past: PastHoldings;
  readonly library: () => Library;
  readonly secret: Uint8Array;
  readonly notice: (notice: string, error?: unknown) => void;
}

/** How the exchange with the outside is doing. */
export interface ExchangeStatus {
  readonly out: { readonly state: BusState; readonly error: string | null; readonly published: number };
  /** Null where nothing is taken in. */
  readonly in: (ConsumerStatus & { readonly alarms: number; readonly deadLettered: number }) | null;
}

/** 数据交换 The parts that face Kafka, put together. Every process takes part in the same group, so that the partitions are shared out among them. */
export class Exchange {
  readonly facts: FactPublishing<PoolClient>;
  private readonly factPublisher: KafkaPublisher;
  private readonly letterPublisher: KafkaPublisher;
  private readonly letters: DeadLetters;
  private readonly intakes: { readonly commands: CommandIntake; readonly readings: ReadingIntake; readonly consumer: KafkaConsumer } | null;

  constructor({ address, channelKeys, pool, notice, past, photos, ...parts }: ExchangeParts) {
    this.factPublisher = new KafkaPublisher(address);
    this.letterPublisher = new KafkaPublisher(address);
    this.facts = new FactPublishing(this.factPublisher);
    this.letters = new DeadLetters(this.letterPublisher);
    if (channelKeys === null) {
      this.intakes = null;
      return;
    }
    const accounts = new PostgresIdentityStore(pool);
    const gate = new RecordGate({ keys: channelKeys, accountByLogin: async (login) => (await accounts.accountByLogin(login))?.account ?? null });
    const shared = { ...parts, gate, letters: this.letters };
    this.intakes = {
      commands: new CommandIntake({ ...shared, past, photos: new PhotoShelf(photos, parts.vault) }), readings: new ReadingIntake({ ...shared, book: new PostgresReadingBook(pool) }), consumer: new KafkaConsumer(address, `${address.prefix}engine`, notice),
    };
  }

  start(): void {
    this.intakes?.consumer.start([this.intakes.commands, this.intakes.readings]);
  }

  status(): ExchangeStatus {
    const { state, error, published } = this.factPublisher.status();
    return {
      out: { state, error, published },
      in: this.intakes && { ...this.intakes.consumer.status(), alarms: this.intakes.readings.alarms, deadLettered: this.letters.told },
    };
  }

  /** Lets what is under way finish. The loop of the facts has stopped by then. */
  async stop(): Promise<void> {
    await this.intakes?.consumer.stop();
    await Promise.all([this.factPublisher.close(), this.letterPublisher.close()]);
  }
}
