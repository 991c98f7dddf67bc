import { asRecorded } from '#scenario';
import type { History } from '#scenario';
import { metricNamed } from './catalogue.js';
import { ledgerOf } from './fold-ledger.js';
import type { Ledger } from './ledger.js';
import type { DurationReading, QuotientReading } from './reading.js';
import { figureOf } from './tally.js';
import type { Figure, FigureQuestion } from './tally.js';

type Told = Pick<History, 'told' | 'now'>;

/** The ledgers of several histories, as if they were incidents of one log. */
export const ledgersOf = (histories: readonly Told[]): readonly Ledger[] => {
  let before = 0;
  return histories.flatMap((history) => {
    const ledger = ledgerOf(asRecorded(history, before));
    before += history.told.length;
    return ledger ? [ledger] : [];
  });
};

/** A figure over whole histories, as of the latest of their moments unless said otherwise. */
export const figure = (name: string, histories: readonly Told[], more: Partial<FigureQuestion> = {}): Figure => {
  const metric = metricNamed(name);
  if (!metric) throw new Error(`there is no metric ${name}`);
  return figureOf(metric, ledgersOf(histories), { from: null, before: null, at: Math.max(...histories.map(({ now }) => now)), by: null, filter: {}, ...more });
};

export const factual = (name: string, histories: readonly Told[], more: Partial<FigureQuestion> = {}): QuotientReading => figure(name, histories, more).total.factual as QuotientReading;
export const accountable = (name: string, histories: readonly Told[], more: Partial<FigureQuestion> = {}): QuotientReading => figure(name, histories, more).total.accountable as QuotientReading;
export const duration = (name: string, histories: readonly Told[], reading: 'factual' | 'accountable' = 'factual'): DurationReading => figure(name, histories).total[reading] as DurationReading;

/** `2 of 3`, as people say it. */
export const of = ({ numerator, denominator }: QuotientReading): string => `${numerator} of ${denominator}`;
