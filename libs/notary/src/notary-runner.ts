import { second } from '#kernel';
import type { Notary } from './notary.js';

interface NotaryTimes {
  /** Longest time between a fact and the checkpoint over it, while all is well. */
  readonly everyMs: number;
  /** How often it is looked whether a checkpoint is due by number before that. */
  readonly lookMs: number;
}

const usualTimes: NotaryTimes = { everyMs: 5 * second, lookMs: second / 4 };

/** About how many facts one checkpoint adds in a flood: what has to be read again for it comes bit by bit, and signing costs next to nothing for each. */
export const checkpointOver = 40_000;

/** Lets the notary take its steps, one after the other, until it is stopped. An error is told once and the step is taken again. */
export class NotaryRunner {
  private stopping = false;
  private wake: (() => void) | null = null;
  private done: Promise<void> = Promise.resolve();
  private error: string | null = null;

  /**
   * `grown` answers how large the trees are, as far as this process knows, and null while another process lets them grow: that one remembers what they
   * took in and signs it; anybody else would have to reckon all of it again, leaf by leaf.
   */
  constructor(
    private readonly notary: Pick<Notary, 'step'>,
    private readonly grown: () => number | null,
    private readonly onError: (name: string, error: unknown) => void,
    private readonly times: NotaryTimes = usualTimes,
  ) {}

  start(): void {
    this.stopping = false;
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const grown = this.grown();
      if (grown === null) {
        await this.pause(this.times.lookMs);
        continue;
      }
      try {
        await this.notary.step();
        this.error = null;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== this.error) this.onError('notary', error);
        this.error = message;
      }
      await this.untilDue(grown);
    }
  }

  /** By time, or by the number of facts since the last step began. */
  private async untilDue(grown: number): Promise<void> {
    const { everyMs, lookMs } = this.times;
    const until = performance.now() + everyMs;
    for (let leftMs = everyMs; !this.stopping && leftMs > 0 && (this.error !== null || (this.grown() ?? grown) - grown < checkpointOver); leftMs = until - performance.now()) {
      await this.pause(Math.min(lookMs, leftMs));
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
