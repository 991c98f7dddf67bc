import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '#kernel';
import type { Notice } from './engine.js';

const againMs = 1_000;

export interface Patience {
  /** How long to wait for a store that is away, in seconds; 0: not at all. */
  readonly patienceSeconds: number;
  readonly notice: Notice;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/**
 * Opens an engine, and while its database or event store is away says so once and tries again every second. What is wrong in any other way
 * fails at once; a store that stays away fails as it does without patience, with `Unavailable`.
 */
export const openPatiently = async <Opened>(open: () => Promise<Opened>, { patienceSeconds, notice, wait = sleep }: Patience): Promise<Opened> => {
  for (let waitedMs = 0; ; waitedMs += againMs) {
    try {
      const opened = await open();
      if (waitedMs > 0) notice(`what was waited for is there again, after ${waitedMs / 1_000} seconds`);
      return opened;
    } catch (error) {
      if (!(error instanceof Unavailable) || waitedMs >= patienceSeconds * 1_000) throw error;
      if (waitedMs === 0) notice(`${error.message} [${error.code}]; it is tried again every second, for ${patienceSeconds} seconds`);
    }
    await wait(againMs);
  }
};
