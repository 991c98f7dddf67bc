import type { Instant } from '#kernel';
import type { Reference } from '#reference';

/** One activation, as the log tells it. */
export interface Laid {
  readonly reference: Reference;
  readonly sha256: string;
  /** Where in the stream and where in the log it was decided. */
  readonly revision: number;
  readonly position: number;
  /** Null where it came into force at once. */
  readonly effectiveFrom: Instant | null;
  /** Where in the log it was taken back before it took effect. */
  readonly withdrawnAt: number | null;
}

/**
 * 启用序列 What comes into force one after the other, as the log knew it at a position. It begins with the last version that came into force at
 * once; moments only grow along it, since a later version is laid down behind those that wait and never before them.
 */
export const lineOf = (laid: readonly Laid[], upTo = Infinity): readonly Laid[] => {
  const known = laid.filter(({ position, withdrawnAt }) => position <= upTo && (withdrawnAt === null || withdrawnAt > upTo));
  return known.slice(Math.max(0, known.findLastIndex(({ effectiveFrom }) => effectiveFrom === null)));
};

const begun = ({ effectiveFrom }: Laid, at: Instant): boolean => effectiveFrom === null || effectiveFrom <= at;

/** What a decision of this moment goes by. It depends on the log and the moment alone, so that every process answers the same. */
export const inForceAt = (line: readonly Laid[], at: Instant): Laid | null => line.findLast((each) => begun(each, at)) ?? line[0] ?? null;

/** 状态 待生效, 生效中, 已替换 or 已撤回. */
export type ActivationState = 'waiting' | 'in-force' | 'replaced' | 'withdrawn';

export const stateOf = (laid: Laid, line: readonly Laid[], at: Instant): ActivationState => {
  if (laid.withdrawnAt !== null) return 'withdrawn';
  if (!begun(laid, at)) return 'waiting';
  return inForceAt(line, at) === laid ? 'in-force' : 'replaced';
};
