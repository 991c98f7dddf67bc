import type { Subscriptions } from '#kernel';

export interface OpenedSubscriptions<Tx> {
  readonly subscriptions: Subscriptions<Tx>;
  /** Writes a value through a transaction. */
  write(tx: Tx, value: string): Promise<void>;
  /** All values that were committed. */
  written(): Promise<readonly string[]>;
  /** Lets time pass for the leases. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}
