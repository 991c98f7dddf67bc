import type { AppendResult, RecordedEvent } from '#kernel';
import type { PreparedAppend } from './asked-events.js';

/**
 * Whether a value is the same after it was written as JSON and read again, so that it need not be: no undefined, no numbers that JSON has
 * no word for, nothing that writes itself in a way of its own.
 */
const staysItself = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(staysItself);
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return false;
      for (const key in value) if (!staysItself((value as Record<string, unknown>)[key])) return false;
      return !('toJSON' in value);
    }
    default:
      return false;
  }
};

const asRead = <Value>(value: Value, text: string): Value => (staysItself(value) ? value : (JSON.parse(text) as Value));

/** The facts of a batch that were recorded, just as they would be read from the log: in its order, which is that of the batch. */
export const recordedIn = (batch: readonly PreparedAppend[], results: readonly (AppendResult | Error)[]): readonly RecordedEvent[] => {
  const recorded: RecordedEvent[] = [];
  batch.forEach(({ stream, expectedVersion, events, provenance, meta }, index) => {
    const result = results[index];
    if (!result || !('status' in result) || result.status !== 'recorded') return;
    const { recordedAt } = result;
    const before = result.position - events.length;
    const from = asRead(provenance, meta);
    events.forEach(({ eventId, type, schema, data, original }, at) => {
      recorded.push({ ...from, eventId, stream, version: expectedVersion + at + 1, position: before + at + 1, type, schema, recordedAt, data: asRead(original, data) });
    });
  });
  // A commit whose answer was lost is found later, beside newer facts: what is not dense is left to be read.
  return recorded.every(({ position }, at) => at === 0 || position === (recorded[at - 1]?.position ?? 0) + 1) ? recorded : [];
};
