export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

export interface Round {
  readonly perSecond: number;
  /** Of one piece of work, in milliseconds. */
  readonly medianMs: number;
}

/** Keeps `concurrency` pieces of work under way for a while; each begins when one ends. */
export const runFor = (durationMs: number, concurrency: number, work: () => Promise<unknown>): Promise<Round> => {
  const until = performance.now() + durationMs;
  return runUntil((now) => now >= until, concurrency, work);
};

/** The same until something has been seen. */
export const runUntil = async (isOver: (now: number) => boolean, concurrency: number, work: () => Promise<unknown>): Promise<Round> => {
  const took: number[] = [];
  const began = performance.now();
  const lane = async (): Promise<void> => {
    for (let from = performance.now(); !isOver(from); ) {
      await work();
      const now = performance.now();
      took.push(now - from);
      from = now;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { perSecond: (took.length / (performance.now() - began)) * 1_000, medianMs: median(took) };
};

/** Works through so many items with a bound on how many are under way. */
export const runAll = async (count: number, concurrency: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
};

/** Contenders take turns, so that whatever else the machine does at the time meets them all alike. Rounds by contender. */
export const inTurns = async <Name extends string>(
  rounds: number, contenders: Readonly<Record<Name, () => Promise<Round>>>, onRound: (done: number) => void,
): Promise<Readonly<Record<Name, readonly Round[]>>> => {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Round[]])) as Record<Name, Round[]>;
  let done = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      results[name].push(await contenders[name]());
      onRound((done += 1));
    }
  }
  return results;
};

export const ratesOf = (rounds: readonly Round[]): number => median(rounds.map(({ perSecond }) => perSecond));
