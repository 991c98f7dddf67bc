import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '#kernel';
import type { BatcherOptions } from './batcher.js';
import { Batcher } from './batcher.js';

/** A batcher whose batches end when the spec says so. */
const held = (options: Partial<BatcherOptions<string, string>> = {}) => {
  const batches: (readonly string[])[] = [];
  const ends: (() => void)[] = [];
  const batcher = new Batcher<string, string>({
    maxItems: 4,
    run: async (items) => {
      batches.push(items);
      await new Promise<void>((resolve) => void ends.push(resolve));
      return items.map((item) => item.toUpperCase());
    },
    ...options,
  });
  const end = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  /** Until all who ask in this breath have asked. */
  const breath = (): Promise<void> => new Promise(setImmediate);
  return { batcher, batches, end, breath };
};

describe('the batcher', () => {
  it('sends what comes while nothing is under way at once, alone', async () => {
    const { batcher, batches, end } = held();
    const result = batcher.add('a');
    expect(batches).toEqual([['a']]);
    await end();
    expect(await result).toBe('A');
  });

  it('lets what comes meanwhile wait and go together, in order, up to the limit', async () => {
    const { batcher, batches, end } = held();
    const results = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((item) => batcher.add(item)));
    await end();
    await end();
    await end();
    expect(batches).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f']]);
    expect(await results).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  });

  it('ends a batch before it weighs too much, but sends a single heavy item', async () => {
    const { batcher, batches, end } = held({ maxWeight: 5, weightOf: ({ length }) => length });
    const results = Promise.all(['a', 'bbb', 'cc', 'ddddddd', 'e'].map((item) => batcher.add(item)));
    for (let turn = 0; turn < 4; turn += 1) await end();
    expect(batches).toEqual([['a'], ['bbb', 'cc'], ['ddddddd'], ['e']]);
    await results;
  });

  it('never has two items with the same key under way, and keeps their order', async () => {
    const { batcher, batches, end, breath } = held({ maxUnderWay: 2, keysOf: (item) => [item.charAt(0)] });
    const results = Promise.all(['a1', 'a2', 'b1', 'a3', 'b2', 'c1'].map((item) => batcher.add(item)));
    await breath();
    expect(batches).toEqual([['a1'], ['b1', 'c1']]);
    await end();
    await breath();
    expect(batches.at(-1)).toEqual(['a2']);
    await end();
    await end();
    await end();
    await end();
    expect(batches.flat().filter((item) => item.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    await results;
  });

  it('starts another batch beside one under way only when enough are waiting', async () => {
    const { batcher, batches, end, breath } = held({ maxUnderWay: 2, worthAnother: 3 });
    const results = ['a', 'b', 'c'].map((item) => batcher.add(item));
    await breath();
    expect(batches).toEqual([['a']]);
    results.push(batcher.add('d'), batcher.add('e'));
    await breath();
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    await end();
    await end();
    await end();
    await Promise.all(results);
  });

  it('divides a crowd among the batches that may be under way, so that one is at work while another is answered', async () => {
    const { batcher, batches, end, breath } = held({ maxItems: 100, maxUnderWay: 2, worthAnother: 2 });
    const ask = (count: number): Promise<string>[] => Array.from({ length: count }, () => batcher.add('x'));
    const results = ask(20);
    for (let turn = 0; turn < 6; turn += 1) {
      await breath();
      await end();
      // Whoever was answered asks again.
      results.push(...ask(batches[turn]?.length ?? 0));
    }
    const sizes = batches.map(({ length }) => length);
    expect(sizes.slice(3, 6)).toEqual([10, 10, 10]);
    for (let turn = 0; turn < 30; turn += 1) await end();
    await Promise.all(results);
  });

  it('turns away with store.busy what comes when too many are waiting', async () => {
    const { batcher, end } = held({ maxWaiting: 2 });
    const accepted = ['a', 'b', 'c'].map((item) => batcher.add(item));
    await expect(batcher.add('d')).rejects.toMatchObject({ name: 'Unavailable', code: 'store.busy' });
    await end();
    await end();
    expect(await Promise.all(accepted)).toEqual(['A', 'B', 'C']);
  });

  it('fails one item alone when its result is an error, and all of a batch when the batch fails', async () => {
    const batcher = new Batcher<string, string>({
      maxItems: 10,
      run: (items) => (items.includes('all') ? Promise.reject(new Unavailable('store.away', 'away')) : Promise.resolve(items.map((item) => (item === 'one' ? new Error('one') : item)))),
    });
    const first = await Promise.allSettled(['a', 'one', 'b'].map((item) => batcher.add(item)));
    expect(first.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const second = await Promise.allSettled(['a', 'all', 'b'].map((item) => batcher.add(item)));
    expect(second.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await batcher.idle();
  });

  it('is idle when the last batch has ended', async () => {
    const { batcher, end } = held();
    let idle = false;
    const results = [batcher.add('a'), batcher.add('b')];
    const waiting = batcher.idle().then(() => { idle = true; });
    await end();
    expect(idle).toBe(false);
    await end();
    await waiting;
    await Promise.all([...results, batcher.idle()]);
  });
});
