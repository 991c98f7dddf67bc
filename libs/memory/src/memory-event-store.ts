import { fromIso, Refusal, toIso } from '#kernel';
import type { Append, AppendResult, EventStore, Instant, LogHead, LogIdentity, RecordedCommand, RecordedEvent } from '#kernel';

/** 账本 The log in memory: the twin of the real ones, for specs and for what needs no tomorrow. */
export class MemoryEventStore implements EventStore {
  private readonly log: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly commands = new Map<string, RecordedCommand>();
  private readonly listeners = new Set<() => void>();
  private lastRecordedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(private readonly logIdentity: LogIdentity = { logId: '00000000-0000-4000-8000-000000000000', kind: 'live', createdAt: '1970-01-01T00:00:00.000Z' }) {}

  /** Copies what it is given before it returns: what the caller does with the data afterwards is not recorded. */
  async append(append: Append): Promise<AppendResult> {
    return this.appendNow(append);
  }

  readStream(stream: string, fromVersion = 1): Promise<readonly RecordedEvent[]> {
    return Promise.resolve((this.streams.get(stream) ?? []).slice(Math.max(0, fromVersion - 1)));
  }

  async readStreams(streams: readonly string[], each: (event: RecordedEvent) => void): Promise<void> {
    for (const stream of new Set(streams)) this.streams.get(stream)?.forEach((event) => each(event));
  }

  readAll(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    return Promise.resolve(this.log.slice(after, after + limit));
  }

  findCommand(commandId: string): Promise<RecordedCommand | null> {
    return Promise.resolve(this.commands.get(commandId) ?? null);
  }

  head(): Promise<LogHead> {
    const last = this.log.at(-1);
    return Promise.resolve({ position: this.log.length, recordedAt: last?.recordedAt ?? null });
  }

  identity(): LogIdentity {
    return this.logIdentity;
  }

  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private appendNow({ stream, expectedVersion, events, provenance, fingerprint, decidedAt, validUntil }: Append): AppendResult {
    if (events.length === 0) throw new Error('an append records at least one event');
    const known = this.commands.get(provenance.commandId);
    if (known) return { status: 'duplicate', ...known };
    const written = this.streams.get(stream) ?? [];
    if (written.length !== expectedVersion) return { status: 'conflict', actualVersion: written.length };
    const at = Math.max(this.lastRecordedAt, decidedAt);
    if (validUntil !== undefined && at > validUntil) return { status: 'expired', logTime: toIso(at) };
    const recordedAt = toIso(at);
    refuseNulCharacter(JSON.stringify([stream, provenance, fingerprint]));
    const recorded = events.map(({ eventId, type, schema, data }, index): RecordedEvent => ({
      eventId, stream, version: expectedVersion + index + 1, position: this.log.length + index + 1, type, schema, recordedAt, data: copied(data), ...provenance,
    }));
    this.lastRecordedAt = fromIso(recordedAt);
    this.log.push(...recorded);
    this.streams.set(stream, [...written, ...recorded]);
    const version = expectedVersion + events.length;
    const position = this.log.length;
    this.commands.set(provenance.commandId, { stream, version, position, fingerprint: fingerprint ?? null });
    for (const listener of this.listeners) listener();
    return { status: 'recorded', version, position, recordedAt };
  }
}

/** Through JSON, as every real store does it: what comes back can never be the object that went in. */
const copied = (data: unknown): unknown => {
  const text = JSON.stringify(data);
  refuseNulCharacter(text);
  return frozen(JSON.parse(text));
};

/** Everybody reads the same objects, so nobody may change them. */
const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};

/** JSON's way to write U+0000, unless the backslash before it is itself an escaped one. */
const escapedNul = /(?<!\\)(?:\\\\)*\\u0000/;

const refuseNulCharacter = (json: string): void => {
  if (json.includes('\\u0000') && escapedNul.test(json)) throw new Refusal('text.nul-character', 'a text contains the character U+0000, which cannot be recorded');
};
