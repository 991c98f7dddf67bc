import type { Sensor } from '#vitals';

/** The right to work on one partition, until somebody else takes it. */
export interface PartitionClaim {
  readonly topic: string;
  readonly partition: number;
  /** Grows with every change of hands; whoever has an old one is fenced out. */
  readonly epoch: number;
  /** Offset of the first record that was not handled; null before the first. */
  readonly nextOffset: number | null;
}

export interface SensorKey {
  readonly sensor: string;
  readonly sign: string;
}

/**
 * 读数台账 What is known of the sensors, and up to where the records were handled: both change together or not at all.
 *
 * Fails with: `Fenced` when another process has taken the partition, `Unavailable` when the store is away.
 */
export interface ReadingBook {
  /** Takes a partition over; whoever had it is fenced out from here on. */
  take(topic: string, partition: number): Promise<PartitionClaim>;
  /** What is known of these sensors; those that were never heard of are left out. */
  sensors(keys: readonly SensorKey[]): Promise<readonly Sensor[]>;
  /** Writes what changed and moves the offset, in one transaction. A sensor that was written with a younger reading meanwhile stays as it is. */
  record(claim: PartitionClaim, nextOffset: number, changed: readonly Sensor[]): Promise<PartitionClaim>;
}

export const keyOfSensor = ({ sensor, sign }: SensorKey): string => `${sensor}\u0000${sign}`;
