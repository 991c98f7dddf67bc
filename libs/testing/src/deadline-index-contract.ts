import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadlineChange, DeadlineIndex, DeadlineMoment, Instant } from '#kernel';
import { hour, minute } from '#kernel';
import { someMoment } from './builders.js';

export interface OpenedDeadlineIndex<Tx> {
  readonly index: DeadlineIndex<Tx>;
  /** Runs work in a transaction and commits it. */
  transact(work: (tx: Tx) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const now = someMoment;

const change = (stream: string, pending: readonly (readonly [DeadlineMoment, Instant])[], clockId = 'handling'): DeadlineChange => ({
  stream,
  clockId,
  pending: pending.map(([moment, at]) => ({ moment, at })),
});

const theseStreams = (streams: readonly string[]): Promise<readonly string[]> => Promise.resolve(streams);
const noStreams = (): Promise<readonly string[]> => Promise.resolve([]);

/** What every adapter of the port `DeadlineIndex` promises. The index that `open` gives must be empty. */
export const deadlineIndexContract = <Tx>(name: string, open: () => Promise<OpenedDeadlineIndex<Tx>>): void => {
  describe(`${name} keeps the contract of the deadline index 时限索引`, () => {
    let opened: OpenedDeadlineIndex<Tx>;
    let index: DeadlineIndex<Tx>;

    beforeAll(async () => {
      opened = await open();
      index = opened.index;
    });

    // Each rule starts from an empty index: everything pending is fired and done.
    afterEach(async () => {
      while ((await index.claim(Date.UTC(2100, 0), 1_000, theseStreams)) > 0);
    });

    afterAll(async () => {
      await opened.close();
    });

    const project = (...changes: DeadlineChange[]): Promise<void> => opened.transact((tx) => index.project(tx, changes));

    /** Fires everything due and answers the streams in the order in which they came. */
    const fireAll = async (at: Instant, limit = 100): Promise<readonly string[]> => {
      const fired: string[] = [];
      const collect = async (streams: readonly string[]): Promise<readonly string[]> => {
        fired.push(...streams);
        return streams;
      };
      while ((await index.claim(at, limit, collect)) > 0);
      return fired;
    };

    it('an empty index has nothing to say', async () => {
      expect(await index.nextAt()).toBeNull();
      expect(await index.claim(now, 10, () => Promise.reject(new Error('nothing is due')))).toBe(0);
    });

    it('what is due comes at its very moment and not before, earliest first, and is then done', async () => {
      await project(change('c', [['due', now]]), change('a', [['due', now - minute]]), change('b', [['due', now + 1]]));
      expect(await index.nextAt()).toBe(now - minute);
      expect(await fireAll(now)).toEqual(['a', 'c']);
      expect(await fireAll(now)).toEqual([]);
      expect(await index.nextAt()).toBe(now + 1);
      expect(await fireAll(now + 1)).toEqual(['b']);
    });

    it('a stream comes once, however many of its moments are due', async () => {
      await project(change('a', [['warn', now - 3], ['due', now - 2], ['serious', now - 1]]), change('a', [['due', now]], 'arrival'));
      expect(await fireAll(now)).toEqual(['a']);
    });

    it('a change replaces all earlier moments of its clock and none of another', async () => {
      await project(change('a', [['warn', now - hour], ['due', now]]), change('a', [['due', now + hour]], 'arrival'));
      await project(change('a', [['due', now + minute]]));
      expect(await index.nextAt()).toBe(now + minute);
      expect(await fireAll(now)).toEqual([]);
      expect(await fireAll(now + minute)).toEqual(['a']);
      expect(await index.nextAt()).toBe(now + hour);
    });

    it('of several changes of one clock in one go the last counts', async () => {
      await project(change('a', [['due', now]]), change('a', []), change('a', [['due', now + hour]]), change('b', [['due', now]]), change('b', []));
      expect(await index.nextAt()).toBe(now + hour);
    });

    it('a stopped clock has nothing pending', async () => {
      await project(change('a', [['warn', now], ['due', now]]));
      await project(change('a', []));
      expect(await index.nextAt()).toBeNull();
      expect(await fireAll(now)).toEqual([]);
    });

    it('streams that were not settled stay pending', async () => {
      await project(change('a', [['due', now]]), change('b', [['due', now]]));
      expect(await index.claim(now, 10, () => Promise.resolve(['b']))).toBe(2);
      expect(await fireAll(now)).toEqual(['a']);
    });

    it('when firing fails everything stays pending, and the failure is heard', async () => {
      await project(change('a', [['due', now]]));
      await expect(index.claim(now, 10, () => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
      expect(await fireAll(now)).toEqual(['a']);
    });

    it('hands over at most the limit, and exactly the limit while more are due', async () => {
      await project(...Array.from({ length: 25 }, (_, n) => change(`s${String(n).padStart(2, '0')}`, [['warn', now - hour + n], ['due', now - minute + n], ['serious', now]])));
      const handed: number[] = [];
      for (let count = -1; count !== 0; ) handed.push((count = await index.claim(now, 10, theseStreams)));
      expect(handed).toEqual([10, 10, 5, 0]);
    });

    it('counts streams and not clocks, and hands over all that is due in one', async () => {
      await project(...Array.from({ length: 25 }, (_, n) => [0, 1, 2].slice(n % 3).map((clock) => change(`s${n}`, [['due', now - n - clock * minute]], `clock:${clock}`))).flat());
      const handed: string[][] = [];
      const take = (streams: readonly string[]): Promise<readonly string[]> => {
        handed.push([...streams]);
        return Promise.resolve(streams);
      };
      while ((await index.claim(now, 10, take)) > 0);
      expect(handed.map(({ length }) => length)).toEqual([10, 10, 5]);
      expect(new Set(handed.flat()).size).toBe(25);
      expect(await index.nextAt()).toBeNull();
    });

    it('no two workers get the same stream at the same time, and each goes past what the other holds', async () => {
      await project(...Array.from({ length: 6 }, (_, n) => change(`s${n}`, [['warn', now - hour + n], ['due', now - minute], ['serious', now]])));
      const first: string[] = [];
      const second: string[] = [];
      await index.claim(now, 3, async (streams) => {
        first.push(...streams);
        await index.claim(now, 10, async (others) => {
          second.push(...others);
          return others;
        });
        return streams;
      });
      expect([first.toSorted(), second.toSorted()]).toEqual([['s0', 's1', 's2'], ['s3', 's4', 's5']]);
      expect(await fireAll(now)).toEqual([]);
    });

    it('of many workers at once each stream goes to one, and who gets less than asked for knows that nothing is left', async () => {
      const streams = Array.from({ length: 600 }, (_, n) => `s${n}`);
      await project(...streams.map((stream, n) => change(stream, [['warn', now - n], ['due', now - 1]])));
      const fired: string[] = [];
      const leftByLess: number[] = [];
      const work = async (): Promise<void> => {
        for (let handed = 7; handed === 7; ) {
          handed = await index.claim(now, 7, async (claimed) => {
            fired.push(...claimed);
            await new Promise(setImmediate);
            return claimed;
          });
          if (handed < 7) leftByLess.push(streams.length - fired.length);
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      expect(fired.toSorted()).toEqual(streams.toSorted());
      // What the other three hold at that moment, and nothing else.
      expect(Math.max(...leftByLess)).toBeLessThanOrEqual(3 * 7);
    });

    it('a moment that was replaced after it was done stays: only what was claimed is done', async () => {
      await project(change('a', [['due', now]]));
      await index.claim(now, 10, theseStreams);
      await project(change('a', [['due', now + hour]]));
      expect(await index.nextAt()).toBe(now + hour);
    });

    it('moments that are not due yet survive the firing of those that are', async () => {
      await project(change('a', [['warn', now], ['due', now + hour], ['serious', now + 2 * hour]]));
      expect(await fireAll(now)).toEqual(['a']);
      expect(await index.nextAt()).toBe(now + hour);
      expect(await index.claim(now, 10, noStreams)).toBe(0);
    });
  });
};
