import type { ClientBase, Pool } from 'pg';
import type { RecordedRow } from '#postgres';
import { assertDense, orUnavailable } from '#postgres';
import { BrokenLog } from './broken-log.js';
import type { OrderRow } from './order.js';
import { orderAfter, orderOfStreams } from './order.js';
import type { FoundFact, Place, RawEvent } from './stored-event.js';
import { factIn } from './stored-event.js';
import type { KurrentServer } from './server.js';
import { readAtOnce } from './server.js';

/** A fact in its place, its payload still the bytes that the server holds. */
export interface PlacedFact {
  readonly row: OrderRow;
  readonly fact: FoundFact;
}

const streamsAtOnce = 32;

const missing = ({ position, stream, version }: OrderRow): BrokenLog =>
  new BrokenLog('store.fact-missing', `The fact at position ${position} (${stream}, ${version}) is not in the event store where it was recorded`, { position, stream, version });

/** The order says what stands where; the server has it. A fact that is not the one of its place ends the reading. */
const placed = (row: OrderRow, fact: FoundFact | undefined): PlacedFact => {
  if (!fact) throw missing(row);
  if (fact.stream === row.stream && fact.version === row.version && fact.eventId === row.eventId && fact.commandId === row.commandId) return { row, fact };
  if (fact.stream === row.stream ? fact.version > row.version : fact.commit > row.commit) throw missing(row);
  throw new BrokenLog('store.order-differs', `At position ${row.position} the event store has ${fact.stream} ${fact.version} and the order has ${row.stream} ${row.version}`, { position: row.position });
};

/** Reads facts from the event store in the order that is written down in PostgreSQL. Fails with `Unavailable` when either is away, with `BrokenLog`. */
export class FactReader {
  constructor(
    private readonly pool: Pool,
    private readonly server: KurrentServer,
  ) {}

  /** Up to `limit` facts behind a position. */
  async after(after: number, limit: number): Promise<readonly PlacedFact[]> {
    const rows = await orUnavailable(() => orderAfter(this.pool, after, limit));
    assertDense(after, rows);
    const found: PlacedFact[] = [];
    for (let at = 0; at < rows.length; ) {
      const first = rows[at] as OrderRow;
      const wanted = Math.min(rows.length - at, readAtOnce);
      const page = await this.server.readAll(first, wanted);
      for (let next = 0; next < wanted; next += 1) {
        const event = page[next];
        const fact = event && factIn(event, this.server.prefix);
        const row = rows[at + next] as OrderRow;
        // A page may end early; one that does not even begin has lost its fact.
        if (!fact && next > 0) break;
        found.push(placed(row, fact));
      }
      at = found.length;
    }
    return found;
  }

  /**
   * Facts behind a position and up to another as they are found, for whoever compares them with what they were: one that is not there or
   * has lost its metadata is left out, one that says something else says it.
   */
  async asFound(database: Pool | ClientBase, after: number, limit: number, until: number): Promise<readonly PlacedFact[]> {
    const rows = (await orderAfter(database, after, limit)).filter(({ position }) => position <= until);
    const last = rows.at(-1);
    const found = new Map<string, FoundFact>();
    for (let from: Place | undefined = rows[0]; from && last; ) {
      const page: readonly RawEvent[] = await this.server.readAll(from, readAtOnce);
      for (const event of page) {
        const fact = tryFactIn(event, this.server.prefix);
        if (fact) found.set(placeOf(fact), fact);
      }
      const end: Place | undefined = page.at(-1)?.position;
      from = page.length < readAtOnce || !end || end.commit > last.commit || (end.commit === from.commit && end.prepare === from.prepare) ? undefined : end;
    }
    return rows.flatMap((row) => {
      const fact = found.get(placeOf(row));
      return fact ? [{ row, fact }] : [];
    });
  }

  /** Facts of streams, each in its order; those without any are left out. */
  async ofStreams(streams: readonly string[], fromVersion = 1): Promise<ReadonlyMap<string, readonly PlacedFact[]>> {
    if (streams.length === 0) return new Map();
    const rows = await orUnavailable(() => orderOfStreams(this.pool, streams, fromVersion));
    const byStream = new Map<string, OrderRow[]>();
    for (const row of rows) {
      const list = byStream.get(row.stream);
      if (list) list.push(row);
      else byStream.set(row.stream, [row]);
    }
    const found = new Map<string, readonly PlacedFact[]>();
    const waiting = [...byStream];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) found.set(next[0], await this.ofStream(next[0], next[1]));
    };
    await Promise.all(Array.from({ length: Math.min(streamsAtOnce, waiting.length) }, work));
    return found;
  }

  /** What was recorded since the order was read is left for the next time. */
  private async ofStream(stream: string, rows: readonly OrderRow[]): Promise<readonly PlacedFact[]> {
    const events = (await this.server.readStream(stream, rows[0]?.version ?? 1)) ?? [];
    return rows.map((row, index) => {
      const event = events[index];
      return placed(row, event && factIn(event, this.server.prefix));
    });
  }
}

const placeOf = ({ commit, prepare }: Place): string => `${commit}/${prepare}`;

const tryFactIn = (event: RawEvent, prefix: string): FoundFact | null => {
  try {
    return factIn(event, prefix);
  } catch (error) {
    if (error instanceof BrokenLog) return null;
    throw error;
  }
};

const readable = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The fact as texts. Throws `BrokenLog` `store.fact-unreadable` for one whose payload was blanked or is damaged. */
export const asRow = ({ row, fact }: PlacedFact): RecordedRow => {
  const data = Buffer.from(fact.data).toString('utf8');
  if (!readable(data)) {
    throw new BrokenLog('store.fact-unreadable', `The fact at position ${row.position} (${row.stream}, ${row.version}) cannot be read any more: it was redacted or damaged in the event store`, { position: row.position, stream: row.stream, version: row.version });
  }
  const { position, stream, version, eventId, recordedAt } = row;
  return { position, stream, version, eventId, type: fact.type, schema: fact.schema, recordedAt, meta: fact.meta, data };
};
