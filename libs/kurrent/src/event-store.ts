import type { Pool } from 'pg';
import type { Append, AppendResult, LogHead, LogIdentity, RecordedCommand, RecordedEvent } from '#kernel';
import { Unavailable } from '#kernel';
import type { Connection, EventStoreOptions, LogStore, PreparedAppend, RecordedRow } from '#postgres';
import { Batcher, isUuid, orUnavailable, prepareAppend, RecentEvents, toRecordedEvent } from '#postgres';
import { AppendLane } from './append-lane.js';
import { asRow, FactReader } from './fact-reader.js';
import type { PlacedFact } from './fact-reader.js';
import { orderedCommand, orderHead } from './order.js';
import { recordInOrder } from './record-in-order.js';
import { Section } from './section.js';
import type { KurrentServer } from './server.js';
import { KurrentStoredFacts } from './stored-facts.js';
import { Tail } from './tail.js';

export interface KurrentStoreParts {
  readonly connection: Connection;
  readonly pool: Pool;
  readonly server: KurrentServer;
  readonly identity: LogIdentity;
}

const maxAppendsPerBatch = 256;
const maxBytesPerBatch = 1_000_000;
/** An index of the order holds it; no name of a stream of ours comes near. */
const streamNameMost = 500;

/**
 * 账本(KurrentDB) The facts are in KurrentDB, one stream for each incident, byte by byte as they are hashed. What KurrentDB does not know is
 * beside it in PostgreSQL: at which dense position each fact stands, what every command led to, which moment was recorded. That order
 * follows from the server's log alone; a fact belongs to the log as soon as the order has it.
 *
 * Beside what the port says, `append` fails with `Unavailable` `store.busy`, `store.away`, `store.unknown-outcome`, `store.access-denied`,
 * `store.closed`, with `Refusal` `text.nul-character`, `store.append-too-large`, and everything with `BrokenLog` where the event store
 * does not have what was recorded there.
 */
export class KurrentEventStore implements LogStore {
  private readonly listeners = new Set<() => void>();
  private readonly section: Section;
  private readonly lane: AppendLane;
  private readonly batcher: Batcher<PreparedAppend, AppendResult>;
  private readonly facts: FactReader;
  private readonly tail: Tail;
  private readonly recent = new RecentEvents((after, limit) => this.readRows(after, limit));
  private closed = false;

  private constructor(
    private readonly parts: KurrentStoreParts,
    { maxWaiting = 10_000, patienceMs = 10_000 }: EventStoreOptions,
  ) {
    const { connection, pool, server } = parts;
    this.section = new Section({ connection, server });
    this.lane = new AppendLane(this.section, server, patienceMs);
    this.facts = new FactReader(pool, server);
    this.tail = new Tail({ server, orderEnd: () => orUnavailable(() => orderHead(pool)), catchUp: () => this.catchUp(), ring: () => this.callListeners() });
    this.batcher = new Batcher({
      run: (batch) => this.appendBatch(batch),
      maxItems: maxAppendsPerBatch, maxWeight: maxBytesPerBatch, weightOf: ({ weight }) => weight,
      keysOf: ({ stream, commandId }) => [`s ${stream}`, `c ${commandId.toLowerCase()}`],
      maxWaiting,
    });
  }

  /** Opens the log and brings its order up to date. Fails with `Unavailable` when either server is away. */
  static async open(parts: KurrentStoreParts, options: EventStoreOptions = {}): Promise<KurrentEventStore> {
    const store = new KurrentEventStore(parts, options);
    try {
      await store.catchUp();
      store.tail.open(await orUnavailable(() => orderHead(parts.pool)));
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async append(append: Append): Promise<AppendResult> {
    const prepared = this.prepared(append);
    if (this.closed) throw new Unavailable('store.closed', 'the store is closing');
    return this.batcher.add(prepared);
  }

  async appendInOrder(appends: readonly Append[]): Promise<readonly AppendResult[]> {
    if (this.closed) throw new Unavailable('store.closed', 'the store is closing');
    const prepared = appends.map((append) => this.prepared(append));
    const results = await orUnavailable(() => recordInOrder(this.section, prepared));
    this.callListeners();
    return results;
  }

  async readStream(stream: string, fromVersion = 1): Promise<readonly RecordedEvent[]> {
    return toEvents((await this.facts.ofStreams([stream], fromVersion)).get(stream) ?? []);
  }

  async readStreams(streams: readonly string[], each: (event: RecordedEvent) => void): Promise<void> {
    for (const facts of (await this.facts.ofStreams(streams)).values()) toEvents(facts).forEach((event) => each(event));
  }

  async findCommand(commandId: string): Promise<RecordedCommand | null> {
    return isUuid(commandId) ? orUnavailable(() => orderedCommand(this.parts.pool, commandId)) : null;
  }

  async readAll(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    return this.recent.read(after, limit);
  }

  async readRows(after: number, limit: number): Promise<readonly RecordedRow[]> {
    return (await this.facts.after(after, limit)).map(asRow);
  }

  /** The same log for whoever compares it with what was signed. */
  storedFacts(): KurrentStoredFacts {
    return new KurrentStoredFacts(this.parts.pool, this.parts.server);
  }

  async head(): Promise<LogHead> {
    const head = await orUnavailable(() => orderHead(this.parts.pool));
    return head ? { position: head.position, recordedAt: head.recordedAt } : { position: 0, recordedAt: null };
  }

  identity(): LogIdentity {
    return this.parts.identity;
  }

  onAppended(listener: () => void): () => void {
    const entry = (): void => listener();
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  }

  /** Asks the event store for a sign of life. Fails with `Unavailable` and the reason. */
  async check(): Promise<void> {
    await this.parts.server.readStream('nothing', 1);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.tail.close();
    this.lane.close();
    await this.batcher.idle();
    await this.section.close();
    await this.parts.server.close();
  }

  private prepared(append: Append): PreparedAppend {
    if (append.stream.length > streamNameMost) throw new Error(`the name of a stream has at most ${streamNameMost} characters`);
    return prepareAppend(append);
  }

  /** What stands in the server's log and not yet in the order finds its place. */
  private catchUp(): Promise<void> {
    return orUnavailable(() => this.section.run([], [], async (held, look) => void (await held.catchUp(look.head, 0n, look.asked.filter(({ over }) => over).map(({ commandId }) => commandId)))));
  }

  private async appendBatch(batch: readonly PreparedAppend[]): Promise<readonly (AppendResult | Error)[]> {
    const results = await this.lane.append(batch);
    if (results.some((result) => 'status' in result && result.status === 'recorded')) queueMicrotask(() => this.callListeners());
    return results;
  }

  private callListeners(): void {
    for (const listener of this.listeners) listener();
  }
}

const toEvents = (facts: readonly PlacedFact[]): readonly RecordedEvent[] => facts.map((fact) => toRecordedEvent(asRow(fact)));
