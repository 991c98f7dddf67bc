import { join } from 'node:path';
import { Engine } from '#assembly';
import { EmbeddedPostgres } from '#postgres';
import { signal, watchFolder } from '../crash/child.js';
import { Crew, doorWords, workerWords } from '../crash/crew.js';
import type { Rig } from '../crash/rigs.js';
import { Takeovers } from './takeovers.js';

const quiet = (): void => undefined;
const doors = ['door 1', 'door 2'] as const;
/** Most connections that one process opens; those of a killed one linger until the server has noticed. */
const connectionsEach = 30;
const connectionsKept = 60;

/** 多进程台架 Two doors and some workers on one database that none of them owns. Whoever asks again asks another door. */
export class ClusterRig implements Rig {
  readonly name = 'cluster';
  readonly blows: readonly string[];
  private readonly crew: Crew;
  private readonly addresses = new Map<string, string>();
  private readonly workers: readonly string[];
  private turn = 0;

  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly dataFolder: string,
    readonly takeovers: Takeovers,
    workerCount: number,
  ) {
    this.crew = new Crew({ THREELOOPS_DATA: dataFolder, DATABASE_URL: server.url });
    this.workers = Array.from({ length: workerCount }, (_, index) => `worker ${index + 1}`);
    const [first, second, last] = [this.workers[0], this.workers[1], this.workers.at(-1)];
    this.blows = [
      'kill -9 of door 1', 'kill -9 of door 2', `kill -9 of ${first}`, `a long sleep of ${last}`, `kill -9 of door 2, kill -9 of ${second}`,
      ...(workerCount > 2 ? [`kill -9 of ${first}, kill -9 of ${last}`] : []),
    ];
  }

  static async on(folder: string, workerCount: number): Promise<ClusterRig> {
    const databaseFolder = join(folder, 'database');
    watchFolder(databaseFolder);
    const server = await EmbeddedPostgres.start({ dataFolder: databaseFolder, settings: { max_connections: String(connectionsEach * (doors.length + workerCount + 1) + connectionsKept) } });
    return new ClusterRig(server, join(folder, 'data'), Takeovers.on(server.url), workerCount);
  }

  get casualties(): readonly string[] {
    return this.crew.casualties;
  }

  /** Nobody is told that a door was killed: they find out and knock at the next. */
  address(): string | null {
    return this.addresses.get(doors[(this.turn += 1) % doors.length] ?? '') ?? null;
  }

  async up(): Promise<void> {
    const came = this.workers.some((name) => !this.crew.running(name));
    await Promise.all([
      ...doors.map(async (name) => {
        const ready = await this.crew.ready(name, 'api', doorWords);
        if (ready?.[1] !== undefined) this.addresses.set(name, ready[1]);
      }),
      ...this.workers.map((name) => this.crew.ready(name, 'worker', workerWords)),
    ]);
    if (came) await this.takeovers.sharedAmong(this.workers.map((name) => this.pidOf(name)));
  }

  async stumble(afterMs: number): Promise<void> {
    await Promise.all([...doors.map((name) => this.crew.stumble(name, 'api', afterMs)), ...this.workers.map((name) => this.crew.stumble(name, 'worker', afterMs))]);
  }

  async strike(blow: string): Promise<void> {
    const sleeper = /^a long sleep of (.+)$/.exec(blow)?.[1];
    if (sleeper !== undefined) return this.lullToSleep(sleeper, blow);
    const names = blow.split(', ').map((part) => part.slice('kill -9 of '.length));
    const gone = names.filter((name) => this.workers.includes(name)).map((name) => this.pidOf(name));
    await Promise.all(names.map((name) => this.crew.kill(name)));
    if (gone.length > 0) await this.takeovers.takenFrom(gone, blow);
  }

  /** It holds its leases in its own mind until it wakes up, long after others have taken them. */
  private async lullToSleep(name: string, blow: string): Promise<void> {
    const pid = this.pidOf(name);
    signal(pid, 'SIGSTOP');
    try {
      await this.takeovers.takenFrom([pid], blow);
    } finally {
      signal(pid, 'SIGCONT');
    }
    await this.takeovers.sharedAmong(this.workers.map((worker) => this.pidOf(worker)));
  }

  private pidOf(name: string): number {
    const pid = this.crew.member(name)?.pid;
    if (pid === undefined) throw new Error(`${name} has no process`);
    return pid;
  }

  async down(): Promise<readonly string[]> {
    this.addresses.clear();
    return this.crew.down();
  }

  open(): Promise<Engine> {
    return Engine.open({ dataFolder: this.dataFolder, databaseUrl: this.server.url, kind: 'live', notice: quiet });
  }

  async dispose(): Promise<void> {
    await this.down();
    await this.takeovers.close();
    await this.server.stop();
  }
}
