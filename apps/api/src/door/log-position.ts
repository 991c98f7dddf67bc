import { Unavailable } from '#kernel';
import type { Views } from '#views';

const freshMs = 100;
const lookEveryMs = 15;
const patienceMs = 2_000;

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

/**
 * 读己之写 How far the views have got. An answer says a position that was reached before it was read, so a client that is told n has
 * seen everything up to n. `monotonicMs` is time that never jumps.
 */
export class ReadPosition {
  private known = 0;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<number> | null = null;

  constructor(
    private readonly views: Pick<Views, 'position'>,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** The last position heard of, without asking. */
  get last(): number {
    return this.known;
  }

  /** At most a tenth of a second old, so that reading costs no query more. */
  async current(): Promise<number> {
    return this.monotonicMs() - this.lookedAt < freshMs ? this.known : this.look();
  }

  /** Waits until the views hold everything up to a position; `views.behind` after two seconds. */
  async reach(position: number): Promise<void> {
    if (this.known >= position) return;
    const until = this.monotonicMs() + patienceMs;
    while ((await this.look()) < position) {
      if (this.monotonicMs() >= until) throw new Unavailable('views.behind', 'What you wait for is recorded but not yet to be seen; ask again.', 1);
      await pause(lookEveryMs);
    }
  }

  private look(): Promise<number> {
    this.looking ??= this.views
      .position()
      .then((position) => {
        this.known = position;
        this.lookedAt = this.monotonicMs();
        return position;
      })
      .finally(() => {
        this.looking = null;
      });
    return this.looking;
  }
}
