import { incidentFacts } from '#events';
import type { PeriodFrozen } from '#events';
import type { FrozenList } from '#figures';
import type { EventStore } from '#kernel';
import { foldLedger } from '#metrics';
import type { Ledger, LedgerBook, LedgerQuestion } from '#metrics';

/** Ledgers folded from the whole log at every question: slow and never behind. */
export class FoldedLedgers implements LedgerBook, FrozenList {
  constructor(private readonly store: Pick<EventStore, 'readAll' | 'head'>) {}

  async position(): Promise<number> {
    return (await this.store.head()).position;
  }

  async *ledgers({ position, places, after = 0 }: LedgerQuestion): AsyncIterable<readonly Ledger[]> {
    const ledgers = new Map<string, Ledger>();
    const events = (await this.store.readAll(0, 1_000_000)).filter((event) => event.position <= position);
    for (const fact of incidentFacts(events)) ledgers.set(fact.stream, foldLedger(ledgers.get(fact.stream) ?? null, fact));
    yield [...ledgers.values()].filter(({ firstPosition, place }) => firstPosition > after && (places === null || Object.values(place).some((code) => places.includes(code))));
  }

  async ids(limit: number): Promise<readonly string[]> {
    const frozen = (await this.store.readAll(0, 1_000_000)).filter(({ type }) => type === 'PeriodFrozen');
    return frozen.map(({ data }) => (data as PeriodFrozen['data']).figuresId).reverse().slice(0, limit);
  }
}
