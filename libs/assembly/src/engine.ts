import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeadlineRunner, deadlineSubscriber, IncidentDesk, loopSubscriber, ReferenceShelf, streamOf, SubscriptionLoop } from '#engine';
import type { LoopTimes, SubscriptionStatus } from '#engine';
import { ExchangeTables0000000000701 } from '#exchange';
import { Doorkeeper, identityMigrations, PostgresIdentityStore } from '#identity';
import { FigureDesk, figureMigrations, FiguresProjector, FrozenShelf, LedgerShelf } from '#figures';
import { fromIso, minute, Refusal } from '#kernel';
import type { Clock, LogIdentity } from '#kernel';
import { KurrentEventStore, KurrentTables0000000000801 } from '#kurrent';
import { FolderPhotoStore } from '#photos';
import {
  DatabaseClock, EmbeddedPostgres, lockFolder, PostgresKeyVault, PostgresReferenceContents, ReferenceContents0000000000004, SecretMarks,
} from '#postgres';
import type { Connection, PostgresLog } from '#postgres';
import { historyOn, openReadModel, readModelMigrations, ReadModelProjector, ReadModelViews } from '#readmodel';
import { EvidenceTables0000000000501, PostgresStoredFacts, withDigests } from '#notary';
import type { History } from '#views';
import type { PoolClient } from 'pg';
import { Evidence } from './evidence.js';
import type { EvidenceOptions } from './evidence.js';
import { Exchange } from './exchange.js';
import type { KafkaOptions } from './kafka-settings.js';
import { openLog } from './open-log.js';
import { secretsOfLog } from './secrets.js';
import type { Secrets } from './secrets.js';

/** What an operator wants to know, in a sentence; `error` where there is one. */
export type Notice = (notice: string, error?: unknown) => void;

export interface EngineOptions extends Partial<EvidenceOptions> {
  /** Folder of secrets, photos and, without `databaseUrl`, of the database itself. */
  readonly dataFolder: string;
  /** An outside PostgreSQL; without it one is started inside, on the data folder. */
  readonly databaseUrl?: string;
  /** KurrentDB for the facts, by its address; in the database with everything else otherwise. */
  readonly eventStore?: string;
  readonly kind: LogIdentity['kind'];
  /** A simulated clock for demo and play; the database's own clock otherwise. */
  readonly clock?: Clock;
  readonly notice: Notice;
  readonly cachedIncidentsMax?: number;
  readonly times?: LoopTimes;
  /** Where facts go out and reports come in; without it nothing does. */
  readonly kafka?: KafkaOptions;
  /** 换钥 The secrets in the folder, or new ones, are the log's from now on: those that it worked with are lost. */
  readonly newSecrets?: boolean;
}

/** The schema steps of all rooms that keep something in the database. */
export const moreMigrations = [ReferenceContents0000000000004, ...identityMigrations, ...readModelMigrations, ...figureMigrations, EvidenceTables0000000000501, ExchangeTables0000000000701, KurrentTables0000000000801] as const;

/** How far the clock may jump ahead before it is not believed, while no policy in force says so. */
const usualJumpLimitMinutes = 10;

/** The database's clock, guarded by the policy that is in force when the engine starts. */
const databaseClock = async (log: PostgresLog, contents: PostgresReferenceContents, stoppers: (() => Promise<void>)[]): Promise<Clock> => {
  const shelf = new ReferenceShelf(log.store, contents, { now: () => 0, anomaly: () => null });
  await shelf.refresh();
  const { recordedAt } = await log.store.head();
  const limitMinutes = recordedAt === null || shelf.isEmpty ? usualJumpLimitMinutes : shelf.library(fromIso(recordedAt)).current.reference.policy.clockJumpMinutesMax;
  const clock = await DatabaseClock.start(log.pool, { jumpLimitMs: limitMinutes * minute, ...(recordedAt === null ? {} : { notBefore: fromIso(recordedAt) }) });
  stoppers.unshift(() => Promise.resolve(clock.stop()));
  return clock;
};

const referenceLookMs = 2_000;

/** Says what kind of log a data folder holds, for whoever must know before a database runs on it. */
const kindFile = 'log-kind';

/** Null when the folder is not there or nothing is in it but a mark that a cut-off start left empty, an empty text when it holds something that is no log. */
export const readKind = async (dataFolder: string): Promise<string | null> => {
  const marked = await readFile(join(dataFolder, kindFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  if (marked.trim() !== '') return marked.trim();
  const others = (await readdir(dataFolder).catch(() => [])).filter((name) => name !== kindFile);
  return others.length === 0 ? null : '';
};

const kindWords: Readonly<Record<LogIdentity['kind'], string>> = { live: 'live', demo: 'demonstration', played: 'played' };

/**
 * What a log that is there already may be opened as: whatever its folder says that it is, and live where it says nothing. Refuses with `log.none` where there is no
 * log: whoever wants to read one has named the wrong folder, and would get keys and figures of a new one.
 */
export const kindOfLog = async (dataFolder: string): Promise<LogIdentity['kind']> => {
  const found = await readKind(dataFolder);
  if (found === null) throw new Refusal('log.none', `There is no log in ${dataFolder}; name its folder by --data or THREELOOPS_DATA.`, { dataFolder });
  return Object.hasOwn(kindWords, found) ? (found as LogIdentity['kind']) : 'live';
};

/** A new folder gets its mark before anything else is in it; one with another mark is refused before anything is started on it. */
const markFolder = async (dataFolder: string, kind: LogIdentity['kind']): Promise<void> => {
  const found = await readKind(dataFolder);
  if (found === null) {
    await mkdir(dataFolder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    await writeFile(join(dataFolder, kindFile), `${kind}\n`);
  } else if (found !== '' && found !== kind) {
    throw new Refusal('log.wrong-kind', `${dataFolder} holds a ${kindWords[found as LogIdentity['kind']] ?? found} log and cannot be opened as a ${kindWords[kind]} one.`, { dataFolder, found, asked: kind });
  }
};

/** 引擎 All parts of one engine process, put together. Reading and deciding work at once; the durable processes run after `startWork`. */
export class Engine {
  private readonly loops: readonly SubscriptionLoop<PoolClient>[];
  readonly runner: DeadlineRunner<PoolClient>;
  readonly ledgers: LedgerShelf;
  readonly figures: FigureDesk;
  readonly evidence: Evidence;
  /** The event store, where the facts have one to themselves. */
  readonly eventStore: Pick<KurrentEventStore, 'check'> | null;
  readonly exchange: Exchange | null;
  private look: NodeJS.Timeout | null = null;
  private working = false;

  private constructor(
    readonly log: PostgresLog,
    readonly clock: Clock,
    readonly desk: IncidentDesk,
    readonly shelf: ReferenceShelf,
    readonly vault: PostgresKeyVault,
    readonly views: ReadModelViews,
    readonly history: History,
    readonly doorkeeper: Doorkeeper,
    readonly photos: FolderPhotoStore,
    readonly secrets: Secrets,
    private readonly options: EngineOptions,
    private readonly stoppers: readonly (() => Promise<void>)[],
  ) {
    // Inside a data folder there is one engine at a time: what the last one held when it was killed is this one's at once.
    const owner = options.databaseUrl === undefined ? 'standalone' : `${process.pid}-${randomUUID()}`;
    const onError = (name: string, error: unknown): void => options.notice(`the process "${name}" met an error and tries again`, error);
    const { dataFolder, witnesses = [], witnessesNeeded = 0 } = options;
    const eventStore = log.store instanceof KurrentEventStore ? log.store : null;
    this.eventStore = eventStore;
    this.ledgers = new LedgerShelf(log.pool, log.store);
    this.figures = new FigureDesk(log.store, this.ledgers, new FrozenShelf(log.pool));
    this.runner = new DeadlineRunner({
      index: log.deadlines, clock, passTime: (streams) => desk.passTime(streams), onError,
      onHold: (aheadMs) => options.notice(`the clock is ${Math.round(aheadMs / minute)} minutes ahead of itself: deadlines are held until it comes back, or until the engine is started again and so takes the new time for right`),
    });
    this.exchange = options.kafka ? new Exchange({ ...options.kafka, pool: log.pool, past: views, desk, clock, vault, photos, library: shelf.library, secret: secrets.digestKey, notice: options.notice }) : null;
    const loop = (subscriber: ConstructorParameters<typeof SubscriptionLoop<PoolClient>>[0]): SubscriptionLoop<PoolClient> =>
      new SubscriptionLoop(subscriber, log.store, log.subscriptions, owner, onError, options.times, this.runner);
    this.loops = [loop(loopSubscriber(desk)), loop(deadlineSubscriber(log.deadlines)), loop(new ReadModelProjector()), loop(new FiguresProjector()), ...(this.exchange ? [loop(this.exchange.facts)] : [])];
    this.evidence = new Evidence({
      log, secrets, dataFolder, clock, witnesses, witnessesNeeded, owner, press: this.runner, onNotice: options.notice, onError,
      facts: eventStore ? withDigests(eventStore.storedFacts()) : new PostgresStoredFacts(log.pool),
      ...(options.times === undefined ? {} : { times: options.times }),
    });
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const stoppers: (() => Promise<void>)[] = [];
    try {
      if (options.databaseUrl === undefined) await markFolder(options.dataFolder, options.kind);
      const embedded = options.databaseUrl === undefined ? await EmbeddedPostgres.start({
        dataFolder: options.dataFolder, onNotice: options.notice,
      }) : null;
      if (embedded) stoppers.unshift(() => embedded.stop());
      const connection: Connection = embedded ? embedded.connection : { connectionString: options.databaseUrl ?? '' };
      const log = await openLog({ ...options, connection, moreMigrations });
      stoppers.unshift(() => log.close());
      const secrets = await secretsOfLog(options.dataFolder, new SecretMarks(log.pool), { renewed: options.newSecrets === true });
      const contents = new PostgresReferenceContents(log.pool);
      const clock = options.clock ?? (await databaseClock(log, contents, stoppers));
      const shelf = new ReferenceShelf(log.store, contents, clock);
      await shelf.refresh();
      const desk = new IncidentDesk({
        store: log.store, clock, library: shelf.library, ...(options.cachedIncidentsMax === undefined ? {} : { cachedIncidentsMax: options.cachedIncidentsMax }),
      });
      const readModel = await openReadModel(connection);
      stoppers.unshift(() => readModel.destroy());
      const views = new ReadModelViews(readModel);
      const doorkeeper = new Doorkeeper(new PostgresIdentityStore(log.pool), () => Date.now());
      const vault = new PostgresKeyVault(log.pool, secrets.keyEncryptionKey);
      return new Engine(log, clock, desk, shelf, vault, views, historyOn(readModel, log.store, streamOf), doorkeeper, new FolderPhotoStore(join(options.dataFolder, 'photos')), secrets, options, stoppers);
    } catch (error) {
      for (const stop of stoppers) await stop().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Deletes a data folder that holds a log of this kind; a folder that is not there is fine. Refuses with `log.wrong-kind` to touch any
   * other, and with `data.folder-in-use` one that an engine has open.
   */
  static async forget(dataFolder: string, kind: 'demo' | 'played'): Promise<void> {
    const found = await readKind(dataFolder);
    if (found === null) return;
    if (found !== kind) throw new Refusal('log.wrong-kind', `${dataFolder} holds ${found === '' ? 'something else' : `a ${found} log`} and is left alone; name another folder by THREELOOPS_DATA.`, { dataFolder, found });
    const lock = await lockFolder(dataFolder);
    try {
      // The mark goes last: a deletion that is cut short leaves a folder that is still known for what it is.
      for (const part of await readdir(dataFolder)) if (part !== kindFile) await rm(join(dataFolder, part), { recursive: true, force: true });
    } finally {
      await lock.release();
    }
    await rm(join(dataFolder, kindFile), { force: true });
  }

  /** Starts the loops, the deadlines and the views; also looks out for reference data that another process activates. */
  startWork(): void {
    if (this.working) return;
    this.working = true;
    for (const loop of this.loops) loop.start();
    this.runner.start();
    this.exchange?.start();
    this.evidence.work.start();
  }

  /** Looks out for reference data that another process activates. */
  watchReference(): void {
    this.look ??= setInterval(() => void this.shelf.refresh().catch((error: unknown) => this.options.notice('reference data could not be read', error)), referenceLookMs);
  }

  status(): { readonly subscriptions: readonly SubscriptionStatus[]; readonly deadlines: { readonly fired: number; readonly error: string | null } } {
    return { subscriptions: [...this.loops.map((loop) => loop.status()), this.evidence.work.status()], deadlines: { fired: this.runner.fired, error: this.runner.error } };
  }

  /** Waits until every durable process has handled the log up to its present end. */
  async settled(timeoutMs = 60_000): Promise<void> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const { position } = await this.log.store.head();
      const positions = await this.log.subscriptions.positions();
      if (['loops', 'deadlines', 'views', 'figures'].every((name) => (positions.get(name) ?? 0) >= position)) return;
      if (performance.now() > until) throw new Error(`the durable processes did not reach position ${position} in ${timeoutMs} ms: ${JSON.stringify(this.status())}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stopWork(): Promise<void> {
    if (!this.working) return;
    this.working = false;
    await Promise.all([this.runner.stop(), this.evidence.work.stop(), ...this.loops.map((loop) => loop.stop())]);
    await this.exchange?.stop();
  }

  /** Lets everything under way finish, then closes the database. */
  async close(): Promise<void> {
    if (this.look) clearInterval(this.look);
    await this.stopWork();
    for (const stop of this.stoppers) await stop();
  }
}
