/**
 * 折叠的时间轴 Time from left to right, between the moments of the facts. A stretch in which nothing was recorded is folded to a narrow strip
 * when it would push everything else together; whoever wants to see it in its true length unfolds it.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly idle: boolean;
  readonly folded: boolean;
  readonly left: number;
  readonly width: number;
}

const foldedWidth = 68;
const narrowest = 16;
/** A stretch is idle when it is this share of the whole, or more, and long enough to be worth a word. */
const idleShare = 0.12;
const idleMinMs = 10 * 60_000;

export const stretchesOf = (moments: readonly number[], unfolded: ReadonlySet<number>, width: number): readonly Stretch[] => {
  const total = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  const gaps = moments.slice(1).map((to, index) => {
    const from = moments[index] as number;
    return { from, to, idle: to - from >= idleMinMs && (to - from) / total >= idleShare, folded: false };
  });
  for (const [index, gap] of gaps.entries()) gap.folded = gap.idle && !unfolded.has(index);
  const open = gaps.filter(({ folded }) => !folded);
  const openMs = open.reduce((sum, { from, to }) => sum + to - from, 0);
  // What is left after the strips and the narrowest width of every stretch is shared out by time.
  const room = Math.max(0, width - (gaps.length - open.length) * foldedWidth - open.length * narrowest);
  let left = 0;
  return gaps.map((gap) => {
    const own = gap.folded ? foldedWidth : narrowest + (openMs === 0 ? 0 : (room * (gap.to - gap.from)) / openMs);
    const stretch = { ...gap, left, width: own };
    left += own;
    return stretch;
  });
};

/** Where a moment lies; moments after the last fact lie at its place. */
export const placeOf = (stretches: readonly Stretch[], moment: number): number => {
  const last = stretches.at(-1);
  if (!last) return 0;
  const within = stretches.find(({ from, to }) => moment >= from && moment < to);
  if (within) return within.left + (within.width * (moment - within.from)) / (within.to - within.from);
  return moment < (stretches[0]?.from ?? 0) ? 0 : last.left + last.width;
};
