import type { ClientBase } from 'pg';
import type { RecordedEvent } from '#kernel';

/**
 * 投影 What every subscriber does that keeps tables in step with the log and remembers what it wrote last: what it writes and the checkpoint
 * become visible together, and its memory holds only as long as batches follow one upon the other. What is kept follows from the log
 * alone, so whoever wrote up to a position, it is the same; after any break (a batch that failed, another worker in between) the memory
 * is given up and the tables are read again.
 */
export abstract class Projector {
  abstract readonly name: string;
  readonly canWait = true;
  /** Position of the last fact that the memory has seen; null while it is empty. */
  private position: number | null = null;

  /** @param batch most facts at a time */
  constructor(readonly batch = 2_000) {}

  /** For a batch straight from the log, positions without gaps: the effect to run in the transaction that moves the checkpoint. */
  handle(events: readonly RecordedEvent[]): Promise<((tx: ClientBase) => Promise<void>) | null> {
    return Promise.resolve((tx) => this.project(tx, events));
  }

  /** The lease was lost or the transaction failed: what is in memory may never have been written. */
  reset(): void {
    this.forgetAll();
    this.position = null;
  }

  /** Writes what these facts change. Throws what the database throws; then nothing is kept in memory. */
  async project(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
    const [first] = events;
    if (!first) return;
    if (this.position === null || first.position !== this.position + 1) this.reset();
    try {
      await this.write(tx, events);
    } catch (error) {
      this.reset();
      throw error;
    }
    this.position = events.at(-1)?.position ?? null;
    this.forgetOldest();
  }

  protected abstract write(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void>;
  protected abstract forgetAll(): void;
  /** Lets go of what goes beyond the room of the memory. */
  protected abstract forgetOldest(): void;
}
