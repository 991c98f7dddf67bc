/** A worker's right to run one subscription, until another takes it over. */
export interface Lease {
  readonly subscription: string;
  readonly owner: string;
  /** Grows with every change of hands; whoever has an old one is fenced out. */
  readonly epoch: number;
  /** Position up to which everything was handled. */
  readonly position: number;
}

/**
 * 订阅 Checkpoints and leases. `Tx` is the adapter's transaction; what is written through it and the checkpoint become
 * visible together or not at all.
 *
 * Fails with: `Fenced` when the lease has changed hands, `Unavailable` when the store is away.
 */
export interface Subscriptions<Tx> {
  /** The lease, or null while another worker's lease is still good. */
  acquire(subscription: string, owner: string, leaseMs: number): Promise<Lease | null>;
  renew(lease: Lease, leaseMs: number): Promise<void>;
  /** Runs the effect and moves the checkpoint from `lease.position` to `position` in one transaction. */
  advance(lease: Lease, position: number, effect?: (tx: Tx) => Promise<void>): Promise<Lease>;
  /** Gives the lease up, so that another worker need not wait for it to run out. */
  release(lease: Lease): Promise<void>;
  /** All subscriptions with their positions, for lag metrics and for waiting readers. */
  positions(): Promise<ReadonlyMap<string, number>>;
}
