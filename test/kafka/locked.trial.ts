import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaConsumer, KafkaPublisher, usualConsumerTimes } from '#kafka';
import type { BrokerAddress } from '#kafka';
import { Unavailable } from '#kernel';
import { selfSigned } from '../kurrent/self-signed.js';
import { BrokerOnTrial } from './broker/broker.js';
import { trialVersion } from './trial-version.js';
import { until } from './world.js';

const account = { username: 'engine', password: 'a-password-of-the-trial' };
/** Both of the same name, as an authority that was made anew would be; neither carries `localhost`. */
const [ours, another] = [selfSigned(['127.0.0.1']), selfSigned(['127.0.0.1'])];
const [engine, stranger] = [selfSigned(), selfSigned()];
const times = { ...usualConsumerTimes, sessionMs: 3_000, backoffMs: 200 };

interface Shown {
  readonly host: string;
  readonly ca: string;
  readonly password: string;
  readonly mechanism: NonNullable<BrokerAddress['sasl']>['mechanism'];
  /** The certificate of whoever comes. */
  readonly shown: { readonly cert?: string; readonly key?: string };
}

describe(`a broker of Kafka ${trialVersion} behind TLS and SASL`, () => {
  let broker: BrokerOnTrial;
  let count = 0;
  const ending: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    broker = await BrokerOnTrial.start(trialVersion, { lock: { ...ours, ...account } });
  }, 120_000);

  // Also after a test that failed half-way: a consumer under supervision never gives up by itself.
  afterEach(async () => {
    await Promise.all(ending.splice(0).map((end) => end()));
  }, 60_000);

  afterAll(() => broker.end(), 60_000);

  const address = ({ host = '127.0.0.1', ca = ours.certificate, password = account.password, mechanism = 'plain', shown = {} }: Partial<Shown> = {}): BrokerAddress => ({
    brokers: broker.lockedAddresses(host), prefix: 'locked.', tls: { ca, ...shown }, sasl: { mechanism, username: account.username, password },
  });

  /** A publisher and a consumer of a new topic, and what they have seen. */
  const pairAt = async (at: BrokerAddress) => {
    const topic = `topic-${(count += 1)}`;
    await broker.createTopics({ [`${at.prefix}${topic}`]: 1 });
    const got: (string | null)[] = [];
    const notices: string[] = [];
    const publisher = new KafkaPublisher(at);
    const consumer = new KafkaConsumer(at, topic, (notice) => void notices.push(notice), times);
    ending.push(() => publisher.close(), () => consumer.stop());
    consumer.start([{ topic, take: () => Promise.resolve(null), handle: (_partition, records) => Promise.resolve(void got.push(...records.map(({ key }) => key))) }]);
    const publish = (key: string): Promise<void> => publisher.publish([{ topic, key, value: '{}', headers: {} }]);
    return { publisher, consumer, publish, got, notices };
  };
  type Pair = Awaited<ReturnType<typeof pairAt>>;

  const works = async ({ publisher, consumer, publish, got }: Pair): Promise<void> => {
    await until('the consumer at work', () => consumer.status().state === 'working');
    await publish('甲');
    await until('the record', () => got.includes('甲'));
    expect(publisher.status()).toMatchObject({ state: 'working', error: null });
    expect(consumer.status()).toMatchObject({ state: 'working', error: null });
  };

  /** Both say so and go on trying; whoever reads the notices is told once. */
  const isRefused = async ({ publisher, consumer, publish, got, notices }: Pair, because: RegExp): Promise<void> => {
    const sentence = 'Kafka does not let us in, or we do not trust its certificate.';
    // First of all the consumer: a broker that has just begun takes its time over its first handshakes.
    await until('the state', () => consumer.status().state === 'refused');
    const { restarts } = consumer.status();
    const told = notices.length;
    for (const attempt of ['first', 'second']) {
      const failure = await publish(attempt).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Unavailable);
      expect(failure).toMatchObject({ code: 'broker.refused', message: expect.stringMatching(because) });
      expect(publisher.status()).toMatchObject({ state: 'refused', error: sentence, published: 0 });
    }
    await until('another try', () => consumer.status().restarts >= restarts + 2);
    expect(consumer.status()).toMatchObject({ state: 'refused', error: sentence, consumed: 0 });
    expect([got.length, notices.length]).toEqual([0, told]);
    expect(told).toBeGreaterThan(0);
  };

  it('takes and gives records where we trust its certificate and it knows our password', async () => {
    await works(await pairAt(address()));
  });

  it('is not spoken to when another authority stands behind its certificate', async () => {
    await isRefused(await pairAt(address({ ca: another.certificate })), /certificate/);
  });

  it('does not let in who has a wrong password', async () => {
    await isRefused(await pairAt(address({ password: 'guessed' })), /[Aa]uthentication failed/);
  });

  it('is not spoken to under a name that its certificate does not carry', async () => {
    await isRefused(await pairAt(address({ host: 'localhost' })), /altnames/);
  });

  it.each(['scram-sha-256', 'scram-sha-512'] as const)('lets in by %s who has the password, which nobody then sends, and nobody else', async (mechanism) => {
    await works(await pairAt(address({ mechanism })));
    await isRefused(await pairAt(address({ mechanism, password: 'guessed' })), /[Aa]uthentication failed/);
  });

  it('works with those whom it had to do without, as soon as it has the right certificate', async () => {
    await broker.changeLock({ ...another, ...account });
    const pair = await pairAt(address());
    await isRefused(pair, /certificate/);
    await broker.changeLock({ ...ours, ...account });
    await works(pair);
  });

  it('that asks for a certificate lets in whose certificate it trusts, and nobody with another one or none', async () => {
    await broker.changeLock({ ...ours, ...account, clients: engine.certificate });
    await works(await pairAt(address({ shown: { cert: engine.certificate, key: engine.key } })));
    await isRefused(await pairAt(address({ shown: { cert: stranger.certificate, key: stranger.key } })), /certificate/);
    await isRefused(await pairAt(address()), /certificate/);
  });
});
