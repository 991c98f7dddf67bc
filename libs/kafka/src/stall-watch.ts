/**
 * 看门 Tells a consumer that stands still from one that has nothing to do: no sign of life from the client, or records that wait while none is
 * handled, for longer than the patience. (kafkajs #1410, #1691: partitions that nobody fetches any more, without an error.)
 */
export class StallWatch {
  private sign = 0;
  private progress = 0;
  private waiting = false;

  constructor(
    private readonly patienceMs: number,
    private readonly now: () => number,
  ) {
    this.begin();
  }

  begin(): void {
    this.sign = this.now();
    this.progress = this.now();
    this.waiting = false;
  }

  /** The client fetched or its heart beat. */
  alive(): void {
    this.sign = this.now();
  }

  /** Records were handled, or an intake answered that it cannot now: either way the client does its work. */
  handled(lag: number): void {
    this.sign = this.now();
    this.progress = this.now();
    this.waiting = lag > 0;
  }

  stalled(): boolean {
    const now = this.now();
    return now - this.sign > this.patienceMs || (this.waiting && now - this.progress > this.patienceMs);
  }
}
