import type { Page } from 'playwright-core';
import { expectThat } from './checks.js';

/** What a quiet machine of two cores needs for `work`, in milliseconds: the one that the goals are told for. */
const quietMs = 105;
const rounds = 7;

/** Some of everything that a page does when it loads: text becomes objects, objects become elements, elements get a place. */
const work = `(() => {
  const before = performance.now();
  const text = JSON.stringify(Array.from({ length: 4_000 }, (_none, index) => ({ index, name: 'grid ' + index, at: [121 + index / 1e4, 31] })));
  let read = 0;
  for (let round = 0; round < 10; round += 1) read += JSON.parse(text).length;
  const list = document.createElement('ul');
  for (let index = 0; index < 2_000; index += 1) list.append(Object.assign(document.createElement('li'), { textContent: String(read + index) }));
  document.body.append(list);
  void list.offsetHeight;
  list.remove();
  return performance.now() - before;
})()`;

/** 快慢 How many times as long as on the quiet machine things take in this browser now; at least 1. The median, since the first rounds are slower. */
const paceOf = async (page: Page): Promise<number> => {
  const taken: number[] = [];
  while (taken.length < rounds) taken.push(await page.evaluate<number>(work));
  return Math.max(1, (taken.sort((a, b) => a - b)[Math.floor(rounds / 2)] as number) / quietMs);
};

export interface Goal {
  readonly what: string;
  readonly ms: number;
  /** On a quiet machine. */
  readonly goalMs: number;
}

/** Tells how long things took, and fails if that is over a goal by more than this machine is slower, at this moment, than a quiet one. */
export const withinGoals = async (page: Page, goals: readonly Goal[]): Promise<void> => {
  const pace = await paceOf(page);
  process.stdout.write(`        ${goals.map(({ what, ms, goalMs }) => `${what} ${Math.round(ms)} ms (to reach: ${goalMs})`).join(', ')}; this machine takes ${pace.toFixed(1)} times as long as a quiet one\n`);
  for (const { what, ms, goalMs } of goals) expectThat(ms <= goalMs * pace, `${what} took ${ms} ms`);
};
