import { fromIso, parseIso, Refusal, toIso } from '#kernel';
import type { Clock, EventStore, Instant } from '#kernel';

/** 时点 A moment and the end that the log had then. */
export interface AsOf {
  readonly position: number;
  readonly at: Instant;
}

type Log = Pick<EventStore, 'readAll' | 'head'>;

const positionPattern = /^\d{1,15}$/;

const momentAt = async (store: Log, position: number): Promise<Instant> => {
  const [event] = await store.readAll(position - 1, 1);
  if (!event) throw new Error(`the log has no fact at position ${position}`);
  return fromIso(event.recordedAt);
};

/** The last position that was recorded by then; 0 when nothing was. Recorded moments never go back along positions. */
const positionAt = async (store: Log, at: Instant, head: number): Promise<number> => {
  let [known, beyond] = [0, head + 1];
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2);
    if ((await momentAt(store, middle)) <= at) known = middle;
    else beyond = middle;
  }
  return known;
};

/**
 * Reads a log position or a moment. Refuses with `as-of.unreadable` what is neither, with `as-of.in-the-future` what has not come yet and
 * with `as-of.before-the-log` what was before the first fact.
 */
export const readAsOf = async (text: string, store: Log, clock: Clock): Promise<AsOf> => {
  const head = await store.head();
  if (positionPattern.test(text)) {
    const position = Number(text);
    if (position > head.position) throw new Refusal('as-of.in-the-future', `The log ends at position ${head.position}.`, { asOf: text, position: head.position });
    if (position === 0) throw new Refusal('as-of.before-the-log', 'The log begins at position 1.', { asOf: text });
    return { position, at: await momentAt(store, position) };
  }
  const at = parseIso(text);
  if (at === null) throw new Refusal('as-of.unreadable', 'asOf is a log position, or a moment with its zone such as 2026-11-23T11:30:00+08:00.', { asOf: text });
  const now = clock.now();
  if (at > now) throw new Refusal('as-of.in-the-future', `It is ${toIso(now)} now; nobody knows what will be.`, { asOf: text, now: toIso(now) });
  const position = await positionAt(store, at, head.position);
  if (position === 0) throw new Refusal('as-of.before-the-log', 'The log had not begun then.', { asOf: text });
  return { position, at };
};
