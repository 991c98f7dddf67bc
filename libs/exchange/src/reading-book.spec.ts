import { beforeAll, describe, expect, it } from '@jest/globals';
import { Fenced } from '#kernel';
import { withPostgres } from '#testing';
import type { Sensor } from '#vitals';
import { MemoryReadingBook } from './memory-reading-book.js';
import { ExchangeTables0000000000701 } from './migrations/exchange-tables.js';
import { PostgresReadingBook } from './postgres-reading-book.js';
import type { ReadingBook } from './reading-book.js';

const postgres = withPostgres();

const sensor = (name: string, lastAt: string, more: Partial<Sensor> = {}): Sensor => ({
  sensor: name, sign: 'water-depth', lastAt: `2026-11-23T01:00:${lastAt}.250Z`, lastValue: 3.5, beyondSince: null, alarmed: false, incidentId: null, ...more,
});

const books: readonly (readonly [string, () => Promise<ReadingBook>])[] = [
  ['memory', async () => new MemoryReadingBook()],
  ['PostgreSQL', async () => new PostgresReadingBook((await postgres.openLog({ moreMigrations: [ExchangeTables0000000000701] })).pool)],
];

for (const [name, open] of books) {
  describe(`the book of readings in ${name}`, () => {
    let book: ReadingBook;
    let partition = 0;

    beforeAll(async () => {
      book = await open();
    });

    it('begins nowhere, and gives back what was written up to where it was written', async () => {
      const claim = await book.take('readings', (partition += 1));
      expect(claim.nextOffset).toBeNull();
      const [one, two] = [sensor('一号', '01'), sensor("o'two", '02', { beyondSince: '2026-11-23T01:00:01.000Z', alarmed: true, incidentId: '0190a0f0-0000-5000-8000-000000000001' })];
      const next = await book.record(claim, 7, [two, one]);
      expect(next.nextOffset).toBe(7);
      expect([...(await book.sensors([one, two, sensor('nobody', '00')]))].sort((a, b) => (a.lastAt < b.lastAt ? -1 : 1))).toEqual([one, two]);
      expect((await book.take('readings', partition)).nextOffset).toBe(7);
    });

    it('moves on without any sensor, and from where it stands alone', async () => {
      const claim = await book.take('readings', (partition += 1));
      const next = await book.record(claim, 3, []);
      await expect(book.record(claim, 3, [])).rejects.toThrow(Fenced);
      expect((await book.record(next, 5, [])).nextOffset).toBe(5);
    });

    it('lets nobody write who lost the partition, neither offset nor sensors', async () => {
      const lost = await book.take('readings', (partition += 1));
      const taken = await book.take('readings', partition);
      await expect(book.record(lost, 9, [sensor('fenced', '01')])).rejects.toThrow(Fenced);
      expect(await book.sensors([sensor('fenced', '01')])).toEqual([]);
      await book.record(taken, 9, [sensor('fenced', '02')]);
      expect(await book.sensors([sensor('fenced', '02')])).toEqual([sensor('fenced', '02')]);
    });

    it('keeps the younger reading of a sensor that two partitions speak of', async () => {
      const [left, right] = [await book.take('readings', (partition += 1)), await book.take('readings', (partition += 1))];
      await book.record(left, 1, [sensor('both', '05')]);
      await book.record(right, 1, [sensor('both', '04', { lastValue: 99 })]);
      expect(await book.sensors([sensor('both', '05')])).toEqual([sensor('both', '05')]);
    });
  });
}
