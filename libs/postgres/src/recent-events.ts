import type { RecordedEvent } from '#kernel';
import type { RecordedRow } from './recorded-rows.js';
import { outlineOf, toRecordedEvent } from './recorded-rows.js';

/** Facts kept: a few megabytes, and more than readers at the end of the log are apart from each other. */
const keptMost = 3_000;
/** Batches of this process that were answered before an earlier one; more of them than lanes only where another process writes too. */
const aheadMost = 8;

/** A fact whose texts are read when somebody looks into it, and then once for all who do. */
class Kept {
  private event: RecordedEvent | null = null;

  constructor(readonly row: RecordedRow) {}

  get position(): number {
    return this.row.position;
  }

  whole(): RecordedEvent {
    return (this.event ??= toRecordedEvent(this.row));
  }
}

/**
 * The end of the log as it was last read. What is recorded never changes, so readers that follow the log side by side need not have
 * every fact fetched and parsed once for each of them. Only what lies at or beyond the end of what is kept takes its place: a reader
 * that lags, or reads all from the start, drives nobody else's facts out.
 */
export class RecentEvents {
  private kept: readonly Kept[] = [];
  private readonly ahead = new Map<number, readonly Kept[]>();
  private underWay: { readonly after: number; readonly done: Promise<unknown> } | null = null;

  constructor(private readonly fetch: (after: number, limit: number) => Promise<readonly RecordedRow[]>) {}

  /** As `readAll` of the store: fewer than `limit` only when a look into the log itself found no more. */
  async read(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    let known = this.following(after, limit);
    // Readers that wake up together want the same: one fetches, the others look at what it got and ask only for what came since.
    if (known.length < limit && this.underWay?.after === after + known.length) {
      await this.underWay.done.catch(() => undefined);
      known = this.following(after, limit);
    }
    const fresh = known.length >= limit ? [] : await this.fetched(after + known.length, limit - known.length);
    return [...known, ...fresh].map((fact) => fact.whole());
  }

  /** What is kept behind a position, whole where its type is heard; nothing where that is not known. */
  heard(after: number, limit: number, types: ReadonlySet<string>): readonly RecordedEvent[] {
    return this.following(after, limit).map((fact) => (types.has(fact.row.type) ? fact.whole() : outlineOf(fact.row)));
  }

  /**
   * What this process has just recorded, in order and without gaps: nobody has to fetch it, where it follows what is kept. Readers that
   * there are not need nothing.
   */
  recorded(rows: readonly RecordedRow[]): void {
    const [first] = rows;
    if (!this.isRead || !first || first.position <= this.end) return;
    if (this.ahead.size >= aheadMost) this.ahead.clear();
    this.ahead.set(first.position, rows.map((row) => new Kept(row)));
    this.joinAhead();
  }

  /** Whether anybody follows the log here. */
  get isRead(): boolean {
    return this.kept.length > 0;
  }

  private get end(): number {
    return this.kept.at(-1)?.position ?? 0;
  }

  private joinAhead(): void {
    for (;;) {
      const next = this.ahead.get(this.end + 1);
      if (!next) break;
      this.ahead.delete(this.end + 1);
      this.kept = [...this.kept, ...next].slice(-keptMost);
    }
    for (const from of this.ahead.keys()) if (from <= this.end) this.ahead.delete(from);
  }

  private following(after: number, limit: number): readonly Kept[] {
    const first = this.kept[0]?.position;
    return first === undefined || after < first - 1 ? [] : this.kept.slice(after - first + 1, after - first + 1 + limit);
  }

  private async fetched(after: number, limit: number): Promise<readonly Kept[]> {
    const done = this.fetch(after, limit);
    const mine = { after, done };
    this.underWay ??= mine;
    try {
      const facts = (await done).map((row) => new Kept(row));
      this.keep(facts);
      return facts;
    } finally {
      if (this.underWay === mine) this.underWay = null;
    }
  }

  private keep(facts: readonly Kept[]): void {
    const { end } = this;
    const last = facts.at(-1)?.position ?? 0;
    const from = facts[0]?.position ?? 0;
    if (last <= end) return;
    // What was recorded meanwhile may have come in between already.
    this.kept = (from <= end + 1 ? [...this.kept, ...facts.slice(end + 1 - from)] : facts).slice(-keptMost);
    this.joinAhead();
  }
}
