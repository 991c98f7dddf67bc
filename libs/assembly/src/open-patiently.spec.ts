import { describe, expect, it } from '@jest/globals';
import { Refusal, Unavailable } from '#kernel';
import { openPatiently } from './open-patiently.js';

const opening = (failures: number, failure: Error = new Unavailable('store.away', 'the database cannot be reached')) => {
  const notices: string[] = [];
  let tries = 0;
  let waitedMs = 0;
  const open = async (): Promise<string> => {
    tries += 1;
    if (tries <= failures) throw failure;
    return 'open';
  };
  const start = (patienceSeconds: number) => openPatiently(open, { patienceSeconds, notice: (text) => notices.push(text), wait: async (ms) => void (waitedMs += ms) });
  return { start, notices, seen: () => ({ tries, waitedMs }) };
};

describe('a start while the database is away', () => {
  it('waits until it is there, and says so twice and no more', async () => {
    const { start, notices, seen } = opening(5);
    expect(await start(60)).toBe('open');
    expect(seen()).toEqual({ tries: 6, waitedMs: 5_000 });
    expect(notices).toEqual(['the database cannot be reached [store.away]; it is tried again every second, for 60 seconds', 'what was waited for is there again, after 5 seconds']);
  });

  it('fails with the same error when the patience is over', async () => {
    const { start, seen } = opening(100);
    await expect(start(3)).rejects.toMatchObject({ code: 'store.away' });
    expect(seen()).toEqual({ tries: 4, waitedMs: 3_000 });
  });

  it('does not wait for what waiting does not mend', async () => {
    const { start, notices, seen } = opening(1, new Refusal('log.wrong-kind', 'another kind'));
    await expect(start(60)).rejects.toMatchObject({ code: 'log.wrong-kind' });
    expect([seen().tries, notices]).toEqual([1, []]);
  });
});
