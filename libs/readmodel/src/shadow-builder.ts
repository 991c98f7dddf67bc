import type { PoolClient } from 'pg';
import type { IncidentEvent } from '#events';
import type { EventStore, RecordedEvent } from '#kernel';
import { copyIn } from './copy-in.js';
import { factReader } from './fact-reader.js';
import type { FactPage } from './fact-reader.js';
import { loadViews } from './load-views.js';
import type { Built, ShadowTables } from './shadow-tables.js';
import { deadlineTable, incidentTable, partyTable, timelineTable } from './tables.js';
import { upsert } from './upsert.js';
import { setWritten, unwrittenOf, ViewCache } from './view-cache.js';
import type { CachedView } from './view-cache.js';

export interface BuilderOptions {
  readonly store: EventStore;
  /** Read the log up to here and not further. */
  readonly until: number;
  readonly page: number;
  /** Incidents whose view is kept in memory; the ones that were not touched for longest are written out and read again when needed. */
  readonly cachedIncidents: number;
  /** Facts after which everything is written and committed, so that a crash costs no more than these. */
  readonly leg: number;
  readonly stopped: () => boolean;
  readonly onPage: (position: number, events: number) => void;
}

/** Fills shadow tables from the log: reads the next page while the last one is written, folds in memory, writes each row once where it can. */
export class ShadowBuilder {
  private readonly cache = new ViewCache();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: PoolClient,
    private readonly tables: ShadowTables,
    private built: Built,
    private readonly options: BuilderOptions,
  ) {}

  /** Goes on to the end of the log, or until it is stopped. Everything up to the position that it answers is committed. */
  async run(): Promise<{ readonly built: Built; readonly finished: boolean }> {
    for (;;) {
      await this.client.query('begin');
      const end = await this.leg();
      await this.write(this.cache.pending());
      await this.tables.save(this.built);
      await this.client.query('commit');
      if (end !== 'leg') return { built: this.built, finished: end === 'log' };
    }
  }

  private async leg(): Promise<'leg' | 'log' | 'stopped'> {
    const { store, until, page, leg, stopped, onPage } = this.options;
    const startedAt = this.built.events;
    const readPage = factReader(store);
    const read = (after: number): Promise<FactPage> => {
      const reading = readPage(after, page, until);
      // Read ahead: when the work on the page before fails, nobody is left to hear of this one.
      reading.catch(() => undefined);
      return reading;
    };
    let reading = read(this.built.position);
    for (;;) {
      if (stopped()) return 'stopped';
      if (this.built.events - startedAt >= leg) return 'leg';
      const found = await reading;
      const end = found.count < page || found.last >= until;
      if (!end) reading = read(found.last);
      if (found.count > 0) {
        await this.take(found);
        this.built = { ...this.built, position: found.last, events: this.built.events + found.count };
        onPage(this.built.position, this.built.events);
      }
      if (end) return 'log';
    }
  }

  private async take({ facts, timeline }: FactPage): Promise<void> {
    const touched = await this.fold(facts);
    await this.writing;
    this.writing = copyIn(this.client, this.tables.schema, timelineTable, timeline);
    // Whoever awaits it next hears of a failure; until then it must not count as unheard.
    this.writing.catch(() => undefined);
    this.cache.touch(touched);
    if (this.cache.size > this.options.cachedIncidents) await this.evict(Math.ceil(this.options.cachedIncidents / 4));
  }

  private async fold(facts: readonly RecordedEvent<IncidentEvent>[]): Promise<ReadonlySet<string>> {
    const touched = new Set<string>();
    const reported = new Set<string>();
    for (const { data, version } of facts) {
      touched.add(data.incidentId);
      // The log is read once from its start, so nothing can be written of an incident whose first fact comes only now.
      if (version === 1) reported.add(data.incidentId);
    }
    const written = this.cache.missing(touched).filter((id) => !reported.has(id));
    if (written.length > 0) {
      await this.writing;
      await this.key();
      this.cache.putLoaded(await loadViews(this.client, this.tables.schema, written));
    }
    for (const fact of facts) this.cache.fold(fact);
    return touched;
  }

  private async evict(count: number): Promise<void> {
    const oldest = this.cache.oldest(count);
    await this.write(this.cache.pending(oldest));
    this.cache.forget(oldest);
  }

  /** Rows that are there are replaced, all others go in by the fastest way. */
  private async write(pending: readonly CachedView[]): Promise<void> {
    await this.writing;
    const { schema } = this.tables;
    const known = unwrittenOf(pending.filter(({ written }) => written !== null));
    if (known.incidents.length > 0) await this.key();
    await upsert(this.client, schema, incidentTable, known.incidents, 'replace');
    await upsert(this.client, schema, deadlineTable, known.deadlines, 'replace');
    await upsert(this.client, schema, partyTable, known.parties, 'keep');
    const fresh = pending.filter(({ written }) => written === null);
    for (let from = 0; from < fresh.length; from += rowsPerCopy) {
      const { incidents, deadlines, parties } = unwrittenOf(fresh.slice(from, from + rowsPerCopy));
      await copyIn(this.client, schema, incidentTable, incidents);
      await copyIn(this.client, schema, deadlineTable, deadlines);
      await copyIn(this.client, schema, partyTable, parties);
    }
    setWritten(pending);
  }

  private async key(): Promise<void> {
    if (this.built.keyed) return;
    await this.tables.addKeys();
    this.built = { ...this.built, keyed: true };
  }
}

/** Incidents written with one copy. */
const rowsPerCopy = 1_000;
