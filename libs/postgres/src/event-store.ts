import type { Pool } from 'pg';
import type { Append, AppendResult, EventStore, LogHead, LogIdentity, RecordedCommand, RecordedEvent } from '#kernel';
import { Unavailable } from '#kernel';
import { appendInOrder } from './append-in-order.js';
import { AppendLane } from './append-lane.js';
import type { PreparedAppend } from './asked-events.js';
import { prepareAppend } from './asked-events.js';
import { Batcher } from './batcher.js';
import type { Connection } from './connection.js';
import { isFull, orUnavailable } from './connection.js';
import { RecentEvents } from './recent-events.js';
import type { RecordedRow } from './recorded-rows.js';
import { recordedIn } from './recorded-here.js';
import { eachOfStreams, readAllRows, readCommand, readHeard, readStreamRows, toRecordedEvent } from './recorded-rows.js';
import { isoOf } from './timestamps.js';
import { WakeUp } from './wake-up.js';

export interface EventStoreOptions {
  /** How many appends may wait for the store before more are turned away. */
  readonly maxWaiting?: number;
  /** How long an append is retried while the server is away. */
  readonly patienceMs?: number;
}

const maxAppendsPerBatch = 256;
const maxBytesPerBatch = 1_000_000;
const lanes = 2;
/** So long after a failed append nobody is sent here; then somebody has to try. */
const hinderedMs = 15_000;
/** A second batch beside one under way pays only when it is not tiny. */
const worthAnotherBatch = 8;

/**
 * 账本(PostgreSQL) The log in one table. Appends that arrive together are committed together, each with a result of its own.
 *
 * Beside what the port says, `append` fails with `Unavailable` `store.busy`, `store.full`, `store.away`,
 * `store.unknown-outcome`, `store.closed`, and `Refusal` `text.nul-character`.
 */
export class PostgresEventStore implements EventStore {
  private readonly listeners = new Set<() => void>();
  private readonly idleLanes: AppendLane[];
  private readonly allLanes: readonly AppendLane[];
  private readonly batcher: Batcher<PreparedAppend, AppendResult>;
  private readonly wakeUp: WakeUp;
  private readonly recent = new RecentEvents((after, limit) => this.readRows(after, limit));
  private failed: { readonly at: number; readonly full: boolean } | null = null;
  private closed = false;

  private constructor(
    connection: Connection,
    private readonly pool: Pool,
    private readonly logIdentity: LogIdentity,
    { maxWaiting = 10_000, patienceMs = 10_000 }: EventStoreOptions,
  ) {
    this.allLanes = Array.from({ length: lanes }, () => new AppendLane({ connection, patienceMs, onAttempt: (hindrance) => this.attempted(hindrance) }));
    this.idleLanes = [...this.allLanes];
    this.wakeUp = new WakeUp(connection, () => this.callListeners());
    this.batcher = new Batcher({
      run: (batch) => this.appendBatch(batch),
      maxItems: maxAppendsPerBatch,
      maxWeight: maxBytesPerBatch,
      weightOf: ({ weight }) => weight,
      keysOf: ({ stream, commandId }) => [`s ${stream}`, `c ${commandId}`],
      maxUnderWay: lanes,
      worthAnother: worthAnotherBatch,
      maxWaiting,
    });
  }

  static async open(connection: Connection, pool: Pool, identity: LogIdentity, options: EventStoreOptions = {}): Promise<PostgresEventStore> {
    const store = new PostgresEventStore(connection, pool, identity, options);
    await store.wakeUp.open();
    return store;
  }

  hindrance(): string | null {
    if (!this.failed || performance.now() - this.failed.at > hinderedMs) return null;
    return this.failed.full ? 'The disk of the database is full.' : 'The log takes no facts at the moment.';
  }

  private attempted(hindrance: unknown): void {
    this.failed = hindrance === null ? null : { at: performance.now(), full: isFull(hindrance) };
  }

  async append(append: Append): Promise<AppendResult> {
    const prepared = prepareAppend(append);
    if (this.closed) throw new Unavailable('store.closed', 'the store is closing');
    return this.batcher.add(prepared);
  }

  /**
   * Many appends as one, recorded in the order given. For the single writer of a log that knows what will come of each (a play): what
   * does not fit is a defect, and nothing of the batch is recorded.
   */
  async appendInOrder(appends: readonly Append[]): Promise<readonly AppendResult[]> {
    if (this.closed) throw new Unavailable('store.closed', 'the store is closing');
    const results = await orUnavailable(() => appendInOrder(this.pool, appends.map(prepareAppend)));
    this.callListeners();
    return results;
  }

  async readStream(stream: string, fromVersion = 1): Promise<readonly RecordedEvent[]> {
    return (await orUnavailable(() => readStreamRows(this.pool, stream, fromVersion))).map(toRecordedEvent);
  }

  async readStreams(streams: readonly string[], each: (event: RecordedEvent) => void): Promise<void> {
    await orUnavailable(() => eachOfStreams(this.pool, streams, (row) => each(toRecordedEvent(row))));
  }

  async findCommand(commandId: string): Promise<RecordedCommand | null> {
    return orUnavailable(() => readCommand(this.pool, commandId));
  }

  async readAll(after: number, limit: number, heard?: ReadonlySet<string>): Promise<readonly RecordedEvent[]> {
    if (!heard) return this.recent.read(after, limit);
    const known = this.recent.heard(after, limit, heard);
    return known.length > 0 ? known : orUnavailable(() => readHeard(this.pool, after, limit, heard));
  }

  /** As `readAll`, but provenance and payload as the very texts that were recorded: what evidence is computed from. */
  async readRows(after: number, limit: number): Promise<readonly RecordedRow[]> {
    return orUnavailable(() => readAllRows(this.pool, after, limit));
  }

  async head(): Promise<LogHead> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ position: string; at: string }>({
        name: 'head',
        text: 'select position, recorded_at::text as at from engine.events order by position desc limit 1',
      }),
    );
    const [head] = rows;
    return head ? { position: Number(head.position), recordedAt: isoOf(head.at) } : { position: 0, recordedAt: null };
  }

  identity(): LogIdentity {
    return this.logIdentity;
  }

  onAppended(listener: () => void): () => void {
    const entry = (): void => listener();
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  }

  /** Waits for the appends under way, then lets go of all connections that are the store's own. */
  async close(): Promise<void> {
    this.closed = true;
    await this.batcher.idle();
    await Promise.all([this.wakeUp.close(), ...this.allLanes.map((lane) => lane.close())]);
  }

  private async appendBatch(batch: readonly PreparedAppend[]): Promise<readonly (AppendResult | Error)[]> {
    const lane = this.idleLanes.pop();
    if (!lane) throw new Error('more batches are under way than there are lanes');
    try {
      const results = await lane.append(batch);
      if (results.some((result) => 'status' in result && result.status === 'recorded')) {
        if (this.recent.isRead) this.recent.recorded(recordedIn(batch, results));
        this.wakeUp.announce();
        queueMicrotask(() => this.callListeners());
      }
      return results;
    } finally {
      this.idleLanes.push(lane);
    }
  }

  private callListeners(): void {
    for (const listener of this.listeners) listener();
  }
}
