import type { ClientBase } from 'pg';
import { incidentFacts } from '#events';
import type { PeriodFrozen } from '#events';
import type { RecordedEvent } from '#kernel';
import { foldLedger } from '#metrics';
import type { Ledger } from '#metrics';
import { loadLedgers, writeFrozen, writeLedgers } from './ledger-rows.js';

export interface ProjectorOptions {
  readonly schema?: string;
  /** Incidents whose ledger is kept in memory, about 5 kB each. */
  readonly cachedIncidents?: number;
  /** Most facts at a time. */
  readonly batch?: number;
}

/**
 * 台账投影 Keeps the ledgers in step with the log. Written to be the subscriber of subscription `figures`: what it writes and the checkpoint
 * become visible together. Facts that a ledger has already folded in change nothing, so a batch that comes twice, whole or in part, is harmless.
 * Ledgers are kept in memory only as long as batches follow one upon the other; after any break they are read again from the table.
 */
export class FiguresProjector {
  readonly name = 'figures';
  readonly canWait = true;
  readonly batch: number;
  private readonly schema: string;
  private readonly cachedIncidents: number;
  /** In the order in which they were last touched. */
  private readonly cache = new Map<string, Ledger>();
  /** Position of the last fact that the cache has seen; null while it is empty. */
  private position: number | null = null;

  constructor({ schema = 'figures', cachedIncidents = 2_000, batch = 2_000 }: ProjectorOptions = {}) {
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
      await this.write(tx, events);
    } catch (error) {
      this.reset();
      throw error;
    }
    this.position = events.at(-1)?.position ?? null;
    this.forgetOldest();
  }

  private async write(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
    const facts = incidentFacts(events);
    const wanted = new Set<string>();
    for (const { stream, version } of facts) if (version > 1 && !this.cache.has(stream)) wanted.add(stream);
    for (const [stream, ledger] of await loadLedgers(tx, this.schema, [...wanted])) this.cache.set(stream, ledger);
    const changed = new Map<string, Ledger>();
    for (const fact of facts) {
      const known = this.cache.get(fact.stream) ?? null;
      if (known && fact.version <= known.revision) continue;
      const ledger = foldLedger(known, fact);
      this.cache.set(fact.stream, ledger);
      changed.set(fact.stream, ledger);
    }
    for (const [stream, ledger] of changed) {
      this.cache.delete(stream);
      this.cache.set(stream, ledger);
    }
    await writeLedgers(tx, this.schema, [...changed.values()]);
    await writeFrozen(tx, this.schema, events.filter(({ type }) => type === 'PeriodFrozen').map(({ data, position }) => ({ figuresId: (data as PeriodFrozen['data']).figuresId, position })));
  }

  private forgetOldest(): void {
    for (const stream of this.cache.keys()) {
      if (this.cache.size <= this.cachedIncidents) return;
      this.cache.delete(stream);
    }
  }
}
