export type { BrokerAddress } from './broker-address.js';
export { KafkaConsumer, usualConsumerTimes } from './kafka-consumer.js';
export type { ConsumerTimes } from './kafka-consumer.js';
export { KafkaPublisher } from './kafka-publisher.js';
