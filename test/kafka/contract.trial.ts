import { KafkaConsumer, KafkaPublisher, usualConsumerTimes } from '#kafka';
import { busContract } from '#testing';
import { BrokerOnTrial } from './broker/broker.js';
import { trialVersion } from './trial-version.js';

busContract(`a broker of Kafka ${trialVersion}`, async () => {
  const broker = await BrokerOnTrial.start(trialVersion);
  const address = { brokers: broker.addresses, prefix: 'contract.' };
  const times = { ...usualConsumerTimes, sessionMs: 3_000, backoffMs: 200 };
  return {
    publisher: () => new KafkaPublisher(address),
    consumer: (group) => new KafkaConsumer(address, group, () => undefined, times),
    createTopic: (topic, partitions) => broker.createTopics({ [`contract.${topic}`]: partitions }),
    close: () => broker.end(),
  };
});
