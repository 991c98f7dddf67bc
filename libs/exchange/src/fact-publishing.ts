import type { Subscriber } from '#engine';
import type { RecordedEvent } from '#kernel';
import type { RecordPublisher } from './bus.js';
import { recordOfFact } from './public-fact.js';

/**
 * 事实发布 Facts go out in the order of the log, and the checkpoint moves after the broker keeps them: a crash in between publishes them once
 * more and never leaves one out. Whoever reads drops what it has seen by the header `event-id`.
 */
export class FactPublishing<Tx> implements Subscriber<Tx> {
  readonly name = 'kafka-out';
  readonly batch = 1_000;
  /** Others look at what goes out here; nobody's work waits for it. */
  readonly canWait = true;
  published = 0;

  constructor(private readonly publisher: RecordPublisher) {}

  async handle(events: readonly RecordedEvent[]): Promise<null> {
    await this.publisher.publish(events.map(recordOfFact));
    this.published += events.length;
    return null;
  }
}
