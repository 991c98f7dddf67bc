import { createHash } from 'node:crypto';
import type { Refusal } from '#kernel';
import type { IncomingRecord, OutgoingRecord, RecordPublisher } from './bus.js';

const kept = ['record-id', 'channel', 'schema'] as const;
const headerMax = 200;

/** A record that cannot be used, and why. */
export interface DeadLetter {
  readonly record: IncomingRecord;
  readonly refusal: Refusal;
}

/**
 * 死信 Says why a record was not used and where it stands. What it held is not repeated (it may name persons, and whoever erases them here could
 * not erase a copy elsewhere): it stands where it came in, under the offset and the hash that are given, for as long as that topic keeps it.
 */
const letterOf = (topic: string, { record, refusal }: DeadLetter): OutgoingRecord => {
  const { partition, offset, value, headers } = record;
  const said = Object.fromEntries(kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name].slice(0, headerMax)]])));
  const errors = refusal.details['errors'];
  const letter = {
    code: refusal.code, message: refusal.message, ...(Array.isArray(errors) ? { errors: errors.slice(0, 50) } : {}),
    topic: record.topic, partition, offset, bytes: value?.length ?? 0, sha256: createHash('sha256').update(value ?? '').digest('hex'), headers: said,
  };
  return {
    topic, key: `${record.topic}/${partition}`, value: JSON.stringify(letter),
    headers: { code: refusal.code, 'original-topic': record.topic, 'original-partition': String(partition), 'original-offset': String(offset), 'content-type': 'application/json', schema: 'DeadLetter/1' },
  };
};

/** 死信口 Where what cannot be used is told of; the records after it go on. */
export class DeadLetters {
  told = 0;

  constructor(
    private readonly publisher: RecordPublisher,
    private readonly topic = 'dead-letters',
  ) {}

  /** Fails with `Unavailable`; then the records come again and are told of again. */
  async tell(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    await this.publisher.publish(letters.map((letter) => letterOf(this.topic, letter)));
    this.told += letters.length;
  }
}
