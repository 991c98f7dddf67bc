import { second } from '#kernel';
import type { Notary } from './notary.js';

/** Longest time between a fact and the checkpoint over it, while all is well. */
const checkpointEveryMs: number = 5 * second;

/** Lets the notary take its steps, one after the other, until it is stopped. An error is told once and the step is taken again. */
export class NotaryRunner {
  private stopping = false;
  private wake: (() => void) | null = null;
  private done: Promise<void> = Promise.resolve();
  private error: string | null = null;

  constructor(
    private readonly notary: Pick<Notary, 'step'>,
    private readonly onError: (name: string, error: unknown) => void,
    private readonly everyMs: number = checkpointEveryMs,
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
      try {
        await this.notary.step();
        this.error = null;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== this.error) this.onError('notary', error);
        this.error = message;
      }
      if (!this.stopping) await this.pause();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.everyMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
