import { createHash } from 'node:crypto';
import { schemaOf } from '#events';
import type { ReferenceActivated } from '#events';
import { Refusal } from '#kernel';
import type { Actor, Clock, EventStore, Iso, Role } from '#kernel';
import { libraryOf } from '#reference';
import type { Library, Reference } from '#reference';
import { deterministicId } from './ids.js';

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
  /** The version that was in force when they looked at the difference. */
  readonly against?: string;
  /** Under the same id nothing is done twice. */
  readonly commandId?: string;
}

/** One coming into force. */
export interface ActivatedVersion {
  readonly version: string;
  readonly sha256: string;
  readonly position: number;
  readonly at: Iso;
  readonly actorId: string;
  readonly actorRole: Role;
  /** Null where it was activated from the command line. */
  readonly reason: string | null;
}

const stream = 'reference';

const superseded = (): Refusal => new Refusal('reference.superseded', 'Somebody else activated reference data at the same time; look at the difference again.');

/**
 * 底数库 Every version of what the city laid down. A version comes into force by a fact in the log and stays readable for ever, since
 * incidents that were filed under it keep being judged by it.
 */
export class ReferenceShelf {
  private references: readonly Reference[] = [];
  /** Where in the log each of them came into force. */
  private positions: readonly number[] = [];
  private past: { readonly count: number; readonly library: Library } | null = null;
  private revision = 0;
  private shelved: Library | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly contents: ReferenceContents,
    private readonly clock: Clock,
  ) {}

  /** What is in force. Refuses while nothing is. */
  readonly library = (): Library => {
    if (!this.shelved) throw new Refusal('reference.none', 'No reference data is in force yet; import a city first.');
    return this.shelved;
  };

  /** What was in force when the log ended at a position. Refuses with `reference.none` where nothing was yet. */
  readonly libraryAsOf = (position: number): Library => {
    const count = this.positions.filter((activatedAt) => activatedAt <= position).length;
    if (count === 0) throw new Refusal('reference.none', 'No reference data was in force then.', { asOf: position });
    if (count === this.references.length) return this.library();
    if (this.past?.count !== count) this.past = { count, library: libraryOf(this.references.slice(0, count)) };
    return this.past.library;
  };

  get isEmpty(): boolean {
    return this.shelved === null;
  }

  /** Reads what has been activated since the last look; answers whether that was anything. */
  async refresh(): Promise<boolean> {
    const events = await this.store.readStream(stream, this.revision + 1);
    const last = events.at(-1);
    if (!last) return false;
    const facts = events.map(({ data }) => data as ReferenceActivated['data']);
    const contents = await this.contents.read(facts.map(({ sha256 }) => sha256));
    const fresh = facts.map(({ version, sha256 }) => {
      const content = contents.get(sha256);
      if (content === undefined || sha256Of(content) !== sha256) throw new Error(`the content of reference version "${version}" is missing or altered`);
      return JSON.parse(content) as Reference;
    });
    this.references = [...this.references, ...fresh];
    this.positions = [...this.positions, ...events.map(({ position }) => position)];
    this.revision = last.version;
    this.shelved = libraryOf(this.references);
    return true;
  }

  /** Looks at a version without putting it in force. Refuses with `reference.version-reused` what could not be activated. */
  async examine(reference: Reference): Promise<'new' | 'already-in-force'> {
    await this.refresh();
    if (this.isInForce(reference)) return 'already-in-force';
    this.refuseReusedVersions(reference);
    return 'new';
  }

  /**
   * 启用 Puts a version in force from now on. The very same content again records nothing; another content under a used version is
   * refused. Whoever compared it with a version says which: when another one has come into force since, it is `reference.superseded`.
   */
  async activate(reference: Reference, actor: Actor, { reason, against, commandId: given }: Activation = {}): Promise<'activated' | 'already-in-force'> {
    await this.refresh();
    const content = JSON.stringify(reference);
    const sha256 = sha256Of(content);
    if (given !== undefined && (await this.wasDone(given, sha256))) return 'activated';
    if (this.isInForce(reference)) return 'already-in-force';
    if (against !== undefined && this.shelved && this.shelved.current.reference.version !== against) throw superseded();
    this.refuseReusedVersions(reference);
    await this.contents.keep(sha256, content);
    const data: ReferenceActivated['data'] = {
      version: reference.version, sha256, policyVersion: reference.policy.version, catalogueVersion: reference.catalogue.version,
      dutyVersion: reference.duties.version, calendarVersion: reference.calendar.version, ...(reason === undefined ? {} : { reason }),
    };
    const commandId = given ?? deterministicId(stream, this.revision, sha256);
    const result = await this.store.append({
      stream, expectedVersion: this.revision, decidedAt: this.clock.now(), fingerprint: sha256,
      events: [{ eventId: deterministicId(commandId, 0), type: 'ReferenceActivated', schema: schemaOf('ReferenceActivated'), data }],
      provenance: { actor, commandId, correlationId: commandId },
    });
    if (result.status === 'conflict') throw superseded();
    await this.refresh();
    return 'activated';
  }

  /** 启用记录 What came into force when, by whom and why; the latest first. */
  async activations(): Promise<readonly ActivatedVersion[]> {
    const events = await this.store.readStream(stream);
    return events.toReversed().map(({ data, position, recordedAt, actor }) => {
      const { version, sha256, reason } = data as ReferenceActivated['data'];
      return { version, sha256, position, at: recordedAt, actorId: actor.id, actorRole: actor.role, reason: reason ?? null };
    });
  }

  private isInForce(reference: Reference): boolean {
    const inForce = this.references.at(-1);
    return inForce !== undefined && JSON.stringify(inForce) === JSON.stringify(reference);
  }

  /** An id that was used for something else is refused as `command.id-reused`. */
  private async wasDone(commandId: string, sha256: string): Promise<boolean> {
    const found = await this.store.findCommand(commandId);
    if (found && (found.stream !== stream || found.fingerprint !== sha256)) {
      throw new Refusal('command.id-reused', 'This command id was used before for something else; every request needs an id of its own.', { commandId });
    }
    return found !== null;
  }

  /** A version is pinned by incidents, so its content can never change. */
  private refuseReusedVersions(reference: Reference): void {
    const parts = (each: Reference): readonly (readonly [string, string, unknown])[] => [
      ['reference', each.version, each], ['policy', each.policy.version, each.policy], ['catalogue', each.catalogue.version, each.catalogue],
      ['duties', each.duties.version, each.duties], ['calendar', each.calendar.version, each.calendar],
    ];
    for (const [what, version, content] of parts(reference)) {
      for (const earlier of this.references) {
        const same = parts(earlier).find(([name, used]) => name === what && used === version);
        if (same && JSON.stringify(same[2]) !== JSON.stringify(content)) {
          throw new Refusal('reference.version-reused', `The ${what} version "${version}" is in use with another content; give the new one a new version.`, { what, version });
        }
      }
    }
  }
}

const sha256Of = (content: string): string => createHash('sha256').update(content).digest('hex');
