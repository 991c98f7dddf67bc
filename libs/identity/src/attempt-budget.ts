import type { Instant } from '#kernel';

/**
 * 尝试额度 How often somebody may get it wrong within a window. An attempt is taken before the answer is known and given back on
 * success, so that guesses made at the same time count too. Known and unknown names cost the same.
 */
export class AttemptBudget {
  private readonly windows = new Map<string, { attempts: number; endsAt: Instant }>();

  constructor(
    private readonly attemptsMax: number,
    private readonly windowMs: number,
    /** Keys remembered at most; the oldest are forgotten first. */
    private readonly keysMax = 100_000,
  ) {}

  /** Milliseconds until the next attempt is allowed; 0 when this attempt was taken. */
  take(key: string, now: Instant): number {
    const window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      this.windows.delete(key);
      this.windows.set(key, { attempts: 1, endsAt: now + this.windowMs });
      if (this.windows.size > this.keysMax) this.windows.delete(this.windows.keys().next().value as string);
      return 0;
    }
    if (window.attempts >= this.attemptsMax) return window.endsAt - now;
    window.attempts += 1;
    // The pause counts from the last failure, not from the first.
    window.endsAt = now + this.windowMs;
    return 0;
  }

  /** The attempt was none: it succeeded, or nothing was tried. */
  giveBack(key: string): void {
    const window = this.windows.get(key);
    if (window && window.attempts > 0) window.attempts -= 1;
  }

  forget(key: string): void {
    this.windows.delete(key);
  }
}
