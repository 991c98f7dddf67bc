import { randomUUID } from 'node:crypto';

/** An event as a client proposes it. */
export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

export interface Stored extends Proposed {
  readonly stream: string;
  readonly revision: number;
  /** Commit and prepare position: the byte offset in a log file that nobody writes. */
  readonly position: bigint;
  readonly created: number;
}

/** The revision that a stream must have; -1 when it must not exist; `any`. */
export type Expected = number | 'any' | 'exists';

export type Outcome =
  | { readonly kind: 'recorded'; readonly revision: number; readonly position: bigint }
  | { readonly kind: 'wrong-version'; readonly current: number; readonly expected: Expected }
  | { readonly kind: 'deleted' };

/** What a server keeps: one log, and streams as lists of its entries. Outlives the server that is killed and started again. */
export class StoredLog {
  readonly entries: Stored[] = [];
  private readonly streams = new Map<string, Stored[]>();
  private readonly tombstones = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private end = 100n;

  streamOf(stream: string): readonly Stored[] | null {
    return this.streams.get(stream) ?? null;
  }

  isTombstoned(stream: string): boolean {
    return this.tombstones.has(stream);
  }

  /** As the server decides: the same ids at the place asked for are the answer of the first time. */
  append(stream: string, expected: Expected, proposed: readonly Proposed[]): Outcome {
    if (this.tombstones.has(stream)) return { kind: 'deleted' };
    const found = this.streams.get(stream) ?? [];
    const current = found.length - 1;
    if (typeof expected === 'number' && expected !== current) {
      const again = expected < current && proposed.length > 0 && proposed.every(({ id }, index) => found[expected + 1 + index]?.id === id);
      const last = found[expected + proposed.length];
      return again && last ? { kind: 'recorded', revision: last.revision, position: last.position } : { kind: 'wrong-version', current, expected };
    }
    if (expected === 'exists' && current < 0) return { kind: 'wrong-version', current, expected };
    for (const event of proposed) this.record(stream, found, event);
    this.streams.set(stream, found);
    for (const listener of this.listeners) listener();
    const last = found.at(-1);
    return { kind: 'recorded', revision: found.length - 1, position: last?.position ?? 0n };
  }

  /** What servers write of themselves, and what other systems keep in the same server. */
  appendForeign(stream: string, count = 1): void {
    for (let turn = 0; turn < count; turn += 1) {
      this.append(stream, 'any', [{ id: randomUUID(), type: '$statsCollected', contentType: 'application/json', metadata: new Uint8Array(), data: Buffer.from('{}') }]);
    }
  }

  tombstone(stream: string): void {
    this.tombstones.add(stream);
    this.drop(this.streams.get(stream) ?? []);
    this.streams.delete(stream);
  }

  /** A scavenge after `$maxCount` or a truncation: the events are gone, and those behind them keep their revisions. */
  scavenge(stream: string, revisions: number): void {
    const found = this.streams.get(stream) ?? [];
    this.drop(found.filter(({ revision }) => revision < revisions));
    this.streams.set(stream, found.filter(({ revision }) => revision >= revisions));
  }

  /** What the vendor's redaction does to an event in the files of a server: its place stays, its content is blank. */
  redact(stream: string, revision: number): void {
    const at = this.entries.findIndex((entry) => entry.stream === stream && entry.revision === revision);
    const entry = this.entries[at];
    if (!entry) throw new Error(`there is no ${stream}@${revision}`);
    this.replace(at, { ...entry, data: new Uint8Array(entry.data.length).fill(0xff) });
  }

  /** Somebody with the files of the server in hands. */
  alter(position: number, change: (entry: Stored) => Stored): void {
    const entry = this.entries[position];
    if (!entry) throw new Error(`there is no entry ${position}`);
    this.replace(position, change(entry));
  }

  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private record(stream: string, found: Stored[], event: Proposed): void {
    const stored: Stored = { ...event, stream, revision: (found.at(-1)?.revision ?? -1) + 1, position: this.end, created: Date.now() };
    this.end += BigInt(100 + event.data.length + event.metadata.length);
    found.push(stored);
    this.entries.push(stored);
  }

  private drop(entries: readonly Stored[]): void {
    for (const entry of entries) this.entries.splice(this.entries.indexOf(entry), 1);
  }

  private replace(at: number, entry: Stored): void {
    this.entries[at] = entry;
    const found = this.streams.get(entry.stream) ?? [];
    found[found.findIndex(({ revision }) => revision === entry.revision)] = entry;
  }
}
