import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingRecord, Intake, OutgoingRecord, RecordConsumer, RecordPublisher } from '#exchange';
import { Unavailable } from '#kernel';

export interface OpenedBus {
  publisher(): RecordPublisher;
  consumer(group: string): RecordConsumer;
  createTopic(topic: string, partitions: number): Promise<void>;
  close(): Promise<void>;
}

const patienceMs = 40_000;

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const end = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const record = (topic: string, key: string, number: number): OutgoingRecord => ({ topic, key, value: JSON.stringify({ key, number, word: '内涝' }), headers: { 'record-id': `${key}-${number}`, 名称: '值' } });

/**
 * What every bus promises: publisher and consumer together, since each is only as good as the other. At least once both ways: a record may come
 * again, but what is new of a key comes in order and without a gap; so nothing here counts records, only what is new in them.
 */
export const busContract = (name: string, open: () => Promise<OpenedBus>): void => {
  describe(`${name} keeps the contract of records out and in 收发`, () => {
    let bus: OpenedBus;
    let count = 0;
    const ending: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      bus = await open();
    }, 120_000);

    // Also after a test that failed half-way: a consumer under supervision never gives up by itself.
    afterEach(async () => {
      await Promise.all(ending.splice(0).map((end) => end()));
    }, 60_000);

    afterAll(() => bus.close(), 60_000);

    const publisherOf = (): RecordPublisher => {
      const publisher = bus.publisher();
      ending.push(() => publisher.close());
      return publisher;
    };

    const consumerOf = (group: string): RecordConsumer => {
      const consumer = bus.consumer(group);
      ending.push(() => consumer.stop());
      return consumer;
    };

    const newTopic = async (partitions = 3): Promise<string> => {
      const topic = `contract-${(count += 1)}`;
      await bus.createTopic(topic, partitions);
      return topic;
    };

    const collector = (topic: string, change: Partial<Intake> = {}): { readonly intake: Intake; readonly got: IncomingRecord[] } => {
      const got: IncomingRecord[] = [];
      return {
        got,
        intake: {
          topic,
          take: () => Promise.resolve(null),
          handle: (_partition, records) => {
            got.push(...records);
            return Promise.resolve();
          },
          ...change,
        },
      };
    };

    const numberIn = ({ value }: IncomingRecord): number => (JSON.parse(Buffer.from(value ?? []).toString('utf8')) as { number: number }).number;
    /** The numbers of a key in the order in which each came first. */
    const newOf = (got: readonly IncomingRecord[], key: string | null): number[] => [...new Set(got.filter((each) => each.key === key).map(numberIn))];
    const newIn = (got: readonly IncomingRecord[]): number => [...new Set(got.map(({ key }) => key))].reduce((sum, key) => sum + newOf(got, key).length, 0);

    const publishAll = async (publisher: RecordPublisher, topic: string, keys: readonly string[], from: number, until: number): Promise<void> => {
      for (let number = from; number < until; number += 1) await publisher.publish(keys.map((key) => record(topic, key, number)));
    };

    it('what was published comes in with its key, its bytes and its headers', async () => {
      const topic = await newTopic();
      const [publisher, consumer] = [publisherOf(), consumerOf(topic)];
      const { intake, got } = collector(topic);
      await publisher.publish([record(topic, '甲', 1)]);
      consumer.start([intake]);
      await until('one record', () => got.length > 0);
      expect(got[0]).toMatchObject({ topic, offset: 0, key: '甲', headers: { 'record-id': '甲-1', 名称: '值' } });
      expect(Buffer.from(got[0]?.value ?? []).toString('utf8')).toBe(record(topic, '甲', 1).value);
      expect(consumer.status()).toMatchObject({ state: 'working', error: null });
      expect(consumer.status().consumed).toBe(got.length);
      await consumer.stop();
      expect(consumer.status().state).toBe('stopped');
    });

    it('records of one key keep their order, also within one call', async () => {
      const topic = await newTopic();
      const [publisher, consumer] = [publisherOf(), consumerOf(topic)];
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const { intake, got } = collector(topic);
      consumer.start([intake]);
      await publishAll(publisher, topic, keys, 0, 20);
      await publisher.publish(keys.flatMap((key) => [20, 21, 22].map((number) => record(topic, key, number))));
      await until('all records', () => newIn(got) === 23 * keys.length);
      for (const key of keys) expect(newOf(got, key)).toEqual(Array.from({ length: 23 }, (_, index) => index));
      await consumer.stop();
    });

    it('nothing is published to a topic that is not there, and the publisher goes on with the others', async () => {
      const topic = await newTopic();
      const publisher = publisherOf();
      const failure = await publisher.publish([record('nobody-made-this', 'a', 1)]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Unavailable);
      expect(failure).toMatchObject({ code: 'broker.topic-missing' });
      await publisher.publish([record(topic, 'a', 1)]);
    });

    it('a consumer waits for a topic that is not there, says so, and works when it comes', async () => {
      const topic = `late-${(count += 1)}`;
      const consumer = consumerOf(topic);
      const { intake, got } = collector(topic);
      consumer.start([intake]);
      await until('the state', () => consumer.status().state === 'topic-missing');
      expect(consumer.status().error).not.toBeNull();
      await bus.createTopic(topic, 1);
      const publisher = publisherOf();
      await publisher.publish([record(topic, 'a', 1)]);
      await until('the record', () => got.length > 0);
      expect(consumer.status()).toMatchObject({ state: 'working', error: null });
      await consumer.stop();
    });

    it('what an intake throws at comes again, in order and without a gap', async () => {
      const topic = await newTopic(1);
      const [publisher, consumer] = [publisherOf(), consumerOf(topic)];
      let failures = 3;
      const got: IncomingRecord[] = [];
      const { intake } = collector(topic, {
        handle: (_partition, records) => {
          if (failures > 0) {
            failures -= 1;
            return Promise.reject(new Unavailable('store.away', 'later'));
          }
          got.push(...records);
          return Promise.resolve();
        },
      });
      await publishAll(publisher, topic, ['a'], 0, 10);
      consumer.start([intake]);
      await until('all records', () => newIn(got) === 10);
      expect(newOf(got, 'a')).toEqual(Array.from({ length: 10 }, (_, index) => index));
      expect(consumer.status()).toMatchObject({ state: 'working', error: null });
      await consumer.stop();
    });

    it('who comes after goes on behind what was acknowledged, or where the intake wants to begin', async () => {
      const topic = await newTopic(1);
      const publisher = publisherOf();
      await publishAll(publisher, topic, ['a'], 0, 5);
      const first = collector(topic);
      const one = consumerOf(topic);
      one.start([first.intake]);
      await until('five', () => newIn(first.got) === 5);
      await one.stop();
      await publishAll(publisher, topic, ['a'], 5, 8);
      const second = collector(topic);
      const two = consumerOf(topic);
      two.start([second.intake]);
      await until('three more', () => newOf(second.got, 'a').includes(7));
      await two.stop();
      expect(second.got[0]?.offset).toBe((first.got.at(-1)?.offset ?? 0) + 1);
      expect(newOf(second.got, 'a').slice(-3)).toEqual([5, 6, 7]);
      const wanted = first.got.find((each) => numberIn(each) === 2)?.offset ?? 0;
      const third = collector(topic, { take: () => Promise.resolve(wanted) });
      const three = consumerOf(topic);
      await publishAll(publisher, topic, ['a'], 8, 9);
      three.start([third.intake]);
      await until('from the third on', () => newOf(third.got, 'a').includes(8));
      await three.stop();
      expect(third.got[0]?.offset).toBe(wanted);
      expect(newOf(third.got, 'a')).toEqual([2, 3, 4, 5, 6, 7, 8]);
    });

    it('two of a group share the partitions, and one that stays gets everything', async () => {
      const topic = await newTopic(4);
      const publisher = publisherOf();
      const keys = Array.from({ length: 24 }, (_, index) => `key-${index}`);
      const [left, right] = [collector(topic), collector(topic)];
      const [one, two] = [consumerOf(topic), consumerOf(topic)];
      one.start([left.intake]);
      await publishAll(publisher, topic, keys, 0, 1);
      await until('the first has all', () => newIn(left.got) === keys.length);
      two.start([right.intake]);
      let number = 1;
      const feeding = performance.now() + patienceMs;
      while (right.got.length === 0 && performance.now() < feeding) {
        await publishAll(publisher, topic, keys, number, number + 1);
        number += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await one.stop();
      await publishAll(publisher, topic, keys, number, number + 1);
      for (const key of keys) {
        await until(`all of ${key}`, () => newOf([...left.got, ...right.got], key).length === number + 1);
      }
      await two.stop();
    });
  });
};
