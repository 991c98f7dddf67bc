/**
 * 看门 Tells a consumer that stands still from one that has nothing to do: no sign of life from the client, or a partition in which
 * records wait while none is handled, for longer than the patience. (kafkajs #1410, #1691: partitions that nobody fetches any more, without an error.)
 */
export class StallWatch {
  private sign = 0;
  /** Partitions in which records wait, and when one of them was handled last. */
  private readonly waiting = new Map<string, number>();

  constructor(
    private readonly patienceMs: number,
    private readonly now: () => number,
  ) {
    this.begin();
  }

  begin(): void {
    this.sign = this.now();
    this.waiting.clear();
  }

  /** The client fetched or its heart beat. */
  alive(): void {
    this.sign = this.now();
  }

  /** Records of a partition were handled, or its intake answered that it cannot now: either way the client does its work. */
  handled(partition: string, lag: number): void {
    this.sign = this.now();
    if (lag > 0) this.waiting.set(partition, this.now());
    else this.waiting.delete(partition);
  }

  /** The partitions were dealt out anew: what waits in them is not known yet. */
  dealt(): void {
    this.waiting.clear();
  }

  stalled(): boolean {
    const now = this.now();
    return now - this.sign > this.patienceMs || [...this.waiting.values()].some((since) => now - since > this.patienceMs);
  }
}
