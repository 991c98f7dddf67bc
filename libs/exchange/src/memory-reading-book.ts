import { Fenced } from '#kernel';
import type { Sensor } from '#vitals';
import { keyOfSensor } from './reading-book.js';
import type { PartitionClaim, ReadingBook, SensorKey } from './reading-book.js';

/** 读数台账(内存) The twin of the table, for specs. */
export class MemoryReadingBook implements ReadingBook {
  private readonly claims = new Map<string, PartitionClaim>();
  private readonly known = new Map<string, Sensor>();

  async take(topic: string, partition: number): Promise<PartitionClaim> {
    const before = this.claims.get(`${topic}/${partition}`);
    const claim = { topic, partition, epoch: (before?.epoch ?? 0) + 1, nextOffset: before?.nextOffset ?? null };
    this.claims.set(`${topic}/${partition}`, claim);
    return claim;
  }

  async sensors(keys: readonly SensorKey[]): Promise<readonly Sensor[]> {
    return keys.flatMap((key) => this.known.get(keyOfSensor(key)) ?? []);
  }

  async record(claim: PartitionClaim, nextOffset: number, changed: readonly Sensor[]): Promise<PartitionClaim> {
    const name = `${claim.topic}/${claim.partition}`;
    const now = this.claims.get(name);
    if (now?.epoch !== claim.epoch || now.nextOffset !== claim.nextOffset) throw new Fenced(name);
    for (const sensor of changed) {
      const before = this.known.get(keyOfSensor(sensor));
      if (!before || before.lastAt < sensor.lastAt) this.known.set(keyOfSensor(sensor), sensor);
    }
    const next = { ...claim, nextOffset };
    this.claims.set(name, next);
    return next;
  }
}
