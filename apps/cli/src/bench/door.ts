import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Engine, logTo, seed, settingsFrom } from '#assembly';
import type { EngineOptions } from '#assembly';
import { openDoor } from '../../../api/src/host.js';
import type { Host } from '../../../api/src/listening.js';
import type { Group } from './group.js';
import { notice } from './group.js';
import type { LoadErrand, LoadResult } from './load-client.js';
import { NothingController } from './nothing-controller.js';
import { gridsOf, seedsFolder } from './reports.js';

/** A whole engine as `npm start` runs it, with Yangpu in force, on the database of the group. */
export const openEngine = async ({ databaseUrl, folder }: Group, more: Partial<EngineOptions> = {}): Promise<Engine> => {
  const engine = await Engine.open({ dataFolder: folder, databaseUrl, kind: 'live', notice, ...more });
  await seed(engine, seedsFolder, { accounts: false });
  return engine;
};

/** Opens the front door on a free port; beside its own routes the one that checks and does nothing. */
export const openFrontDoor = (engine: Engine): Promise<Host> =>
  openDoor(engine, settingsFrom({}, { port: 0, logLevel: 'silent' }), logTo('silent'), { controllers: [NothingController] });

/** Session of a dispatcher of the district centre, who may report for the hotline and sees the whole district. */
export const signIn = async ({ doorkeeper, shelf }: Engine): Promise<string> => {
  const { reference } = shelf.library().current;
  const centre = reference.units.find(({ kind }) => kind === 'district-centre');
  if (!centre) throw new Error('the seeded city has no district centre');
  const account = await doorkeeper.addAccount({ login: 'bench', displayName: 'bench', role: 'district-dispatcher', unit: centre.code, place: centre.place });
  const { token } = await doorkeeper.signInByLink(await doorkeeper.openLink('login', account.id), '127.0.0.1');
  return token;
};

/** People at their devices: a process of their own, which shares the machine with the engine. */
export class Visitors {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('load-client.js', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly engine: Engine,
  ) {}

  come(errand: Pick<LoadErrand, 'habit' | 'connections' | 'seconds' | 'perSecond'>, incidents: readonly string[] = []): Promise<LoadResult> {
    const whole: LoadErrand = { ...errand, url: this.url, token: this.token, grids: gridsOf(this.engine.shelf.library().current), incidents };
    return new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('message', (result: LoadResult) => {
        this.child.off('error', reject);
        resolve(result);
      });
      this.child.send(whole);
    });
  }

  /** Ends the visit under way; its result comes as usual. */
  stop(): void {
    this.child.send('stop');
  }

  leave(): void {
    this.child.disconnect();
  }
}

export const insistAnswered = (visit: string, { failed, requests }: LoadResult): void => {
  if (failed > 0) throw new Error(`${failed} of ${requests} requests (${visit}) were not answered with success`);
};
