import { afterEach, describe, expect, it } from '@jest/globals';
import { checkpointOver, NotaryRunner } from './notary-runner.js';

describe('the notary', () => {
  const hour = 3_600_000;
  let runner: NotaryRunner | undefined;

  afterEach(() => runner?.stop());

  /** Runs with a tree that grows by so much in every step, and answers when that many steps were taken. */
  const steps = (many: number, growth: number, times: { readonly everyMs: number; readonly lookMs: number }): Promise<number> =>
    new Promise((resolve, reject) => {
      let [size, taken] = [0, 0];
      const step = async (): Promise<number> => {
        size += growth;
        taken += 1;
        if (taken === many) resolve(taken);
        return Promise.resolve(growth);
      };
      runner = new NotaryRunner({ step }, () => size, (_name, error) => reject(error as Error), times);
      runner.start();
    });

  it('signs again as soon as a flood has brought enough for a checkpoint, however long it would wait otherwise', async () => {
    expect(await steps(5, checkpointOver, { everyMs: hour, lookMs: 1 })).toBe(5);
  });

  it('signs again after a while when less has come', async () => {
    expect(await steps(5, checkpointOver - 1, { everyMs: 1, lookMs: hour })).toBe(5);
  });

  it('takes no step while another process lets the trees grow, and one at once when it is this process that does', async () => {
    let looks = 0;
    const looksAtFirstStep = await new Promise<number>((resolve, reject) => {
      const grown = (): number | null => ((looks += 1) > 3 ? 10 : null);
      const step = (): Promise<number> => {
        resolve(looks);
        return Promise.resolve(10);
      };
      runner = new NotaryRunner({ step }, grown, (_name, error) => reject(error as Error), { everyMs: hour, lookMs: 1 });
      runner.start();
    });
    expect(looksAtFirstStep).toBe(4);
  });

  it('does not take a step that fails again and again before its time', async () => {
    let size = 0;
    let taken = 0;
    const told: string[] = [];
    const failed = new Promise<void>((resolve) => {
      const step = (): Promise<number> => {
        taken += 1;
        size += checkpointOver;
        return Promise.reject(new Error('the database is away'));
      };
      runner = new NotaryRunner({ step }, () => size, (name, error) => {
        told.push(`${name}: ${(error as Error).message}`);
        resolve();
      }, { everyMs: hour, lookMs: 1 });
      runner.start();
    });
    await failed;
    await runner?.stop();
    expect({ taken, told }).toEqual({ taken: 1, told: ['notary: the database is away'] });
  });
});
