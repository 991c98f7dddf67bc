import type { ClientBase } from 'pg';
import { incidentFacts } from '#events';
import type { PeriodFrozen } from '#events';
import type { RecordedEvent } from '#kernel';
import { foldLedger } from '#metrics';
import type { Ledger } from '#metrics';
import { Projector } from '#postgres';
import { loadLedgers, writeFrozen, writeLedgers } from './ledger-rows.js';

export interface ProjectorOptions {
  readonly schema?: string;
  /** Incidents whose ledger is kept in memory, about 5 kB each. */
  readonly cachedIncidents?: number;
  /** Most facts at a time. */
  readonly batch?: number;
}

/**
 * 台账投影 Keeps the ledgers in step with the log: the subscriber of subscription `figures`. Facts that a ledger has already folded in
 * change nothing, so a batch that comes twice, whole or in part, is harmless.
 */
export class FiguresProjector extends Projector {
  readonly name = 'figures';
  private readonly schema: string;
  private readonly cachedIncidents: number;
  /** In the order in which they were last touched. */
  private readonly cache = new Map<string, Ledger>();

  constructor({ schema = 'figures', cachedIncidents = 2_000, batch }: ProjectorOptions = {}) {
    super(batch);
    this.schema = schema;
    this.cachedIncidents = cachedIncidents;
  }

  protected async write(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
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

  protected forgetAll(): void {
    this.cache.clear();
  }

  protected forgetOldest(): void {
    for (const stream of this.cache.keys()) {
      if (this.cache.size <= this.cachedIncidents) return;
      this.cache.delete(stream);
    }
  }
}
