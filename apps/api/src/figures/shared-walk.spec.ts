import { describe, expect, it } from '@jest/globals';
import { ledgerOf, metricNamed } from '#metrics';
import type { Ledger, LedgerBook, Metric } from '#metrics';
import { asRecorded, closed, handled } from '#scenario';
import { SharedWalk } from './shared-walk.js';

const [closureRate, returnRate] = ['closureRate', 'returnRate'].map((name) => metricNamed(name) as Metric) as [Metric, Metric];
const asked = { from: null, before: null, at: closed().now, by: null, filter: {}, position: 40, places: null } as const;

/** A book that counts how often it is read from its first page. */
const countedBook = (): { readonly book: LedgerBook; readonly reads: () => number } => {
  let reads = 0;
  return {
    reads: () => reads,
    book: {
      position: () => Promise.resolve(40),
      async *ledgers() {
        reads += 1;
        yield [closed(), handled()].map((history) => ledgerOf(asRecorded(history)) as Ledger);
      },
    },
  };
};

describe('a walk through the ledgers', () => {
  it('is shared by all who ask at the same time, and each gets its own figure as of one moment', async () => {
    const { book, reads } = countedBook();
    const walk = new SharedWalk(book);
    const [first, second, same] = await Promise.all([
      walk.figure(closureRate, asked, true), walk.figure(returnRate, { ...asked, at: asked.at + 3, position: 41 }, true), walk.figure(closureRate, asked, true),
    ]);
    expect(reads()).toBe(1);
    expect([first.figure.total.factual.text, second.figure.total.factual.text]).toEqual(['100 %', '0 %']);
    // Whoever has just written sees it, and so does everybody who came along.
    expect([first.asked.position, second.asked.position]).toEqual([41, 41]);
    expect(same.figure).toEqual(first.figure);
  });

  it('is not shared by different questions, by different moments of the past, nor by whoever asks later', async () => {
    const { book, reads } = countedBook();
    const walk = new SharedWalk(book);
    await Promise.all([walk.figure(closureRate, asked, false), walk.figure(closureRate, { ...asked, position: 39 }, false), walk.figure(closureRate, { ...asked, by: 'street' }, false)]);
    expect(reads()).toBe(3);
    await walk.figure(closureRate, asked, true);
    expect(reads()).toBe(4);
  });

  it('fails for everybody when the ledgers cannot be read, and not for whoever asks again', async () => {
    const { book } = countedBook();
    let away = true;
    const flaky: LedgerBook = { position: () => book.position(), ledgers: (question) => { if (away) throw new Error('away'); return book.ledgers(question); } };
    const walk = new SharedWalk(flaky);
    const both = await Promise.allSettled([walk.figure(closureRate, asked, true), walk.figure(returnRate, asked, true)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect((await walk.figure(closureRate, asked, true)).figure.total.factual.text).toBe('100 %');
  });
});
