import { computed, ref } from 'vue';

/**
 * 服务器时钟 The time of the engine, whatever the device shows. Each answer tells it; the estimate with the shortest way there and back is
 * the best, and grows old, so that a device whose clock is set in between is noticed.
 */
export class ServerClock {
  private offsetMs = 0;
  private roundTripMs = Number.POSITIVE_INFINITY;
  private estimatedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly wall: () => number = () => Date.now(),
    private readonly steady: () => number = () => performance.now(),
  ) {}

  /** An answer that said `serverTime`, asked for at the steady moment `askedAt`. */
  heard(serverTime: string, askedAt: number): void {
    const server = Date.parse(serverTime);
    const now = this.steady();
    const roundTripMs = now - askedAt;
    if (Number.isNaN(server) || roundTripMs < 0) return;
    const stale = now - this.estimatedAt > 60_000;
    const estimate = server + roundTripMs / 2 - now;
    if (!stale && roundTripMs > this.roundTripMs) return;
    this.offsetMs = estimate;
    this.roundTripMs = roundTripMs;
    this.estimatedAt = now;
  }

  /** Runs on the steady clock, so that setting the device's clock moves no countdown. */
  now(): number {
    return this.estimatedAt === Number.NEGATIVE_INFINITY ? this.wall() : this.steady() + this.offsetMs;
  }
}

export const clock = new ServerClock();

/** A moment of the past at which time stands still; null in the present. */
const held = ref<number | null>(null);

export const holdClock = (at: number | null): void => {
  held.value = at;
};

/** The moment that is looked at: now, or the one of the past. */
export const shownNow = (): number => held.value ?? clock.now();

const second = ref(clock.now());
let ticking = false;

const tick = (): void => {
  second.value = clock.now();
  setTimeout(tick, 1_000 - (clock.now() % 1_000) + 2);
};

/** Milliseconds of the engine's time, renewed as each of its seconds begins; it stands still while the past is looked at. One ticker for the page. */
export const useNow = () => {
  if (!ticking) {
    ticking = true;
    tick();
    document.addEventListener('visibilitychange', () => {
      second.value = clock.now();
    });
  }
  return computed(() => held.value ?? second.value);
};
