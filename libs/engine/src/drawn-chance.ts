import { randomFillSync } from 'node:crypto';

const steps = 2 ** 32;
const drawnAtATime = 256;

/** 抽签 Chance in [0, 1) that nobody can foresee, drawn many at a time, since asking for one alone costs as much as for all of them. */
export const drawnChance = (): (() => number) => {
  const drawn = new Uint32Array(drawnAtATime);
  let next = drawnAtATime;
  return () => {
    if (next === drawnAtATime) {
      randomFillSync(drawn);
      next = 0;
    }
    const number = drawn[next] ?? 0;
    next += 1;
    return number / steps;
  };
};
