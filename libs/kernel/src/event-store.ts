import type { Instant, Iso } from './instant.js';
import type { Provenance, RecordedEvent } from './message.js';

export interface EventToRecord {
  readonly eventId: string;
  readonly type: string;
  readonly schema: number;
  readonly data: unknown;
}

/** Everything one command wants recorded: all of it or nothing. */
export interface Append {
  readonly stream: string;
  /** Version that the stream must have; 0 when it must not exist yet. There is no "any". */
  readonly expectedVersion: number;
  /** At least one. */
  readonly events: readonly EventToRecord[];
  readonly provenance: Provenance;
  /** Keyed digest of what was asked, so that a command id cannot be used for two different things. */
  readonly fingerprint?: string;
  /** The moment of the decision. The store records this or, if the log is already later, the log's last moment. */
  readonly decidedAt: Instant;
  /** Earliest due time in the state that was decided upon: past it the decision no longer holds and must be made again. */
  readonly validUntil?: Instant;
}

export type AppendResult =
  | { readonly status: 'recorded'; readonly version: number; readonly position: number; readonly recordedAt: Iso }
  /** The command id is known: this is what it led to the first time. */
  | { readonly status: 'duplicate'; readonly stream: string; readonly version: number; readonly position: number; readonly fingerprint: string | null }
  | { readonly status: 'conflict'; readonly actualVersion: number }
  /** The log's clock has passed `validUntil`; `logTime` is the moment to decide at. */
  | { readonly status: 'expired'; readonly logTime: Iso };

export interface RecordedCommand {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly fingerprint: string | null;
}

export interface LogHead {
  /** 0 when the log is empty. */
  readonly position: number;
  readonly recordedAt: Iso | null;
}

/** What a log is. A played log is a log of its own and is never opened as a live one. */
export interface LogIdentity {
  readonly logId: string;
  readonly kind: 'live' | 'demo' | 'played';
  readonly createdAt: Iso;
}

/**
 * 账本 The only truth. Every adapter passes the contract suite of the testing room.
 *
 * Promises: events of one append are recorded together or not at all; positions grow in commit order, so a reader that
 * saw position n will never meet an unseen event at or below n; `recordedAt` never goes back along positions; an append
 * that was answered `recorded` survives the death of any process.
 *
 * Fails with: `Unavailable` when the outcome is unknown or the store is away (asking again with the same command id is
 * safe), an ordinary error for a defect.
 */
export interface EventStore {
  append(append: Append): Promise<AppendResult>;
  /** Events of one stream in order, from `fromVersion` (default 1); empty for a stream that does not exist. */
  readStream(stream: string, fromVersion?: number): Promise<readonly RecordedEvent[]>;
  /**
   * Hands over the events of many streams, one by one as they come, those of a stream together and in order: whoever folds them need not
   * hold them all. Fails with what `each` throws; some may have been handed over by then, as when the store goes away in the middle.
   */
  readStreams(streams: readonly string[], each: (event: RecordedEvent) => void): Promise<void>;
  /** What a command id led to; null for one that recorded nothing. */
  findCommand(commandId: string): Promise<RecordedCommand | null>;
  /**
   * Up to `limit` events with position > `after`, in position order. Fewer only at the end of the log. Of types that are not among `heard`, where
   * it is given, events may come without provenance and data, and fewer may come than there are.
   */
  readAll(after: number, limit: number, heard?: ReadonlySet<string>): Promise<readonly RecordedEvent[]>;
  head(): Promise<LogHead>;
  identity(): LogIdentity;
  /** Why appends of this process have failed lately, in a sentence; null when nothing is known to hinder them. A log can often still be read then. */
  hindrance?(): string | null;
  /** Calls back after appends that this process makes or hears of; a hint to read, never a promise. Returns the way to stop. */
  onAppended(listener: () => void): () => void;
}
