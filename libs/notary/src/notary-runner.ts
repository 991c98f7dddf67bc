import { second } from '#kernel';
import type { Notary } from './notary.js';

/** Longest time between a fact and the checkpoint over it, while all is well. */
const checkpointEveryMs: number = 5 * second;
/** About how many facts one checkpoint adds in a flood: what has to be read again for it then comes in small pieces instead of all at once. */
const checkpointOver = 20_000;

/** How long to wait after a step that signed so many facts, which took so long to come: until the next checkpoint is due by time or by number. */
export const pauseAfter = (signed: number, cameWithinMs: number, everyMs: number): number => (signed === 0 ? everyMs : Math.min(everyMs, (cameWithinMs * checkpointOver) / signed));

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
    for (let before = performance.now(); !this.stopping; ) {
      const began = performance.now();
      let signed = 0;
      try {
        signed = await this.notary.step();
        this.error = null;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== this.error) this.onError('notary', error);
        this.error = message;
      }
      if (!this.stopping) await this.pause(pauseAfter(signed, began - before, this.everyMs));
      before = began;
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
