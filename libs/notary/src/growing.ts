import { Worker } from 'node:worker_threads';
import { TreeGrower } from '#evidence';
import type { FactRecords, Growth, PerTree, Tile } from '#evidence';

/** Where the trees grow. One thing at a time: who asks waits for the answer before asking again. Fails with an ordinary error; then `begin` comes first again. */
export interface Growing {
  /** As `TreeGrower` has it. */
  begin(size: number, edges: PerTree<readonly Tile[]>): Promise<void>;
  take(facts: FactRecords): Promise<Growth>;
  close(): Promise<void>;
}

/** In the caller's own thread. */
class GrowingHere implements Growing {
  private readonly grower: TreeGrower;

  constructor(logId: string) {
    this.grower = new TreeGrower(logId);
  }

  async begin(size: number, edges: PerTree<readonly Tile[]>): Promise<void> {
    this.grower.begin(size, edges);
  }

  async take(facts: FactRecords): Promise<Growth> {
    return this.grower.take(facts);
  }

  async close(): Promise<void> {
    // Nothing was opened.
  }
}

export type GrowingErrand = { readonly size: number; readonly edges: PerTree<readonly Tile[]> } | { readonly facts: FactRecords };
export type GrowingAnswer = { readonly growth: Growth | null } | { readonly objection: string };

/** What the thread has to hold is a few thousand facts at a time; its young generation is bounded like that of the process. */
const megabytes = { maxOldGenerationSizeMb: 64 };

/** 生长线程 In a thread of its own: people who ask for something meanwhile do not wait for hashes. A thread that dies is replaced by the next that is asked to begin. */
class GrowingThread implements Growing {
  private worker: Worker | null = null;
  private answered: { readonly resolve: (growth: Growth | null) => void; readonly reject: (error: Error) => void } | null = null;

  constructor(private readonly logId: string) {}

  async begin(size: number, edges: PerTree<readonly Tile[]>): Promise<void> {
    this.worker ??= this.started();
    await this.ask(this.worker, { size, edges });
  }

  async take(facts: FactRecords): Promise<Growth> {
    const growth = this.worker && (await this.ask(this.worker, { facts }));
    if (!growth) throw new Error('the trees were not begun');
    return growth;
  }

  /**
   * The thread ends by itself, behind what it was asked for before. One that is terminated while its code is still being compiled takes the whole
   * process with it (Node 20.20: an assertion in `node_platform.cc`); one that ends by itself waits for its compilers.
   */
  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    this.worker = null;
    worker.ref();
    worker.postMessage(null);
    await new Promise((resume) => worker.once('exit', resume));
  }

  private ask(worker: Worker, errand: GrowingErrand): Promise<Growth | null> {
    if (this.answered) throw new Error('the trees grow by one thing at a time');
    return new Promise((resolve, reject) => {
      this.answered = { resolve, reject };
      worker.postMessage(errand);
    });
  }

  private started(): Worker {
    const worker = new Worker(new URL('growing-thread.js', import.meta.url), { name: 'evidence', workerData: this.logId, execArgv: [], resourceLimits: megabytes });
    const settle = (settled: (waiting: NonNullable<typeof this.answered>) => void): void => {
      const waiting = this.answered;
      this.answered = null;
      if (waiting) settled(waiting);
    };
    worker.on('message', (answer: GrowingAnswer) => settle(({ resolve, reject }) => ('objection' in answer ? reject(new Error(answer.objection)) : resolve(answer.growth))));
    worker.on('error', (error) => settle(({ reject }) => reject(error)));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = null;
      settle(({ reject }) => reject(new Error('the thread in which the trees grow has ended')));
    });
    // Whoever is done with everything else does not wait for it.
    worker.unref();
    return worker;
  }
}

/** Uncompiled sources cannot be loaded by a thread of their own. */
export const growing = (logId: string): Growing => (import.meta.url.endsWith('.ts') ? new GrowingHere(logId) : new GrowingThread(logId));
