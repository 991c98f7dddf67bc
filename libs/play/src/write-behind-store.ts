import { fromIso, toIso } from '#kernel';
import type { Append, AppendResult, EventStore, EventToRecord, Instant, LogHead, LogIdentity, RecordedCommand, RecordedEvent } from '#kernel';

/** A store that can also take many appends at once, in order. */
export interface OrderedStore extends EventStore {
  appendInOrder(appends: readonly Append[]): Promise<readonly AppendResult[]>;
}

interface Waiting {
  readonly append: Append;
  readonly expected: Extract<AppendResult, { status: 'recorded' }>;
}

const batchMax = 512;
const waitingMax = 4_096;
const pageSize = 5_000;

/**
 * 先答后记 For a play, which is the only writer of its log and can be played again: it is answered at once and written right behind, in
 * order, many at a time. Whatever the log then says otherwise than was answered ends the play as a defect. Never for a log in which
 * anybody else's word counts.
 */
export class WriteBehindStore implements EventStore {
  /** What was recorded last, for whoever asks right after. */
  private latest: { readonly stream: string; readonly events: readonly RecordedEvent[] } | null = null;
  private waiting: Waiting[] = [];
  private writing: Promise<void> = Promise.resolve();
  private idle = true;
  private defect: unknown = null;

  private constructor(
    private readonly inner: OrderedStore,
    private readonly versions: Map<string, number>,
    private position: number,
    private lastRecordedAt: Instant,
  ) {}

  /** Reads through the log once, to know every stream's version from there on. */
  static async over(inner: OrderedStore): Promise<WriteBehindStore> {
    const versions = new Map<string, number>();
    let position = 0;
    let recordedAt: Instant = Number.NEGATIVE_INFINITY;
    for (;;) {
      const page = await inner.readAll(position, pageSize);
      for (const { stream, version } of page) versions.set(stream, version);
      const last = page.at(-1);
      if (!last) return new WriteBehindStore(inner, versions, position, recordedAt);
      position = last.position;
      recordedAt = fromIso(last.recordedAt);
    }
  }

  async append(append: Append): Promise<AppendResult> {
    if (this.defect !== null) throw this.defect;
    if (this.waiting.length >= waitingMax) await this.flush();
    const version = this.versions.get(append.stream) ?? 0;
    if (version !== append.expectedVersion) return { status: 'conflict', actualVersion: version };
    const at = Math.max(this.lastRecordedAt, append.decidedAt);
    if (append.validUntil !== undefined && at > append.validUntil) return { status: 'expired', logTime: toIso(at) };
    this.lastRecordedAt = at;
    const recordedAt = toIso(at);
    this.position += append.events.length;
    const { stream } = append;
    const told = (event: EventToRecord, index: number): RecordedEvent => ({
      stream, version: version + index + 1, position: this.position - append.events.length + index + 1, recordedAt, ...append.provenance, ...event,
    });
    this.latest = { stream, events: append.events.map(told) };
    this.versions.set(append.stream, version + append.events.length);
    const expected = { status: 'recorded', version: version + append.events.length, position: this.position, recordedAt } as const;
    this.waiting.push({ append, expected });
    if (this.idle && this.waiting.length >= batchMax) this.writing = this.writeAll();
    return expected;
  }

  /** Waits until everything that was answered is in the log. */
  async flush(): Promise<void> {
    await this.writing;
    if (this.waiting.length > 0) await (this.writing = this.writeAll());
    if (this.defect !== null) throw this.defect;
  }

  async readStream(stream: string, fromVersion = 1): Promise<readonly RecordedEvent[]> {
    if ((this.versions.get(stream) ?? 0) < fromVersion) return [];
    if (this.latest?.stream === stream && this.latest.events[0]?.version === fromVersion) return this.latest.events;
    await this.flush();
    return this.inner.readStream(stream, fromVersion);
  }

  async readStreams(streams: readonly string[], each: (event: RecordedEvent) => void): Promise<void> {
    await this.flush();
    return this.inner.readStreams(streams, each);
  }

  async readAll(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    await this.flush();
    return this.inner.readAll(after, limit);
  }

  async findCommand(commandId: string): Promise<RecordedCommand | null> {
    await this.flush();
    return this.inner.findCommand(commandId);
  }

  head(): Promise<LogHead> {
    return Promise.resolve({ position: this.position, recordedAt: this.position === 0 ? null : toIso(this.lastRecordedAt) });
  }

  identity(): LogIdentity {
    return this.inner.identity();
  }

  onAppended(listener: () => void): () => void {
    return this.inner.onAppended(listener);
  }

  private async writeAll(): Promise<void> {
    this.idle = false;
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting.slice(0, batchMax);
        this.waiting = this.waiting.slice(batch.length);
        const results = await this.inner.appendInOrder(batch.map(({ append }) => append));
        for (const [index, { append, expected }] of batch.entries()) {
          const result = results[index];
          const same = result?.status === 'recorded' && result.position === expected.position && result.version === expected.version && result.recordedAt === expected.recordedAt;
          if (!same) throw new Error(`the log says ${JSON.stringify(result)} about ${append.stream}, the play was told ${JSON.stringify(expected)}`);
        }
      }
    } catch (error) {
      this.defect = error;
    } finally {
      this.idle = true;
    }
  }
}
