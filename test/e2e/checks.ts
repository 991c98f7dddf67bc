import type { Stage } from './harness.js';

/** 检查 One thing that is walked through in the browser. Its id is stable; it fails by throwing. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly walk: (stage: Stage) => Promise<void>;
}

const linesShown = 14;

/** What went wrong, without the long tail that a browser adds, and where. */
const reasonOf = (error: Error): string => {
  const lines = (error.stack ?? error.message).split('\n');
  return [...lines.slice(0, linesShown), ...lines.filter((line, index) => index >= linesShown && line.includes('/test/e2e/'))].join('\n        ');
};

/** Null when it holds, otherwise what was wrong. */
const walked = async (stage: Stage, { id, walk }: Check): Promise<string | null> => {
  try {
    await walk(stage);
    await stage.leaveAll(null);
    return null;
  } catch (error) {
    await stage.leaveAll(id);
    return error instanceof Error ? reasonOf(error) : String(error);
  }
};

/**
 * Runs the checks one after the other. Answers how many failed. A check that fails is walked once more, since a browser on a busy machine may be
 * slower than anybody would wait; what went wrong the first time is told all the same.
 */
export const runChecks = async (stage: Stage, checks: readonly Check[]): Promise<number> => {
  let failures = 0;
  for (const check of checks) {
    const { id, title } = check;
    const first = await walked(stage, check);
    if (first !== null) process.stdout.write(`again   ${id}  ${first}\n`);
    const second = first === null ? null : await walked(stage, check);
    if (second !== null) failures += 1;
    process.stdout.write(second === null ? `ok      ${id}  ${title}\n` : `FAILED  ${id}  ${title}\n        ${second}\n`);
  }
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
