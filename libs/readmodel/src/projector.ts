import type { ClientBase } from 'pg';
import { incidentFacts } from '#events';
import type { RecordedEvent } from '#kernel';
import { Projector } from '#postgres';
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
 * 视图投影 Keeps the tables of the read model in step with the log: the subscriber of subscription `views`. Facts that a row has already
 * folded in change nothing, so a batch that comes twice, whole or in part, is harmless.
 */
export class ReadModelProjector extends Projector {
  readonly name = 'views';
  private readonly schema: string;
  private readonly cachedIncidents: number;
  private readonly cache = new ViewCache();

  constructor({ schema = 'views', cachedIncidents = 2_000, batch }: ProjectorOptions = {}) {
    super(batch);
    this.schema = schema;
    this.cachedIncidents = cachedIncidents;
  }

  protected async write(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
    const facts = incidentFacts(events);
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

  protected forgetAll(): void {
    this.cache.clear();
  }

  protected forgetOldest(): void {
    this.cache.forget(this.cache.oldest(this.cache.size - this.cachedIncidents));
  }
}
