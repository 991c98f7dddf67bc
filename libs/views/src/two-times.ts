import { fromIso, minute, toIso } from '#kernel';
import type { Iso, Provenance } from '#kernel';

/**
 * 发生时间 When something happened by the sender's word, put right by how wrong the device's clock was found to be when it was received;
 * null where nobody said. It is shown and never reckoned with: clocks run on recorded time.
 */
export const happenedAt = ({ claimedAt, deviceSkewMs = 0 }: Pick<Provenance, 'claimedAt' | 'deviceSkewMs'>): Iso | null =>
  claimedAt === undefined ? null : toIso(fromIso(claimedAt) - deviceSkewMs);

/** 迟到 How many whole minutes after it happened something was recorded, as with a phone that had no network; null where nobody said, or at once. */
export const delayMinutes = (happened: Iso | null, recordedAt: Iso): number | null => {
  const late = happened === null ? 0 : Math.floor((fromIso(recordedAt) - fromIso(happened)) / minute);
  return late > 0 ? late : null;
};
