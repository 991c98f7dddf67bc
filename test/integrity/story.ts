import { expect, it } from '@jest/globals';
import { figureOf, ledgerOf, metricNamed } from '#metrics';
import type { Figure, FigureQuestion, Ledger, QuotientReading } from '#metrics';
import { asRecorded, given } from '#scenario';
import type { Asked, History, PersonName } from '#scenario';

/** What a log would hold of several incidents, one after the other. */
export const ledgersOf = (histories: readonly History[]): readonly Ledger[] => {
  let before = 0;
  return histories.flatMap((history) => {
    const ledger = ledgerOf(asRecorded(history, before));
    before += history.told.length;
    return ledger ? [ledger] : [];
  });
};

const figure = (name: string, histories: readonly History[], more: Partial<FigureQuestion> = {}): Figure => {
  const metric = metricNamed(name);
  if (!metric) throw new Error(`there is no metric ${name}`);
  return figureOf(metric, ledgersOf(histories), { from: null, before: null, at: Math.max(...histories.map(({ now }) => now)), by: null, filter: {}, ...more });
};

const said = (reading: unknown): string => {
  const { numerator, denominator } = reading as QuotientReading;
  return `${numerator} of ${denominator}`;
};

/**
 * One page of the book of cheats: what somebody tried, what the engine refused, what the record and the figures show to whoever looks. Every line
 * has a sentence, and a line that does not hold is told by it.
 */
export class Page {
  /** Somebody tries something, and is refused with a code that stays the same. */
  refused(sentence: string, history: History, who: PersonName, asked: Asked, code: string): void {
    this.line(sentence, () => given(history).when(who, asked).refuses(code));
  }

  /** Somebody tries something, and nothing is recorded because it already holds. */
  ignored(sentence: string, history: History, who: PersonName, asked: Asked): void {
    this.line(sentence, () => given(history).when(who, asked).ignores());
  }

  record(sentence: string, found: unknown, expected: unknown): void {
    this.line(sentence, () => expect(found).toEqual(expected));
  }

  /** The last fact of a history says at least this. */
  fact(sentence: string, { told }: History, part: object): void {
    this.line(sentence, () => expect(told.at(-1)?.event.data).toMatchObject(part));
  }

  /** `2 of 3` of a figure over these incidents, as it was. */
  figure(name: string, histories: readonly History[], expected: string, more: Partial<FigureQuestion> = {}): void {
    this.line(`${name} is ${expected}`, () => expect(said(figure(name, histories, more).total.factual)).toBe(expected));
  }

  accountable(name: string, histories: readonly History[], expected: string): void {
    this.line(`${name}, accountable, is ${expected}`, () => expect(said(figure(name, histories).total.accountable)).toBe(expected));
  }

  byUnit(name: string, histories: readonly History[], expected: Readonly<Record<string, string>>): void {
    this.line(`${name} by unit`, () => expect(Object.fromEntries(figure(name, histories, { by: 'unit' }).groups.map(({ key, factual }) => [key, said(factual)]))).toEqual(expected));
  }

  minutes(name: string, histories: readonly History[], expected: number): void {
    this.line(`${name} is ${expected} minutes`, () => expect(figure(name, histories).total.factual).toMatchObject({ p50Minutes: expected }));
  }

  private line(sentence: string, holds: () => void): void {
    try {
      holds();
    } catch (error) {
      throw new Error(`«${sentence}» does not hold: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** A cheat by its number in the catalogue of known ones, in Chinese and in a sentence. */
export const cheat = (number: string, chinese: string, sentence: string, tell: (page: Page) => void): void => {
  it(`${number} ${chinese}: ${sentence}`, () => tell(new Page()));
};
