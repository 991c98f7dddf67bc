import { Tally } from '#metrics';
import type { Figure, FigureQuestion, LedgerBook, Metric } from '#metrics';

/** A question to the ledgers as of one position, inside a jurisdiction. */
export interface Asked extends FigureQuestion {
  readonly position: number;
  readonly places: readonly string[] | null;
}

/** Several figures in one walk through the ledgers. */
export const reckon = async (book: LedgerBook, metrics: readonly Metric[], asked: Asked): Promise<readonly Figure[]> => {
  const { position, places, from, before, filter } = asked;
  const tallies = metrics.map((metric) => new Tally(metric, asked));
  const cohorts = metrics.map(({ cohort }) => cohort);
  for await (const ledgers of book.ledgers({ position, cohorts, from, before, places, filter })) {
    for (const ledger of ledgers) for (const tally of tallies) tally.add(ledger);
  }
  return tallies.map((tally) => tally.figure());
};
