/** 分区 One part of a subscription that is divided by stream, see `partitionOf`. */
export interface Part {
  /** From 0. */
  readonly index: number;
  /** Into how many parts the subscription is divided. */
  readonly of: number;
}

/** A stretch of the log: everything after `after`, up to and with `to`. */
export interface Span {
  readonly after: number;
  readonly to: number;
}

/** A worker's right to run one subscription or one part of it, until another takes it over. */
export interface Lease {
  /** Name of the subscription; with a slash and the number of the part where it is divided. */
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
 * Fails with: `Fenced` when the lease has changed hands, `Unavailable` when the store is away, `Refusal`
 * `subscription.divided-otherwise` when a subscription is divided into another number of parts than the caller takes it for.
 */
export interface Subscriptions<Tx> {
  /**
   * Sees to it that a subscription is divided into so many parts (1: it is whole). When the number changes, all leases end, and every part
   * begins where the slowest stood before: some facts are delivered once more, none is left out.
   */
  divide(subscription: string, parts: number): Promise<void>;
  /** The lease of a subscription, or of one part of it; null while another worker's lease is still good. */
  acquire(subscription: string, owner: string, leaseMs: number, part?: Part): Promise<Lease | null>;
  /** All of them, or `Fenced` because one has changed hands. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<void>;
  /** Runs the effect and moves the checkpoint from `lease.position` to `position` in one transaction. */
  advance(lease: Lease, position: number, effect?: (tx: Tx) => Promise<void>): Promise<Lease>;
  /** The same for several parts that stand at one position: all of them move, or none does because one lease has changed hands. */
  advanceTogether(leases: readonly Lease[], position: number, effect?: (tx: Tx) => Promise<void>): Promise<readonly Lease[]>;
  /** Gives the lease up, so that another worker need not wait for it to run out. */
  release(lease: Lease): Promise<void>;
  /** All subscriptions, each with the position of its slowest part, for lag metrics and for waiting readers. */
  positions(): Promise<ReadonlyMap<string, number>>;
  /** 点名 Says that a worker works on a subscription for so long from now; answers all who do, those who came first first. */
  attend(subscription: string, worker: string, goodMs: number): Promise<readonly string[]>;
  /** The worker ends its work on a subscription, so that the others need not wait for it to be missed. */
  leave(subscription: string, worker: string): Promise<void>;
}
