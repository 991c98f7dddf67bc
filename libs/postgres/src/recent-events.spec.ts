import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#kernel';
import type { RecordedRow } from './recorded-rows.js';
import { RecentEvents } from './recent-events.js';

const rowAt = (position: number): RecordedRow => ({ position, stream: 's', version: position, eventId: '', type: position % 2 === 0 ? 'Even' : 'Odd', schema: 1, recordedAt: '', meta: '{"commandId":"c"}', data: `{"at":${position}}` });

/** A log of so many events, and what was asked of it. */
const logOf = (length: number) => {
  const asked: [number, number][] = [];
  const log = { length, asked };
  const fetch = async (after: number, limit: number): Promise<readonly RecordedRow[]> => {
    asked.push([after, limit]);
    const end = Math.min(log.length, after + limit);
    await Promise.resolve();
    return Array.from({ length: Math.max(0, end - after) }, (_each, index) => rowAt(after + index + 1));
  };
  return { log, recent: new RecentEvents(fetch) };
};

const positions = (events: readonly RecordedEvent[]): readonly number[] => events.map(({ position }) => position);

describe('the end of the log as it was last read', () => {
  it('is not fetched again for the next reader', async () => {
    const { log, recent } = logOf(10);
    await recent.read(0, 10);
    expect(positions(await recent.read(3, 4))).toEqual([4, 5, 6, 7]);
    expect(log.asked).toEqual([[0, 10]]);
  });

  it('is completed from the log where a reader wants more', async () => {
    const { log, recent } = logOf(10);
    await recent.read(0, 10);
    log.length = 12;
    expect(positions(await recent.read(8, 10))).toEqual([9, 10, 11, 12]);
    expect(log.asked.at(-1)).toEqual([10, 8]);
  });

  it('is fetched once for readers that ask at the same time', async () => {
    const { log, recent } = logOf(10);
    const [one, other] = await Promise.all([recent.read(0, 10), recent.read(0, 10)]);
    expect(positions(other)).toEqual(positions(one));
    expect(log.asked).toEqual([[0, 10]]);
  });

  it('shows a reader that waited for another what was recorded meanwhile', async () => {
    const { log, recent } = logOf(5);
    const one = recent.read(0, 10);
    const other = recent.read(0, 10);
    log.length = 6;
    expect(positions(await one)).toEqual([1, 2, 3, 4, 5]);
    expect(positions(await other)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('stays when a reader that lags behind reads what lies before it', async () => {
    const { log, recent } = logOf(100);
    await recent.read(90, 10);
    expect(positions(await recent.read(0, 5))).toEqual([1, 2, 3, 4, 5]);
    expect(positions(await recent.read(88, 4))).toEqual([89, 90, 91, 92]);
    expect(positions(await recent.read(95, 5))).toEqual([96, 97, 98, 99, 100]);
    expect(log.asked).toEqual([[90, 10], [0, 5], [88, 4]]);
  });

  it('is never longer than a few thousand events', async () => {
    const { log, recent } = logOf(5_000);
    for (let after = 0; after < 5_000; after += 500) await recent.read(after, 500);
    const asked = log.asked.length;
    await recent.read(2_000, 500);
    expect(log.asked.length).toBe(asked);
    await recent.read(1_000, 500);
    expect(log.asked.length).toBe(asked + 1);
  });

  it('lets an error of the log through to whoever fetched, and the next reader asks for itself', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve([rowAt(1)])];
    const recent = new RecentEvents(() => answers.shift() ?? Promise.resolve([]));
    const failing = recent.read(0, 1);
    const waiting = recent.read(0, 1);
    await expect(failing).rejects.toThrow('away');
    expect(positions(await waiting)).toEqual([1]);
  });

  it('takes what was recorded here without fetching it, also when a later batch is answered first', async () => {
    const { log, recent } = logOf(10);
    const recorded = (from: number, to: number): void => recent.recorded(Array.from({ length: to - from + 1 }, (_each, index) => rowAt(from + index)));
    await recent.read(0, 10);
    recorded(13, 14);
    expect(positions(await recent.read(10, 2))).toEqual([]);
    recorded(11, 12);
    expect(positions(await recent.read(9, 5))).toEqual([10, 11, 12, 13, 14]);
    expect(log.asked).toEqual([[0, 10], [10, 2]]);
  });

  it('waits for what another process recorded in between', async () => {
    const { log, recent } = logOf(10);
    await recent.read(0, 10);
    recent.recorded([rowAt(12)]);
    log.length = 11;
    expect(positions(await recent.read(10, 5))).toEqual([11]);
    expect(positions(await recent.read(10, 2))).toEqual([11, 12]);
  });

  it('keeps nothing while nobody follows the log', async () => {
    const { log, recent } = logOf(3);
    recent.recorded([rowAt(1)]);
    expect(positions(await recent.read(0, 10))).toEqual([1, 2, 3]);
    expect(log.asked).toEqual([[0, 10]]);
  });

  it('is read only where it is heard, and only what is there already', async () => {
    const { log, recent } = logOf(4);
    expect(recent.heard(0, 10, new Set(['Odd']))).toEqual([]);
    await recent.read(0, 10);
    expect(recent.heard(1, 2, new Set(['Odd']))).toEqual([expect.objectContaining({ position: 2, type: 'Even', data: null }), expect.objectContaining({ position: 3, commandId: 'c', data: { at: 3 } })]);
    expect(log.asked).toEqual([[0, 10]]);
  });
});
