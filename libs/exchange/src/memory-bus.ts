import { Unavailable } from '#kernel';
import type { BusState, ConsumerStatus, IncomingRecord, Intake, OutgoingRecord, RecordConsumer, RecordPublisher } from './bus.js';

const bytes = new TextEncoder();

/** Where a key goes: always the same, and spread. */
const partitionOf = (key: string, partitions: number): number => {
  let sum = 0;
  for (const letter of key) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 2_147_483_647;
  return sum % partitions;
};

const slot = (topic: string, partition: number): string => `${topic}/${partition}`;

/** 总线(内存) A bus within one process, with topics, partitions and groups: the twin of a broker, for specs and for trying out. */
export class MemoryBus {
  private readonly topics = new Map<string, IncomingRecord[][]>();
  private readonly acknowledged = new Map<string, number>();
  private readonly members = new Map<string, MemoryConsumer[]>();
  private turn = 0;

  createTopic(topic: string, partitions = 3): void {
    this.topics.set(topic, Array.from({ length: partitions }, () => []));
  }

  /** All records of a topic, partition by partition. */
  records(topic: string): readonly IncomingRecord[] {
    return this.topicOf(topic).flat();
  }

  publisher(): RecordPublisher {
    return {
      publish: async (records) => {
        for (const { topic } of records) this.topicOf(topic);
        for (const record of records) this.add(record);
      },
      close: () => Promise.resolve(),
    };
  }

  consumer(group: string): RecordConsumer {
    return new MemoryConsumer(this, group);
  }

  topicOf(topic: string): IncomingRecord[][] {
    const found = this.topics.get(topic);
    if (!found) throw new Unavailable('broker.topic-missing', `There is no topic "${topic}".`);
    return found;
  }

  join(group: string, member: MemoryConsumer): void {
    this.members.set(group, [...(this.members.get(group) ?? []), member]);
  }

  leave(group: string, member: MemoryConsumer): void {
    this.members.set(group, (this.members.get(group) ?? []).filter((other) => other !== member));
  }

  /** Partitions are dealt out among the members of a group in turn. */
  isOf(group: string, member: MemoryConsumer, partition: number): boolean {
    const members = this.members.get(group) ?? [];
    return members[partition % Math.max(1, members.length)] === member;
  }

  reached(group: string, topic: string, partition: number): number {
    return this.acknowledged.get(`${group} ${slot(topic, partition)}`) ?? 0;
  }

  acknowledge(group: string, topic: string, partition: number, offset: number): void {
    this.acknowledged.set(`${group} ${slot(topic, partition)}`, offset);
  }

  private add({ topic, key, value, headers }: OutgoingRecord): void {
    const partitions = this.topicOf(topic);
    const partition = key === null ? (this.turn += 1) % partitions.length : partitionOf(key, partitions.length);
    const list = partitions[partition] ?? [];
    list.push({ topic, partition, offset: list.length, key, value: bytes.encode(value), headers });
  }
}

const atOnceMost = 100;
const lookMs = 2;

class MemoryConsumer implements RecordConsumer {
  private intakes: readonly Intake[] = [];
  private done: Promise<void> = Promise.resolve();
  private stopping = false;
  private state: BusState = 'starting';
  private error: string | null = null;
  private consumed = 0;
  private readonly next = new Map<string, number>();

  constructor(
    private readonly bus: MemoryBus,
    private readonly group: string,
  ) {}

  start(intakes: readonly Intake[]): void {
    this.intakes = intakes;
    this.stopping = false;
    this.bus.join(this.group, this);
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.done;
    this.bus.leave(this.group, this);
    this.next.clear();
    this.state = 'stopped';
  }

  status(): ConsumerStatus {
    return { state: this.state, error: this.error, lag: this.lag(), consumed: this.consumed, restarts: 0 };
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        for (const intake of this.intakes) await this.look(intake);
        if (this.error === null) this.state = 'working';
      } catch (error) {
        this.state = 'topic-missing';
        this.error = (error as Error).message;
      }
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }

  private async look(intake: Intake): Promise<void> {
    this.error = null;
    for (const [partition, records] of this.bus.topicOf(intake.topic).entries()) {
      const name = slot(intake.topic, partition);
      if (!this.bus.isOf(this.group, this, partition)) {
        this.next.delete(name);
        continue;
      }
      try {
        const next = this.next.get(name) ?? (await intake.take(partition)) ?? this.bus.reached(this.group, intake.topic, partition);
        this.next.set(name, next);
        const batch = records.slice(next, next + atOnceMost);
        if (batch.length === 0) continue;
        await intake.handle(partition, batch);
        this.next.set(name, next + batch.length);
        this.bus.acknowledge(this.group, intake.topic, partition, next + batch.length);
        this.consumed += batch.length;
      } catch (error) {
        this.next.delete(name);
        this.state = 'held-up';
        this.error = (error as Error).message;
      }
    }
  }

  private lag(): number {
    let lag = 0;
    for (const [name, next] of this.next) {
      const [topic = '', partition = ''] = name.split('/');
      lag += (this.bus.topicOf(topic)[Number(partition)]?.length ?? 0) - next;
    }
    return lag;
  }
}
