import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { schemaOf, upcast } from '#events';
import type { ReferenceActivated, ReferenceWithdrawn } from '#events';
import { fromIso, Refusal, toIso } from '#kernel';
import type { Actor, AppendResult, Clock, EventStore, Instant, Iso, RecordedEvent, Role } from '#kernel';
import { libraryOf } from '#reference';
import type { Library, Reference } from '#reference';
import { deterministicId } from './ids.js';
import { inForceAt, lineOf, stateOf } from './reference-line.js';
import type { ActivationState, Laid } from './reference-line.js';
import { anotherWaits, isSame, leadMs, nothingInForce, refuseMoment, refuseReusedVersions, superseded, tooLate, tooSoon, waits } from './reference-rules.js';

/** Where the contents of reference versions stand; the log holds their hashes. Fails with `Unavailable` when the store is away. */
export interface ReferenceContents {
  /** Keeps a content under its hash; keeping it again changes nothing. */
  keep(sha256: string, content: string): Promise<void>;
  /** Contents by hash; those that are missing are left out. */
  read(hashes: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** What a person says to an activation. */
export interface Activation {
  readonly reason?: string;
  /** The last version in line when they looked at the difference. */
  readonly against?: string;
  /** 生效时间 From when on decisions go by it; at once where it is left out. */
  readonly effectiveFrom?: Instant;
  /** Under the same id nothing is done twice. */
  readonly commandId?: string;
}

/** One activation and how it stands. */
export interface ActivatedVersion {
  readonly version: string;
  readonly sha256: string;
  readonly position: number;
  /** When it was decided. */
  readonly at: Iso;
  /** From when on it is in force. */
  readonly effectiveFrom: Iso;
  readonly state: ActivationState;
  readonly actorId: string;
  readonly actorRole: Role;
  /** Null where it was activated from the command line. */
  readonly reason: string | null;
  /** 撤回 Who took it back before it took effect, and why. */
  readonly withdrawn: { readonly at: Iso; readonly position: number; readonly actorId: string; readonly actorRole: Role; readonly reason: string } | null;
}

/** What a version is compared with: the last in line, which may still wait. */
export interface Examined {
  readonly status: 'new' | 'already-in-force' | 'already-waiting';
  readonly against: Reference;
  /** When that one takes effect; null where it is in force. */
  readonly againstFrom: Iso | null;
}

type ReferenceFact = (RecordedEvent<ReferenceActivated> & { readonly type: 'ReferenceActivated' }) | (RecordedEvent<ReferenceWithdrawn> & { readonly type: 'ReferenceWithdrawn' });

const stream = 'reference';
const librariesMax = 4;

/**
 * 底数库 Every version of what the city laid down. A version comes into force by a fact in the log, at once or from a moment on that the fact
 * names, and stays readable for ever, since incidents that were filed under it keep being judged by it.
 */
export class ReferenceShelf {
  private facts: readonly ReferenceFact[] = [];
  private laid: readonly Laid[] = [];
  private line: readonly Laid[] = [];
  /** Of those versions that were asked for lately; each knows every version that was ever laid down. */
  private readonly libraries = new LRUCache<Reference, Library>({ max: librariesMax });

  constructor(
    private readonly store: EventStore,
    private readonly contents: ReferenceContents,
    private readonly clock: Clock,
  ) {}

  /** What decisions of a moment go by; now where none is named. Refuses while nothing is in force. */
  readonly library = (at?: Instant): Library => {
    const found = this.line.length === 1 ? this.line[0] : inForceAt(this.line, at ?? this.clock.now());
    if (!found) throw nothingInForce();
    return this.libraryOn(found);
  };

  /** What was in force at a moment when the log ended at a position. Refuses with `reference.none` where nothing was yet. */
  readonly libraryAsOf = (position: number, at: Instant): Library => {
    const found = inForceAt(lineOf(this.laid, position), at);
    if (!found) throw new Refusal('reference.none', 'No reference data was in force then.', { asOf: position });
    return this.libraryOn(found);
  };

  get isEmpty(): boolean {
    return this.line.length === 0;
  }

  /** Reads what has been decided since the last look; answers whether that was anything. */
  async refresh(): Promise<boolean> {
    const fresh = (await this.store.readStream(stream, this.revision + 1)).map((event) => ({ ...event, data: upcast(event.type, event.schema, event.data) }) as ReferenceFact);
    if (fresh.length === 0) return false;
    const contents = await this.contents.read(fresh.flatMap((fact) => (fact.type === 'ReferenceActivated' ? [fact.data.sha256] : [])));
    let laid = this.laid;
    for (const fact of fresh) {
      const { version: revision, position } = fact;
      if (fact.type === 'ReferenceWithdrawn') {
        laid = laid.map((each) => (each.revision === fact.data.activation ? { ...each, withdrawnAt: position } : each));
        continue;
      }
      const { version, sha256, effectiveFrom } = fact.data;
      const content = contents.get(sha256);
      if (content === undefined || sha256Of(content) !== sha256) throw new Error(`the content of reference version "${version}" is missing or altered`);
      laid = [...laid, { reference: JSON.parse(content) as Reference, sha256, revision, position, effectiveFrom: effectiveFrom === null ? null : fromIso(effectiveFrom), withdrawnAt: null }];
    }
    this.facts = [...this.facts, ...fresh];
    this.laid = laid;
    this.line = lineOf(laid);
    this.libraries.clear();
    return true;
  }

  /** Looks at a version without putting it in force. Refuses with `reference.version-reused` what could not be activated, with `reference.none` while nothing is in force. */
  async examine(reference: Reference): Promise<Examined> {
    await this.refresh();
    const last = this.line.at(-1);
    if (!last) throw nothingInForce();
    const waiting = waits(last, this.clock.now());
    const against = { against: last.reference, againstFrom: waiting && last.effectiveFrom !== null ? toIso(last.effectiveFrom) : null };
    if (isSame(last.reference, reference)) return { status: waiting ? 'already-waiting' : 'already-in-force', ...against };
    refuseReusedVersions(reference, this.laid.map((laid) => laid.reference));
    return { status: 'new', ...against };
  }

  /**
   * 启用 Puts a version in force, at once or from a moment on. The very same content again records nothing; another content under a used version
   * is refused. Whoever compared it with a version says which: when another one is last in line since, it is `reference.superseded`. While a
   * version waits, the next one comes after it: `reference.another-waits`. A moment that is not a minute ahead is `reference.effective-too-soon`,
   * and the first version of all comes into force at once, `reference.first-at-once`.
   */
  async activate(reference: Reference, actor: Actor, { reason, against, effectiveFrom, commandId: given }: Activation = {}): Promise<'activated' | 'already-in-force' | 'already-waiting'> {
    await this.refresh();
    const content = JSON.stringify(reference);
    const sha256 = sha256Of(content);
    const fingerprint = effectiveFrom === undefined ? sha256 : `${sha256} ${toIso(effectiveFrom)}`;
    if (given !== undefined && (await this.wasDone(given, fingerprint))) return 'activated';
    const last = this.line.at(-1);
    if (last && isSame(last.reference, reference)) return waits(last, this.clock.now()) ? 'already-waiting' : 'already-in-force';
    if (against !== undefined && last && last.reference.version !== against) throw superseded();
    refuseReusedVersions(reference, this.laid.map((laid) => laid.reference));
    refuseMoment(effectiveFrom, last, this.clock.now());
    await this.contents.keep(sha256, content);
    const data: ReferenceActivated['data'] = {
      version: reference.version, sha256, policyVersion: reference.policy.version, catalogueVersion: reference.catalogue.version,
      dutyVersion: reference.duties.version, calendarVersion: reference.calendar.version, effectiveFrom: effectiveFrom === undefined ? null : toIso(effectiveFrom), ...(reason === undefined ? {} : { reason }),
    };
    const commandId = given ?? deterministicId(stream, this.revision, fingerprint);
    const { status } = await this.record('ReferenceActivated', data, { actor, commandId, fingerprint, before: effectiveFrom });
    if (status === 'expired') throw tooSoon(effectiveFrom ?? 0);
    return 'activated';
  }

  /**
   * 撤回 Takes back, by its position, what has not taken effect yet. Refuses with `reference.unknown-activation`, with `reference.withdrawn-already`,
   * with `reference.withdrawn-too-late` within a minute of its moment, and with `reference.another-waits` where another version waits behind it.
   */
  async withdraw(position: number, actor: Actor, { reason, commandId: given }: { readonly reason: string; readonly commandId?: string }): Promise<void> {
    await this.refresh();
    const fingerprint = `withdraw ${position}`;
    if (given !== undefined && (await this.wasDone(given, fingerprint))) return;
    const found = this.laid.find((each) => each.position === position);
    if (!found) throw new Refusal('reference.unknown-activation', `There is no activation at position ${position}.`, { position });
    const { version } = found.reference;
    if (found.withdrawnAt !== null) throw new Refusal('reference.withdrawn-already', `Version "${version}" was taken back already.`, { version });
    if (found.effectiveFrom === null || found.effectiveFrom < this.clock.now() + leadMs) throw tooLate(version);
    if (found !== this.line.at(-1)) throw anotherWaits(this.line.at(-1) ?? found);
    const commandId = given ?? deterministicId(stream, this.revision, fingerprint);
    const { status } = await this.record('ReferenceWithdrawn', { activation: found.revision, version, reason }, { actor, commandId, fingerprint, before: found.effectiveFrom });
    if (status === 'expired') throw tooLate(version);
  }

  /** 启用记录 What was activated when, by whom and why, and how it stands now; the latest first. */
  async activations(): Promise<readonly ActivatedVersion[]> {
    await this.refresh();
    const now = this.clock.now();
    const at = new Map(this.facts.map((fact) => [fact.position, fact]));
    return this.laid.toReversed().flatMap((laid) => {
      const decided = at.get(laid.position);
      if (decided?.type !== 'ReferenceActivated') return [];
      const back = laid.withdrawnAt === null ? undefined : at.get(laid.withdrawnAt);
      const { position, recordedAt, actor, data: { version, sha256, effectiveFrom, reason } } = decided;
      return [{
        version, sha256, position, at: recordedAt, effectiveFrom: effectiveFrom ?? recordedAt, state: stateOf(laid, this.line, now), actorId: actor.id, actorRole: actor.role, reason: reason ?? null,
        withdrawn: back?.type !== 'ReferenceWithdrawn' ? null : { at: back.recordedAt, position: back.position, actorId: back.actor.id, actorRole: back.actor.role, reason: back.data.reason },
      }];
    });
  }

  private get revision(): number {
    return this.facts.at(-1)?.version ?? 0;
  }

  private libraryOn({ reference }: Laid): Library {
    const known = this.libraries.get(reference);
    if (known) return known;
    // The one that is asked for last: it is in force, and the others are there for what pinned them.
    const library = libraryOf([...this.laid.map((each) => each.reference).filter((each) => each !== reference), reference]);
    this.libraries.set(reference, library);
    return library;
  }

  /** @param before the moment by which every process has to have read of it */
  private async record(
    type: ReferenceFact['type'],
    data: ReferenceFact['data'],
    { actor, commandId, fingerprint, before }: { readonly actor: Actor; readonly commandId: string; readonly fingerprint: string; readonly before: Instant | undefined },
  ): Promise<AppendResult> {
    const result = await this.store.append({
      stream, expectedVersion: this.revision, decidedAt: this.clock.now(), fingerprint, ...(before === undefined ? {} : { validUntil: before - leadMs }),
      events: [{ eventId: deterministicId(commandId, 0), type, schema: schemaOf(type), data }],
      provenance: { actor, commandId, correlationId: commandId },
    });
    if (result.status === 'conflict') throw superseded();
    await this.refresh();
    return result;
  }

  /** An id that was used for something else is refused as `command.id-reused`. */
  private async wasDone(commandId: string, fingerprint: string): Promise<boolean> {
    const found = await this.store.findCommand(commandId);
    if (found && (found.stream !== stream || found.fingerprint !== fingerprint)) {
      throw new Refusal('command.id-reused', 'This command id was used before for something else; every request needs an id of its own.', { commandId });
    }
    return found !== null;
  }
}

const sha256Of = (content: string): string => createHash('sha256').update(content).digest('hex');
