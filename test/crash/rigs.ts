import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Engine } from '#assembly';
import type { Dice } from '#play';
import { EmbeddedPostgres } from '#postgres';
import { serverOf, signal, watchFolder } from './child.js';
import { Crew, doorWords, workerWords } from './crew.js';

/** 台架 One way to set the engine up, and to hurt it. */
export interface Rig {
  readonly name: string;
  /** Where the door answers now; null while it is known to be away. */
  address(): string | null;
  /** Starts whatever does not run. */
  up(): Promise<void>;
  strike(blow: string): Promise<void>;
  /** Starts what does not run and kills it again after so many milliseconds, most often before it is ready. */
  stumble(afterMs: number): Promise<void>;
  /** Every kind of blow, so that a long trial has dealt each of them. */
  readonly blows: readonly string[];
  /** Ends everything but the data in good order; answers what went wrong with that. */
  down(): Promise<readonly string[]>;
  /** The engine in this very process, on the data; only while the programs are down. */
  open(): Promise<Engine>;
  dispose(): Promise<void>;
  /** Programs that died without having been killed, with their last words. */
  readonly casualties: readonly string[];
}

const quiet = (): void => undefined;

const hit = async (dataFolder: string, name: NodeJS.Signals): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    const pid = serverOf(dataFolder);
    if (pid !== null && signal(pid, name)) return;
    await sleep(10);
  }
  throw new Error(`no database server was found in ${dataFolder}`);
};

/** npm start: one process with a PostgreSQL of its own. */
export class StandaloneRig implements Rig {
  readonly name: string = 'standalone';
  readonly blows: readonly string[] = [
    'kill -9 of the engine', 'kill -9 of the engine', 'immediate stop of the database', 'kill -9 of the database', 'kill -9 of the engine, immediate stop of the database',
    'kill -9 of the database, kill -9 of the engine',
  ];
  private readonly crew: Crew;
  private where: string | null = null;

  constructor(private readonly dataFolder: string) {
    this.crew = new Crew({ THREELOOPS_DATA: dataFolder });
    watchFolder(dataFolder);
  }

  get casualties(): readonly string[] {
    return this.crew.casualties;
  }

  address(): string | null {
    return this.where;
  }

  protected get running(): boolean {
    return this.crew.running('engine');
  }

  async up(): Promise<void> {
    if (this.running) return;
    const child = this.crew.start('engine', 'engine');
    this.where = (await child.says(doorWords))[1] ?? null;
    this.crew.watch(child);
  }

  stumble(afterMs: number): Promise<void> {
    return this.crew.stumble('engine', 'engine', afterMs);
  }

  async strike(blow: string): Promise<void> {
    for (const part of blow.split(', ')) {
      if (part === 'kill -9 of the engine') await this.crew.kill('engine');
      if (part === 'immediate stop of the database') await hit(this.dataFolder, 'SIGQUIT');
      if (part === 'kill -9 of the database') await hit(this.dataFolder, 'SIGKILL');
    }
  }

  async down(): Promise<readonly string[]> {
    this.where = null;
    return this.crew.down();
  }

  open(): Promise<Engine> {
    return Engine.open({ dataFolder: this.dataFolder, kind: 'live', notice: quiet });
  }

  async dispose(): Promise<void> {
    await this.down();
  }
}

const workers = ['worker 1', 'worker 2'] as const;

/** One door and two workers on one database that none of them owns. */
export class SharedRig implements Rig {
  readonly name = 'two workers and a door';
  readonly blows = [
    'kill -9 of worker 1', 'kill -9 of worker 2', 'kill -9 of the door', 'kill -9 of worker 1, kill -9 of worker 2', 'kill -9 of the door, kill -9 of worker 1',
    'immediate stop of the database', 'kill -9 of the database', 'kill -9 of the database, kill -9 of worker 2',
    'kill -9 of the door, kill -9 of worker 1, kill -9 of worker 2, immediate stop of the database',
  ];
  private readonly crew: Crew;
  private where: string | null = null;

  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly dataFolder: string,
  ) {
    this.crew = new Crew({ THREELOOPS_DATA: dataFolder, DATABASE_URL: server.url });
  }

  static async on(folder: string): Promise<SharedRig> {
    const databaseFolder = join(folder, 'database');
    watchFolder(databaseFolder);
    return new SharedRig(await EmbeddedPostgres.start({ dataFolder: databaseFolder }), join(folder, 'data'));
  }

  get casualties(): readonly string[] {
    return this.crew.casualties;
  }

  address(): string | null {
    return this.where;
  }

  async up(): Promise<void> {
    const [door] = await Promise.all([this.crew.ready('the door', 'api', doorWords), ...workers.map((name) => this.crew.ready(name, 'worker', workerWords))]);
    this.where = door?.[1] ?? this.where;
  }

  async stumble(afterMs: number): Promise<void> {
    await Promise.all([this.crew.stumble('the door', 'api', afterMs), ...workers.map((name) => this.crew.stumble(name, 'worker', afterMs))]);
  }

  async strike(blow: string): Promise<void> {
    for (const part of blow.split(', ')) {
      const name = /^kill -9 of (.+)$/.exec(part)?.[1];
      if (part === 'immediate stop of the database') this.hitServer('SIGQUIT');
      else if (name === 'the database') this.hitServer('SIGKILL');
      else if (name !== undefined) await this.crew.kill(name);
    }
  }

  private hitServer(name: NodeJS.Signals): void {
    const { pid } = this.server;
    if (pid === undefined || !signal(pid, name)) throw new Error('the database server was not there to be hit');
  }

  async down(): Promise<readonly string[]> {
    this.where = null;
    return this.crew.down();
  }

  open(): Promise<Engine> {
    return Engine.open({ dataFolder: this.dataFolder, databaseUrl: this.server.url, kind: 'live', notice: quiet });
  }

  async dispose(): Promise<void> {
    await this.down();
    await this.server.stop();
  }
}

/** Every blow at least once before any comes again, in an order that the dice decide. */
export const dealtFrom = (blows: readonly string[], dice: Dice): (() => string) => {
  let deck: string[] = [];
  return () => {
    if (deck.length === 0) {
      deck = [...blows];
      for (let last = deck.length - 1; last > 0; last -= 1) {
        const other = Math.floor(dice.next() * (last + 1));
        [deck[last], deck[other]] = [deck[other] as string, deck[last] as string];
      }
    }
    return deck.pop() as string;
  };
};
