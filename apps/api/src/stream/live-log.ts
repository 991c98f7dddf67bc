import { incidentIdOf, isIncidentStream } from '#engine';
import { chineseNameOf } from '#events';
import type { EventStore, RecordedEvent } from '#kernel';
import type { Scope } from '#views';
import type { Sight } from './sight.js';

const batchMax = 500;
/** A client that was away for longer asks for everything anew, which is cheaper for both. */
const catchUpMax = 10_000;
const lookEveryMs = 1_000;

/** One who listens. */
export interface Listener {
  readonly scope: () => Scope;
  /** All frames of one reading together. */
  send(frames: string): void;
  /** The listener has missed something or asks for too much: it loads anew and listens again. */
  resync(): void;
}

/** What of a fact goes to listeners: codes and moments, never a sealed text. */
const shownFields = [
  'round', 'channel', 'outcome', 'unit', 'accountableUnit', 'assisting', 'rung', 'grade', 'ruleId', 'subclassCode', 'scenario', 'fromRung', 'toRung', 'fromLoop', 'toLoop',
  'trigger', 'ordinal', 'final', 'returns', 'failures', 'clock', 'clockId', 'passedAt', 'until', 'into', 'duplicate', 'whistleId', 'units', 'supervisionId', 'selfHandled', 'onTheSpot',
] as const;

export const frameOf = (id: number, event: string, data: object): string => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const factFrame = ({ position, version, type, recordedAt, data }: RecordedEvent, incidentId: string): string => {
  const facts = data as Record<string, unknown>;
  const shown = Object.fromEntries(shownFields.flatMap((field) => (facts[field] === undefined || facts[field] === null ? [] : [[field, facts[field]]])));
  const { grid, community, street, district } = (facts['place'] ?? {}) as Record<string, string>;
  return frameOf(position, 'fact', { position, incidentId, revision: version, type, chinese: chineseNameOf(type), recordedAt, ...(grid ? { grid, community, street, district } : {}), ...shown });
};

/** 实况 One reader of the log for all who listen. It reads while somebody does, and not at all otherwise. */
export class LiveLog {
  private readonly listeners = new Set<Listener>();
  private position = 0;
  private reading: Promise<void> | null = null;
  private again = false;
  private stop: (() => void) | null = null;

  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'head' | 'onAppended'>,
    private readonly sight: Sight,
    private readonly failed: (error: unknown) => void,
  ) {}

  get size(): number {
    return this.listeners.size;
  }

  /** Position of the last fact that was handed out. */
  get at(): number {
    return this.position;
  }

  /** From after `lastSeen`, or from now on when null. Answers the way to leave. */
  async join(listener: Listener, lastSeen: number | null): Promise<() => void> {
    const { position: head } = await this.store.head();
    if (this.listeners.size === 0) this.position = Math.max(this.position, head);
    let position = lastSeen ?? this.position;
    if (position > Math.max(head, this.position) || this.position - position > catchUpMax) {
      listener.resync();
      return () => undefined;
    }
    let left = false;
    const leave = (): void => {
      left = true;
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.rest();
    };
    // No await between the last comparison and the adding: nothing can pass by in between.
    while (position < this.position && !left) {
      const events = await this.store.readAll(position, Math.min(batchMax, this.position - position));
      if (events.length === 0) break;
      await this.learn(events);
      this.deliver(events, [listener]);
      position = events.at(-1)?.position ?? position;
      await turn();
    }
    this.listeners.add(listener);
    if (!this.stop) this.wake();
    this.read();
    return leave;
  }

  private wake(): void {
    const unsubscribe = this.store.onAppended(() => this.read());
    // Appends of other processes may go unheard: a look now and then makes up for it.
    const timer = setInterval(() => this.read(), lookEveryMs);
    timer.unref();
    this.stop = () => {
      unsubscribe();
      clearInterval(timer);
    };
  }

  private rest(): void {
    this.stop?.();
    this.stop = null;
  }

  private read(): void {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = this.readOn()
      .catch(this.failed)
      .finally(() => {
        this.reading = null;
        if (this.again && this.listeners.size > 0) {
          this.again = false;
          this.read();
        }
      });
  }

  private async readOn(): Promise<void> {
    for (;;) {
      if (this.listeners.size === 0) return;
      const events = await this.store.readAll(this.position, batchMax);
      const last = events.at(-1);
      if (!last) return;
      await this.learn(events);
      // What is handed out and where we stand change together, for those who join meanwhile.
      this.deliver(events, this.listeners);
      this.position = last.position;
      await turn();
    }
  }

  private async learn(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) if (isIncidentStream(event.stream)) await this.sight.learn(incidentIdOf(event.stream), event);
  }

  private deliver(events: readonly RecordedEvent[], to: Iterable<Listener>): void {
    const parcels = [...to].map((listener) => ({ listener, scope: listener.scope(), frames: [] as string[] }));
    for (const event of events) {
      if (!isIncidentStream(event.stream)) continue;
      const incidentId = incidentIdOf(event.stream);
      let frame: string | null = null;
      for (const { scope, frames } of parcels) {
        if (!this.sight.sees(scope, incidentId)) continue;
        frame ??= factFrame(event, incidentId);
        frames.push(frame);
      }
    }
    for (const { listener, frames } of parcels) if (frames.length > 0) listener.send(frames.join(''));
  }
}

/** Lets what was written go out before more is, so that only those who really do not read fall behind. */
const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));
