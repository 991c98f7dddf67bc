import type { ClientBase } from 'pg';
import type { RecordedEvent, Span } from '#kernel';

/**
 * 投影 What every subscriber does that keeps tables in step with the log and remembers what it wrote last: what it writes and the checkpoint
 * become visible together, and its memory holds only as long as stretches follow one upon the other. What is kept follows from the log
 * alone, so whoever wrote up to a position, it is the same; after any break (a batch that failed, another worker in between) the memory
 * is given up and the tables are read again.
 */
export abstract class Projector {
  abstract readonly name: string;
  readonly canWait = true;
  /** Every row belongs to one stream. */
  readonly parts = 4;
  /** Position of the last fact that the memory has seen; null while it is empty. */
  private position: number | null = null;

  /** @param batch most facts at a time */
  constructor(readonly batch = 2_000) {}

  /** The effect to run in the transaction that moves the checkpoint. Without a span the facts are a stretch of the log without gaps. */
  handle(events: readonly RecordedEvent[], span: Span = spanOf(events)): Promise<((tx: ClientBase) => Promise<void>) | null> {
    return Promise.resolve((tx) => this.project(tx, events, span));
  }

  /** A lease was lost or is new, or the transaction failed: what is in memory may never have been written. */
  reset(): void {
    this.forgetAll();
    this.position = null;
  }

  /** Writes what these facts change. Throws what the database throws; then nothing is kept in memory. */
  async project(tx: ClientBase, events: readonly RecordedEvent[], { after, to }: Span = spanOf(events)): Promise<void> {
    if (to <= after) return;
    if (after !== this.position) this.reset();
    try {
      if (events.length > 0) await this.write(tx, events);
    } catch (error) {
      this.reset();
      throw error;
    }
    this.position = to;
    this.forgetOldest();
  }

  protected abstract write(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void>;
  protected abstract forgetAll(): void;
  /** Lets go of what goes beyond the room of the memory. */
  protected abstract forgetOldest(): void;
}

const spanOf = (events: readonly RecordedEvent[]): Span => ({ after: (events[0]?.position ?? 1) - 1, to: events.at(-1)?.position ?? 0 });
