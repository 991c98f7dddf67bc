import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

/** What every bus promises: publisher and consumer together, since each is only as good as the other. */
export const busContract = (name: string, open: () => Promise<OpenedBus>): void => {
  describe(`${name} keeps the contract of records out and in 收发`, () => {
    let bus: OpenedBus;
    let count = 0;

    beforeAll(async () => {
      bus = await open();
    }, 120_000);

    afterAll(() => bus.close(), 60_000);

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

    const numbersOf = (got: readonly IncomingRecord[], key: string): number[] =>
      got.filter((each) => each.key === key).map(({ value }) => (JSON.parse(Buffer.from(value ?? []).toString('utf8')) as { number: number }).number);

    const publishAll = async (publisher: RecordPublisher, topic: string, keys: readonly string[], from: number, until: number): Promise<void> => {
      for (let number = from; number < until; number += 1) await publisher.publish(keys.map((key) => record(topic, key, number)));
    };

    it('what was published comes in with its key, its bytes and its headers', async () => {
      const topic = await newTopic();
      const [publisher, consumer] = [bus.publisher(), bus.consumer(topic)];
      const { intake, got } = collector(topic);
      await publisher.publish([record(topic, '甲', 1)]);
      consumer.start([intake]);
      await until('one record', () => got.length === 1);
      expect(got[0]).toMatchObject({ topic, offset: 0, key: '甲', headers: { 'record-id': '甲-1', 名称: '值' } });
      expect(Buffer.from(got[0]?.value ?? []).toString('utf8')).toBe(record(topic, '甲', 1).value);
      expect(consumer.status()).toMatchObject({ state: 'working', error: null, consumed: 1 });
      await consumer.stop();
      expect(consumer.status().state).toBe('stopped');
      await publisher.close();
    });

    it('records of one key keep their order, also within one call', async () => {
      const topic = await newTopic();
      const [publisher, consumer] = [bus.publisher(), bus.consumer(topic)];
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const { intake, got } = collector(topic);
      consumer.start([intake]);
      await publishAll(publisher, topic, keys, 0, 20);
      await publisher.publish(keys.flatMap((key) => [20, 21, 22].map((number) => record(topic, key, number))));
      await until('all records', () => got.length === 23 * keys.length);
      for (const key of keys) expect(numbersOf(got, key)).toEqual(Array.from({ length: 23 }, (_, index) => index));
      await consumer.stop();
      await publisher.close();
    });

    it('nothing is published to a topic that is not there, and the publisher goes on with the others', async () => {
      const topic = await newTopic();
      const publisher = bus.publisher();
      const failure = await publisher.publish([record('nobody-made-this', 'a', 1)]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Unavailable);
      expect(failure).toMatchObject({ code: 'broker.topic-missing' });
      await publisher.publish([record(topic, 'a', 1)]);
      await publisher.close();
    });

    it('a consumer waits for a topic that is not there, says so, and works when it comes', async () => {
      const topic = `late-${(count += 1)}`;
      const consumer = bus.consumer(topic);
      const { intake, got } = collector(topic);
      consumer.start([intake]);
      await until('the state', () => consumer.status().state === 'topic-missing');
      expect(consumer.status().error).not.toBeNull();
      await bus.createTopic(topic, 1);
      const publisher = bus.publisher();
      await publisher.publish([record(topic, 'a', 1)]);
      await until('the record', () => got.length === 1);
      expect(consumer.status()).toMatchObject({ state: 'working', error: null });
      await consumer.stop();
      await publisher.close();
    });

    it('what an intake throws at comes again, in order and without a gap', async () => {
      const topic = await newTopic(1);
      const [publisher, consumer] = [bus.publisher(), bus.consumer(topic)];
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
      await until('all records', () => got.length >= 10);
      expect(numbersOf(got, 'a')).toEqual(Array.from({ length: 10 }, (_, index) => index));
      expect(consumer.status()).toMatchObject({ state: 'working', error: null });
      await consumer.stop();
      await publisher.close();
    });

    it('who comes after goes on behind what was acknowledged, or where the intake wants to begin', async () => {
      const topic = await newTopic(1);
      const publisher = bus.publisher();
      await publishAll(publisher, topic, ['a'], 0, 5);
      const first = collector(topic);
      const one = bus.consumer(topic);
      one.start([first.intake]);
      await until('five', () => first.got.length === 5);
      await one.stop();
      await publishAll(publisher, topic, ['a'], 5, 8);
      const second = collector(topic);
      const two = bus.consumer(topic);
      two.start([second.intake]);
      await until('three more', () => second.got.length === 3);
      await two.stop();
      expect(numbersOf(second.got, 'a')).toEqual([5, 6, 7]);
      const third = collector(topic, { take: () => Promise.resolve(2) });
      const three = bus.consumer(topic);
      await publishAll(publisher, topic, ['a'], 8, 9);
      three.start([third.intake]);
      await until('from the third on', () => third.got.length === 7);
      await three.stop();
      expect(numbersOf(third.got, 'a')).toEqual([2, 3, 4, 5, 6, 7, 8]);
      await publisher.close();
    });

    it('two of a group share the partitions, and one that stays gets everything', async () => {
      const topic = await newTopic(4);
      const publisher = bus.publisher();
      const keys = Array.from({ length: 24 }, (_, index) => `key-${index}`);
      const [left, right] = [collector(topic), collector(topic)];
      const [one, two] = [bus.consumer(topic), bus.consumer(topic)];
      one.start([left.intake]);
      await publishAll(publisher, topic, keys, 0, 1);
      await until('the first has all', () => left.got.length === keys.length);
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
        const seen = (): Set<number> => new Set([...numbersOf(left.got, key), ...numbersOf(right.got, key)]);
        await until(`all of ${key}`, () => seen().size === number + 1);
      }
      await two.stop();
      await publisher.close();
    });
  });
};
