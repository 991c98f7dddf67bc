import type { ClientBase } from 'pg';
import { incidentFacts } from '#events';
import type { IncidentEvent } from '#events';
import type { RecordedEvent } from '#kernel';
import { timelineRowOf } from '#views';
import type { TimelineRow } from '#views';
import { loadViews } from './load-views.js';
import { deadlineTable, incidentTable, partyTable, timelineTable } from './tables.js';
import { upsert } from './upsert.js';
import { setWritten, unwrittenOf, ViewCache } from './view-cache.js';

export interface ProjectorOptions {
  readonly schema?: string;
  /** Incidents whose present view is kept in memory, about 10 kB each. */
  readonly cachedIncidents?: number;
  /** Most facts at a time. */
  readonly batch?: number;
}

/**
 * 视图投影 Keeps the tables of the read model in step with the log. Written to be the subscriber of subscription `views`: what it
 * writes and the checkpoint become visible together.
 *
 * Facts that a row has already folded in change nothing, so a batch that comes twice, whole or in part, is harmless. Views are kept
 * in memory only as long as batches follow one upon the other: a view follows from the log alone, so whoever wrote the rows up to a
 * position, the view at that position is the same. After any break (a batch that failed, another worker in between) they are read
 * again from the tables.
 */
export class ReadModelProjector {
  readonly name = 'views';
  readonly canWait = true;
  readonly batch: number;
  private readonly schema: string;
  private readonly cachedIncidents: number;
  private readonly cache = new ViewCache();
  /** Position of the last fact that the cache has seen; null while it is empty. */
  private position: number | null = null;

  constructor({ schema = 'views', cachedIncidents = 2_000, batch = 2_000 }: ProjectorOptions = {}) {
    this.schema = schema;
    this.cachedIncidents = cachedIncidents;
    this.batch = batch;
  }

  /** For a batch straight from the log, positions without gaps: the effect to run in the transaction that moves the checkpoint. */
  handle(events: readonly RecordedEvent[]): Promise<((tx: ClientBase) => Promise<void>) | null> {
    return Promise.resolve((tx) => this.project(tx, events));
  }

  /** The lease was lost or the transaction failed: what is in memory may never have been written. */
  reset(): void {
    this.cache.clear();
    this.position = null;
  }

  /** Writes what these facts change. Throws what the database throws; then nothing is kept in memory. */
  async project(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
    const [first] = events;
    if (!first) return;
    if (this.position === null || first.position !== this.position + 1) this.reset();
    try {
      await this.write(tx, incidentFacts(events));
    } catch (error) {
      this.reset();
      throw error;
    }
    this.position = events.at(-1)?.position ?? null;
    this.cache.forget(this.cache.oldest(this.cache.size - this.cachedIncidents));
  }

  private async write(tx: ClientBase, facts: readonly RecordedEvent<IncidentEvent>[]): Promise<void> {
    const touched = new Set(facts.map(({ data }) => data.incidentId));
    this.cache.putLoaded(await loadViews(tx, this.schema, this.cache.missing(touched)));
    const timeline: TimelineRow[] = [];
    for (const fact of facts) if (this.cache.fold(fact)) timeline.push(timelineRowOf(fact));
    this.cache.touch(touched);
    const pending = this.cache.pending(touched);
    const { incidents, deadlines, parties } = unwrittenOf(pending);
    await upsert(tx, this.schema, incidentTable, incidents, 'replace');
    await upsert(tx, this.schema, deadlineTable, deadlines, 'replace');
    await upsert(tx, this.schema, partyTable, parties, 'keep');
    await upsert(tx, this.schema, timelineTable, timeline, 'keep');
    setWritten(pending);
  }
}
