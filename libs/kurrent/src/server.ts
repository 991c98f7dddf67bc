import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import client from '@kurrent/kurrentdb-client';
import type { KurrentAddress } from './address.js';
import type { Sent } from './outcomes.js';
import { awayFor, isMissing, outcomeOf } from './outcomes.js';
import type { FactToStore, Place, RawEvent } from './stored-event.js';
import { eventOf } from './stored-event.js';

const late = (ms: number): Error => new Error(`no answer within ${ms} ms`);
/** Reading is slow at the first time and changes nothing, so nobody is in a hurry to call it off. */
const readDeadlineMs = 5_000;
/** Not more often than that, while a server is away. */
const renewAfterMs = 200;
/** Events that are read in one go. */
export const readAtOnce = 1_000;

export interface Subscription {
  /** Ends it; it never calls back afterwards. */
  stop(): void;
}

/**
 * 事件库 The calls to the server that are used, each with an end: the client's own deadline does not cover all of them. Nothing else knows the
 * client. Reads go past its own conversion, so that bytes stay what they are.
 */
export class KurrentServer {
  private client: KurrentDBClient;
  /** What reads by the bridge: it gives up for good after some tries, so that it is made anew after every failure. */
  private reader: KurrentDBClient;
  private failedAt: number | null = null;
  readonly prefix: string;

  constructor(
    private readonly address: KurrentAddress,
    /** How long an append may take before its outcome is called unknown. */
    readonly deadlineMs: number,
  ) {
    this.prefix = `${address.logName}.`;
    this.client = this.connect();
    this.reader = this.connect();
  }

  /** Facts of one append: all of them or none, and only at the version told. Never fails. */
  async append(stream: string, expectedVersion: number, facts: readonly FactToStore[]): Promise<Sent> {
    return this.appendTo(`${this.prefix}${stream}`, expectedVersion, facts.map(eventOf));
  }

  async appendTo(streamName: string, expectedVersion: number, events: readonly ReturnType<typeof eventOf>[]): Promise<Sent> {
    try {
      const { position } = await this.inTime(this.client.appendToStream(streamName, [...events] as never, {
        streamState: expectedVersion === 0 ? client.NO_STREAM : BigInt(expectedVersion - 1), deadline: this.deadlineMs,
      }), this.deadlineMs);
      return { kind: 'recorded', commit: position?.commit ?? 0n };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Events of the log's streams in the server's order, from a place on, which itself is the first; fails with `ServerAway`. */
  async readAll(from: Place | null, limit: number): Promise<readonly RawEvent[]> {
    return this.collect((reader) => reader.rustClient.readAll({
      fromPosition: from ?? client.START, direction: client.FORWARDS, maxCount: BigInt(limit), requiresLeader: false, resolvesLink: false,
      filter: { filterOn: 'streamName', prefixes: [this.prefix] } as never,
    }));
  }

  /** Events of one stream from a version on; null for one that does not exist. Fails with `ServerAway`. */
  async readStream(stream: string, fromVersion: number): Promise<readonly RawEvent[] | null> {
    return this.readNamed(`${this.prefix}${stream}`, fromVersion);
  }

  async readNamed(streamName: string, fromVersion: number): Promise<readonly RawEvent[] | null> {
    try {
      return await this.collect((reader) => reader.rustClient.readStream(streamName, {
        fromRevision: BigInt(fromVersion - 1), direction: client.FORWARDS, maxCount: BigInt(Number.MAX_SAFE_INTEGER), requiresLeader: false, resolvesLink: false,
      }));
    } catch (error) {
      if (isMissing((error as Error).cause)) return null;
      throw error;
    }
  }

  /** Calls back with the place of every event of the log's streams behind a place, until it ends with an error or is stopped. */
  subscribe(after: Place | null, onEvent: (place: Place) => void, onEnd: (error: unknown) => void): Subscription {
    const subscription = this.client.subscribeToAll({
      fromPosition: after ?? client.START, filter: client.streamNameFilter({ prefixes: [this.prefix], checkpointInterval: 100 }),
    });
    let over = false;
    const end = (error: unknown): void => {
      if (over) return;
      over = true;
      subscription.destroy();
      onEnd(error);
    };
    subscription.on('data', ({ event }) => {
      if (!over && event?.position) onEvent(event.position);
    });
    subscription.on('error', end);
    subscription.on('end', () => end(new Error('the subscription ended')));
    subscription.on('close', () => end(new Error('the subscription was closed')));
    return {
      stop: () => {
        over = true;
        void subscription.unsubscribe().catch(() => undefined);
      },
    };
  }

  /** A connection that hangs is given up: the client would go on waiting for it. */
  renew(): void {
    void this.client.dispose().catch(() => undefined);
    this.client = this.connect();
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  private connect(): KurrentDBClient {
    return client.KurrentDBClient.connectionString(this.address.connectionString);
  }

  private freshReader(): KurrentDBClient {
    if (this.failedAt !== null && performance.now() - this.failedAt > renewAfterMs) {
      this.reader = this.connect();
      this.failedAt = null;
    }
    return this.reader;
  }

  private async collect(open: (reader: KurrentDBClient) => AsyncIterable<readonly { readonly event?: RawEvent }[]>): Promise<readonly RawEvent[]> {
    const found: RawEvent[] = [];
    try {
      const pages = open(this.freshReader())[Symbol.asyncIterator]();
      for (;;) {
        const { value, done } = await this.inTime(pages.next(), readDeadlineMs);
        if (done === true) return found;
        for (const { event } of value) if (event) found.push(event);
      }
    } catch (error) {
      if (!isMissing(error)) this.failedAt ??= performance.now();
      throw awayFor(error);
    }
  }

  private async inTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(late(ms)), ms);
    });
    try {
      return await Promise.race([work, end]);
    } finally {
      clearTimeout(timer);
    }
  }
}
