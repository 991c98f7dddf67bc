import type { Client } from 'pg';
import pg from 'pg';
import type { AppendResult } from '#kernel';
import { Unavailable } from '#kernel';
import type { PreparedAppend } from './asked-events.js';
import { BatchEncoder } from './asked-events.js';
import { asError } from './batcher.js';
import type { Connection } from './connection.js';
import { clientConfig, isAway, isFull } from './connection.js';
import { asSent } from './each-row.js';
import { isoOf, recordedMs, toIsoText } from './timestamps.js';

export interface LaneOptions {
  readonly connection: Connection;
  /** How long an unknown outcome is asked about before the callers are told so. */
  readonly patienceMs: number;
  /** Told of every attempt: what hindered it, or null. */
  readonly onAttempt: (hindrance: unknown) => void;
}

/** What the function answers for an append that was not recorded. */
interface Objection {
  readonly turn: number;
  readonly actualVersion?: number;
  readonly known?: { readonly stream: string; readonly version: number; readonly position: number; readonly fingerprint: string; readonly recordedMs: number } | null;
  readonly expiredMs?: number;
}

interface Answer {
  readonly headPosition: number;
  readonly headMs: number;
  readonly objections: ReadonlyMap<number, Objection>;
}

/**
 * The plans must not depend on how full the tables were when the connection was opened: on an empty log a sequential scan
 * looks best, and a prepared plan would keep it while the log grows.
 */
const appendSession = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
  statement_timeout: '30s',
  lock_timeout: '15s',
};

const uniqueViolation = '23505';
const raceAttempts = 20;

/** One connection that appends batches, and goes on after the server has been away. */
export class AppendLane {
  private client: Client | null = null;
  private encoder = new BatchEncoder(0);
  private closed = false;

  constructor(private readonly options: LaneOptions) {}

  /** Results in order. An append that makes the whole batch fail is found by halving and fails alone. */
  async append(batch: readonly PreparedAppend[]): Promise<readonly (AppendResult | Error)[]> {
    try {
      return await this.settle(batch);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      if (batch.length === 1) return [asError(error)];
      const middle = Math.ceil(batch.length / 2);
      return [...(await this.append(batch.slice(0, middle))), ...(await this.append(batch.slice(middle)))];
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.drop();
  }

  /** Asks until the outcome is known: an append whose commit was lost is a known command the next time. */
  private async settle(batch: readonly PreparedAppend[]): Promise<readonly AppendResult[]> {
    const start = performance.now();
    let asked = false;
    for (let losses = 0, races = 0; ; ) {
      try {
        const client = await this.connected();
        const replyWasLost = asked && losses > 0;
        asked = true;
        const [first] = batch;
        const recorded = batch.length === 1 && first?.events.length === 1 && races === 0 ? await callForOne(client, first) : null;
        const results = recorded ? [recorded] : resultsOf(batch, await this.call(client, batch), replyWasLost);
        this.options.onAttempt(null);
        return results;
      } catch (error) {
        // The command is known, or somebody else recorded between looking and locking: the long way tells who and what.
        if ((error as { code?: string }).code === uniqueViolation && (races += 1) <= raceAttempts) continue;
        if (!isAway(error)) throw error;
        this.options.onAttempt(error);
        // A server that says so has recorded nothing, and waiting here frees no disk: whoever asks is told at once.
        if (isFull(error) && losses === 0) throw Object.assign(new Unavailable('store.full', 'the disk of the database is full, nothing was recorded; ask again with the same command id', 5), { cause: error });
        await this.drop();
        losses += 1;
        const delayMs = Math.min(20 * 2 ** losses, 500);
        if (this.closed || performance.now() - start + delayMs > this.options.patienceMs) throw awayFor(error, asked);
        await new Promise((resolve) => void setTimeout(resolve, delayMs));
      }
    }
  }

  private async call(client: Client, batch: readonly PreparedAppend[]): Promise<Answer> {
    const { rows } = await client.query<[string | null, string | null, string | null]>({
      name: 'append',
      text: 'select * from engine.append($1)',
      values: [this.encoder.encode(batch)],
      rowMode: 'array',
      types: asSent,
    });
    const [position, at, rejected] = rows[0] ?? [null, null, null];
    const objections = rejected === null ? [] : (JSON.parse(rejected) as Objection[]);
    return {
      headPosition: Number(position ?? 0),
      headMs: at === null ? Number.NEGATIVE_INFINITY : recordedMs(at),
      objections: new Map(objections.map((objection) => [objection.turn, objection])),
    };
  }

  private async connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = new pg.Client({ ...clientConfig(this.options.connection, 'threeloops append', appendSession), query_timeout: 40_000 });
    client.on('error', () => {
      if (this.client === client) this.client = null;
    });
    await client.connect();
    const { rows } = await client.query<{ oid: number }>(`select 'engine.asked_event'::regtype::oid as oid`);
    this.encoder = new BatchEncoder(Number(rows[0]?.oid));
    this.client = client;
    return client;
  }

  private async drop(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }
}

/** The short way for one event alone; null when it was not recorded and the long way has to tell why. */
const callForOne = async (client: Client, { stream, expectedVersion, events, decidedAt, validUntil, commandId, fingerprint, meta }: PreparedAppend): Promise<AppendResult | null> => {
  const { eventId, type, schema, data } = events[0] as PreparedAppend['events'][0];
  const answer = await client.query<[string | null]>({
    name: 'append-one',
    text: 'select engine.append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
    values: [
      stream, expectedVersion + 1, eventId, type, schema, toIsoText(decidedAt), validUntil === null ? null : toIsoText(validUntil),
      commandId, fingerprint ?? '', meta, data,
    ],
    rowMode: 'array',
    types: asSent,
  });
  const position = Number(answer.rows[0]?.[0] ?? 0);
  if (position === 0) return null;
  const version = expectedVersion + 1;
  if (position > 0) return { status: 'recorded', version, position, recordedAt: toIsoText(decidedAt) };
  const later = await client.query<[string]>({
    name: 'moment', text: 'select recorded_at from engine.events where position = $1', values: [-position], rowMode: 'array', types: asSent,
  });
  return { status: 'recorded', version, position: -position, recordedAt: isoOf(later.rows[0]?.[0] ?? '') };
};

const awayFor = (cause: unknown, asked: boolean): Unavailable =>
  Object.assign(
    new Unavailable(asked ? 'store.unknown-outcome' : 'store.away', 'the store cannot be reached; ask again with the same command id'),
    { cause },
  );

/** What became of each append: positions and moments follow from the head, exactly as the function gave them out. */
const resultsOf = (batch: readonly PreparedAppend[], { headPosition, headMs, objections }: Answer, replyWasLost: boolean): readonly AppendResult[] => {
  let position = headPosition;
  let moment = headMs;
  return batch.map((append, turn): AppendResult => {
    const objection = objections.get(turn);
    if (objection) return notRecorded(append, objection, replyWasLost);
    position += append.events.length;
    moment = Math.max(moment, append.decidedAt);
    return { status: 'recorded', version: append.expectedVersion + append.events.length, position, recordedAt: toIsoText(moment) };
  });
};

const notRecorded = (append: PreparedAppend, { known, expiredMs, actualVersion }: Objection, replyWasLost: boolean): AppendResult => {
  if (expiredMs !== undefined) return { status: 'expired', logTime: toIsoText(expiredMs) };
  if (!known) return { status: 'conflict', actualVersion: actualVersion ?? 0 };
  const { stream, version, position } = known;
  const fingerprint = known.fingerprint === '' ? null : known.fingerprint;
  const isThisVeryAppend = stream === append.stream && version === append.expectedVersion + append.events.length && fingerprint === append.fingerprint;
  // The reply to our own commit was lost: it was recorded, by us.
  if (replyWasLost && isThisVeryAppend) return { status: 'recorded', version, position, recordedAt: toIsoText(known.recordedMs) };
  return { status: 'duplicate', stream, version, position, fingerprint };
};
