import type { KafkaMessage } from 'kafkajs';
import type { IncomingRecord } from '#exchange';

/** A header may stand there more than once: the last one counts, as everywhere in Kafka's own clients. */
const textOf = (value: KafkaMessage['headers'] extends infer H | undefined ? H[keyof H] : never): string => {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return Buffer.isBuffer(last) ? last.toString('utf8') : String(last ?? '');
};

export const incoming = (topic: string, partition: number, { offset, key, value, headers = {} }: KafkaMessage): IncomingRecord => ({
  topic, partition, offset: Number(offset), key: key === null ? null : key.toString('utf8'), value,
  headers: Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, textOf(each)])),
});
