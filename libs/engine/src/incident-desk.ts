import { LRUCache } from 'lru-cache';
import { schemaOf, upcast } from '#events';
import type { IncidentEvent } from '#events';
import { decide, evolve, nextMomentAt, recordedOf, unknownIncident } from '#incident';
import type { Incident } from '#incident';
import { Conflict, engineActor, fromIso, Refusal } from '#kernel';
import type { Append, AppendResult, Clock, CommandContext, EventStore, Instant, Provenance, RecordedEvent } from '#kernel';
import { passTime } from '#loops';
import type { Library } from '#reference';
import { drawnChance } from './drawn-chance.js';
import { deterministicId, streamOf } from './ids.js';
import { Lanes } from './lanes.js';
import type { CommandDesk, Loaded, Order, Outcome } from './order.js';

/**
 * How long a decision holds, if the log records it later than it was made: until the next moment of a clock that ran before, or of one
 * that the decision itself sets going. Past that it must be made again, or a clock would have passed its limit before it started.
 */
const holdsUntil = (before: Incident, events: readonly IncidentEvent[], decidedAt: Instant): Instant | null => {
  const moments = events.flatMap(({ data }) => ('clocks' in data ? data.clocks : [])).flatMap((change) => ('warnAt' in change ? [fromIso(change.warnAt), fromIso(change.dueAt)] : []));
  const next = Math.min(nextMomentAt(before) ?? Infinity, ...moments.filter((moment) => moment > decidedAt));
  return next > decidedAt && next !== Infinity ? next : null;
};

/** An incident as this process last saw it. Frozen by convention: a newer one replaces it, nothing changes it. */
interface Known {
  readonly state: Incident;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: Instant;
}

const nothingYet: Known = { state: unknownIncident, revision: 0, position: 0, recordedAt: 0 };

export interface DeskParts {
  readonly store: EventStore;
  readonly clock: Clock;
  /** What decisions of a moment go by. */
  readonly library: (at: Instant) => Library;
  /** Chance in [0, 1); drawn here and not by whoever reports. */
  readonly chance?: () => number;
  /** Incidents kept in memory. One takes some 5 kB. */
  readonly cachedIncidentsMax?: number;
}

const attemptsMax = 8;

/**
 * 受令台 The one way in: load, pass the time, decide, append. What this process remembers of an incident is only a head start: the
 * store compares the version with every append, so a stale memory costs one more try and never a wrong fact.
 */
export class IncidentDesk implements CommandDesk {
  private readonly known: LRUCache<string, Known>;
  private readonly loading = new Map<string, Promise<Known>>();
  private readonly lanes = new Lanes();
  private readonly chance: () => number;

  constructor(private readonly parts: DeskParts) {
    this.known = new LRUCache({ max: parts.cachedIncidentsMax ?? 5_000 });
    this.chance = parts.chance ?? drawnChance();
  }

  async load(incidentId: string): Promise<Loaded> {
    return this.refreshed(streamOf(incidentId));
  }

  async loadAsOf(incidentId: string, position: number): Promise<Loaded> {
    const events = await this.parts.store.readStream(streamOf(incidentId));
    return this.followed(nothingYet, events.filter((event) => event.position <= position));
  }

  /** As this process last saw it, without asking the store; for whoever has just acted on it. */
  async lastSeen(incidentId: string): Promise<Loaded> {
    return this.current(streamOf(incidentId));
  }

  execute(order: Order): Promise<Outcome> {
    const stream = streamOf(order.command.data.incidentId);
    return this.lanes.run(stream, () => this.executeAlone(stream, order));
  }

  /** Records what is due for these streams now; answers those for which nothing is left to do. */
  async passTime(streams: readonly string[]): Promise<readonly string[]> {
    const strangers = await this.loadTogether(streams.filter((stream) => !this.known.has(stream)));
    const results = await Promise.allSettled(streams.map((stream) => this.lanes.run(stream, () => this.passTimeAlone(stream, strangers.get(stream)))));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed?.status === 'rejected' && results.every(({ status }) => status === 'rejected')) throw failed.reason;
    return streams.filter((_stream, index) => results[index]?.status === 'fulfilled');
  }

  private async executeAlone(stream: string, order: Order): Promise<Outcome> {
    const { command } = order;
    // A new report is nearly always new: it is decided without looking, and the store says so if it was not.
    const fresh = command.type === 'ReportIncident' || command.type === 'ReportHandledOnTheSpot';
    let known = this.known.get(stream) ?? (fresh ? nothingYet : await this.current(stream));
    let notBefore: Instant = 0;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const passed = await this.timePassed(stream, known, notBefore);
      if (passed === 'again') {
        known = await this.reloaded(stream, known);
        continue;
      }
      known = passed.known;
      const now = Math.max(known.recordedAt, notBefore, passed.at);
      // The log may have recorded what was due later than it was decided; by then more may be due.
      if (passed.recorded && (nextMomentAt(known.state) ?? Infinity) <= now) continue;
      const decision = this.decided(order, known, now);
      if (decision instanceof Error || decision.length === 0) {
        const repeated = await this.earlier(stream, order);
        if (repeated) return repeated;
        // What this process remembers may be old: only the log itself may say no, or that it already holds.
        const latest = await this.reloaded(stream, known);
        if (latest.revision !== known.revision) {
          known = latest;
          continue;
        }
        if (decision instanceof Error) throw decision;
        return this.outcome('ignored', order, known);
      }
      const result = await this.append(stream, known, decision, order, now);
      switch (result.status) {
        case 'recorded':
          return this.outcome('recorded', order, this.remember(stream, known, decision, result, order));
        case 'duplicate':
          return this.duplicate(stream, order, result);
        case 'expired':
          notBefore = fromIso(result.logTime);
          break;
        case 'conflict':
          known = await this.reloaded(stream, known);
      }
    }
    throw new Conflict('The incident changes faster than this command can be decided; try again.', { attempts: attemptsMax });
  }

  /** What one state says to a command: facts, none because it already holds, or a no. */
  private decided(order: Order, { state, revision }: Known, now: Instant): readonly IncidentEvent[] | Refusal | Conflict {
    if (order.expectedRevision !== undefined && order.expectedRevision !== revision) {
      return new Conflict('The incident has changed since you looked at it.', { expectedRevision: order.expectedRevision, revision });
    }
    try {
      return decide(order.command, state, this.contextOf(order, now), { library: this.parts.library(now) });
    } catch (reason) {
      if (reason instanceof Refusal) return reason;
      throw reason;
    }
  }

  /** Rule: a command that arrives after a due time first records what is due. */
  private async timePassed(stream: string, known: Known, notBefore: Instant, isStranger = false): Promise<'again' | { readonly known: Known; readonly at: Instant; readonly recorded: boolean }> {
    const at = Math.max(this.parts.clock.now(), known.recordedAt, notBefore);
    const due = nextMomentAt(known.state);
    if (due === null || due > at) return { known, at, recorded: false };
    const actor = engineActor('deadlines');
    const commandId = deterministicId(stream, known.revision, 'pass-time');
    const provenance: Provenance = { actor, commandId, correlationId: commandId };
    const { events } = passTime(known.state, { now: at, chance: 0, ...provenance }, { library: this.parts.library(at) });
    if (events.length === 0) return { known, at, recorded: false };
    const result = await this.append(stream, known, events, { commandId, correlationId: commandId, actor }, at);
    if (result.status !== 'recorded') return 'again';
    // Whom nobody has asked about needs no place in memory because a limit passed: a flood would drive out those whom people work on.
    return { known: isStranger && !this.known.has(stream) ? known : this.remember(stream, known, events, result, provenance), at, recorded: true };
  }

  /** The index says that something is due: that memory knows of nothing may only mean that it is old. */
  private async passTimeAlone(stream: string, stranger?: Known): Promise<void> {
    let known = this.known.get(stream) ?? stranger ?? (await this.current(stream));
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const passed = await this.timePassed(stream, known, 0, stranger !== undefined);
      if (passed !== 'again' && passed.recorded) return;
      const latest = await this.reloaded(stream, known);
      if (passed !== 'again' && latest.revision === known.revision) return;
      known = latest;
    }
    throw new Conflict('The incident changes faster than its due times can be recorded.', { stream });
  }

  private contextOf(order: Order, now: Instant): CommandContext {
    return { now, chance: this.chance(), ...this.provenanceOf(order) };
  }

  private provenanceOf({ actor, commandId, correlationId, causationId, onBehalfOf, claimedAt, deviceSkewMs }: Omit<Order, 'command'>): Provenance {
    return {
      actor, commandId, correlationId,
      ...(causationId === undefined ? {} : { causationId }),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      ...(claimedAt === undefined ? {} : { claimedAt }),
      ...(deviceSkewMs === undefined ? {} : { deviceSkewMs }),
    };
  }

  private append(stream: string, known: Known, events: readonly IncidentEvent[], order: Omit<Order, 'command'>, decidedAt: Instant): Promise<AppendResult> {
    const validUntil = holdsUntil(known.state, events, decidedAt);
    const append: Append = {
      stream,
      expectedVersion: known.revision,
      events: events.map(({ type, data }, index) => ({ eventId: deterministicId(order.commandId, index), type, schema: schemaOf(type), data })),
      provenance: this.provenanceOf(order),
      decidedAt,
      ...(order.fingerprint === undefined ? {} : { fingerprint: order.fingerprint }),
      ...(validUntil === null ? {} : { validUntil: validUntil - 1 }),
    };
    return this.parts.store.append(append);
  }

  private remember(stream: string, known: Known, events: readonly IncidentEvent[], result: Extract<AppendResult, { status: 'recorded' }>, { actor }: Pick<Provenance, 'actor'>): Known {
    const at = recordedOf(result.recordedAt, actor);
    const state = events.reduce((folded, event) => evolve(folded, event, at), known.state);
    const next = { state, revision: result.version, position: result.position, recordedAt: at.recordedAt };
    this.known.set(stream, next);
    return next;
  }

  private outcome(status: Outcome['status'], order: Order, { revision, position }: Pick<Known, 'revision' | 'position'>): Outcome {
    return { status, incidentId: order.command.data.incidentId, revision, position };
  }

  private duplicate(stream: string, order: Order, found: { readonly stream: string; readonly version: number; readonly position: number; readonly fingerprint: string | null }): Outcome {
    const other = found.stream !== stream || (order.fingerprint !== undefined && found.fingerprint !== null && found.fingerprint !== order.fingerprint);
    if (other) throw new Refusal('command.id-reused', 'This command id was used before for something else; every request needs an id of its own.', { commandId: order.commandId });
    return this.outcome('duplicate', order, { revision: found.version, position: found.position });
  }

  private async earlier(stream: string, order: Order): Promise<Outcome | null> {
    const found = await this.parts.store.findCommand(order.commandId);
    return found ? this.duplicate(stream, order, found) : null;
  }

  /** One load per stream at a time, however many ask. */
  private current(stream: string): Promise<Known> {
    const remembered = this.known.get(stream);
    return remembered ? Promise.resolve(remembered) : this.refreshed(stream);
  }

  private refreshed(stream: string): Promise<Known> {
    const underWay = this.loading.get(stream);
    if (underWay) return underWay;
    const load = this.reloaded(stream, this.known.get(stream) ?? nothingYet).finally(() => this.loading.delete(stream));
    this.loading.set(stream, load);
    return load;
  }

  private async reloaded(stream: string, known: Known): Promise<Known> {
    return this.folded(stream, known, await this.parts.store.readStream(stream, known.revision + 1));
  }

  /** Without remembering them. */
  private async loadTogether(streams: readonly string[]): Promise<ReadonlyMap<string, Known>> {
    const known = new Map<string, Known>();
    await this.parts.store.readStreams(streams, (event) => known.set(event.stream, this.followed(known.get(event.stream) ?? nothingYet, [event])));
    return known;
  }

  private folded(stream: string, known: Known, events: readonly RecordedEvent[]): Known {
    const next = this.followed(known, events);
    if (next !== known) this.known.set(stream, next);
    return next;
  }

  private followed(known: Known, events: readonly RecordedEvent[]): Known {
    let state = known.state;
    for (const { type, schema, data, recordedAt, actor } of events) {
      state = evolve(state, { type, data: upcast(type, schema, data) } as IncidentEvent, recordedOf(recordedAt, actor));
    }
    const last = events.at(-1);
    return last ? { state, revision: last.version, position: last.position, recordedAt: fromIso(last.recordedAt) } : known;
  }
}
