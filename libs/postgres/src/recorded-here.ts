import type { AppendResult } from '#kernel';
import type { PreparedAppend } from './asked-events.js';
import type { RecordedRow } from './recorded-rows.js';

/** The facts of a batch that were recorded, just as they stand in the log: in its order, which is that of the batch. */
export const recordedIn = (batch: readonly PreparedAppend[], results: readonly (AppendResult | Error)[]): readonly RecordedRow[] => {
  const recorded: RecordedRow[] = [];
  batch.forEach(({ stream, expectedVersion, events, meta }, index) => {
    const result = results[index];
    if (!result || !('status' in result) || result.status !== 'recorded') return;
    const { recordedAt } = result;
    const before = result.position - events.length;
    events.forEach(({ eventId, type, schema, data }, at) => {
      recorded.push({ position: before + at + 1, stream, version: expectedVersion + at + 1, eventId: eventId.toLowerCase(), type, schema, recordedAt, meta, data });
    });
  });
  // A commit whose answer was lost is found later, beside newer facts: what is not dense is left to be read.
  return recorded.every(({ position }, at) => at === 0 || position === (recorded[at - 1]?.position ?? 0) + 1) ? recorded : [];
};
