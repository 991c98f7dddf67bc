import type { Stage } from './harness.js';

/** 检查 One thing that is walked through in the browser. Its id is stable; it fails by throwing. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly walk: (stage: Stage) => Promise<void>;
}

/** Runs the checks whose id begins with one of the words, or all, one after the other. Answers how many failed. */
export const runChecks = async (stage: Stage, checks: readonly Check[], words: readonly string[]): Promise<number> => {
  const chosen = checks.filter(({ id }) => words.length === 0 || words.some((word) => id.startsWith(word)));
  let failures = 0;
  for (const { id, title, walk } of chosen) {
    try {
      await walk(stage);
      process.stdout.write(`ok      ${id}  ${title}\n`);
    } catch (error) {
      failures += 1;
      process.stdout.write(`FAILED  ${id}  ${title}\n        ${error instanceof Error ? (error.stack ?? error.message).replaceAll('\n', '\n        ') : String(error)}\n`);
    }
  }
  process.stdout.write(`${chosen.length - failures} of ${chosen.length} checks hold\n`);
  return failures;
};

export const expectThat = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise);
};

/** Waits until something holds; fails with what was seen last. */
export const until = async <Value>(look: () => Promise<Value>, holds: (value: Value) => boolean, what: string, waitMs = 10_000): Promise<Value> => {
  const before = performance.now();
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() - before > waitMs) throw new Error(`${what}: still ${JSON.stringify(value)} after ${waitMs} ms`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
};
