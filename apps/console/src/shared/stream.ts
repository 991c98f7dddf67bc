import { readonly, ref } from 'vue';

/** What of a recorded fact goes to listeners; the rest is asked for. */
interface LiveFact {
  readonly position: number;
  readonly incidentId: string;
  readonly revision: number;
  readonly type: string;
  readonly chinese: string;
  readonly recordedAt: string;
  readonly [field: string]: unknown;
}

type Heard =
  | { readonly kind: 'fact'; readonly fact: LiveFact }
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'resync'; readonly position: number }
  | { readonly kind: 'down' }
  | { readonly kind: 'signed-out' };

type Said = Heard | { readonly kind: 'who-leads' };

type LiveState = 'connecting' | 'live' | 'down';

interface Follower {
  fact(fact: LiveFact): void;
  /** Something may have been missed: load anew. */
  resync(): void;
  signedOut?(): void;
}

/** The engine gives a sign of life every 15 seconds; a connection that is quiet for longer is dead, whatever the browser believes. */
const silenceMaxMs = 25_000;
const lookEveryMs = 1_000;
const reopenAfterMs = 2_000;
const lockName = 'threeloops.stream';

/**
 * 实况 Facts as they are recorded. One connection for all tabs of a browser: whoever holds the lock listens and passes on what it hears;
 * where the browser has no locks (plain HTTP), every tab listens for itself.
 */
class LiveStream {
  readonly state = ref<LiveState>('connecting');
  /** Since when the state holds, by the device's steady clock. */
  readonly since = ref(0);
  /** Log position of the last fact heard of. */
  readonly position = ref(0);
  private readonly followers = new Set<Follower>();
  private readonly channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(lockName);
  private source: EventSource | null = null;
  private leads = false;
  private heardAt = 0;
  private begun = false;
  private held = false;

  follow(follower: Follower): () => void {
    this.followers.add(follower);
    if (!this.begun) this.begin();
    return () => this.followers.delete(follower);
  }

  /** While the past is looked at, followers hear of nothing; whoever lets go loads anew. */
  hold(held: boolean): void {
    this.held = held;
  }

  private begin(): void {
    this.begun = true;
    this.heardAt = performance.now();
    this.channel?.addEventListener('message', ({ data }: MessageEvent<Said>) => this.told(data));
    setInterval(() => this.look(), lookEveryMs);
    if (typeof navigator.locks === 'undefined' || !this.channel) {
      this.lead();
      return;
    }
    this.channel.postMessage({ kind: 'who-leads' } satisfies Said);
    // The lock is never let go: it falls to another tab when this one is closed.
    void navigator.locks.request(lockName, () => {
      this.lead();
      return new Promise<never>(() => undefined);
    });
  }

  private lead(): void {
    this.leads = true;
    this.open();
  }

  private open(): void {
    this.source?.close();
    this.heardAt = performance.now();
    const source = new EventSource('/api/stream');
    this.source = source;
    const on = (name: string, heard: (data: LiveFact & { position: number }) => Heard): void =>
      source.addEventListener(name, (message: MessageEvent<string>) => this.pass(heard(JSON.parse(message.data) as LiveFact)));
    on('fact', (fact) => ({ kind: 'fact', fact }));
    on('position', ({ position }) => ({ kind: 'position', position }));
    on('resync', ({ position }) => ({ kind: 'resync', position }));
    on('session-ended', () => ({ kind: 'signed-out' }));
    source.addEventListener('error', () => {
      this.pass({ kind: 'down' });
      // A browser that has given up by itself is told to try again.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => source === this.source && this.open(), reopenAfterMs);
    });
  }

  /** What the leader heard goes to this tab and to the others. */
  private pass(heard: Heard): void {
    this.channel?.postMessage(heard);
    this.hear(heard);
  }

  private told(said: Said): void {
    if (said.kind !== 'who-leads') this.hear(said);
    else if (this.leads && this.state.value === 'live') this.channel?.postMessage({ kind: 'position', position: this.position.value } satisfies Said);
  }

  private hear(heard: Heard): void {
    if (heard.kind === 'down') {
      this.turn('down');
      return;
    }
    if (heard.kind === 'signed-out') {
      for (const follower of this.followers) follower.signedOut?.();
      return;
    }
    this.heardAt = performance.now();
    const returns = this.state.value !== 'live';
    this.turn('live');
    if (heard.kind === 'fact') {
      this.position.value = heard.fact.position;
      if (!this.held) for (const follower of this.followers) follower.fact(heard.fact);
      return;
    }
    // A connection that began anew starts from now: if the log went on meanwhile, what was on it is loaded.
    const missed = heard.kind === 'resync' || (returns && this.position.value > 0 && heard.position > this.position.value);
    this.position.value = Math.max(heard.position, heard.kind === 'resync' ? 0 : this.position.value);
    if (missed && !this.held) for (const follower of this.followers) follower.resync();
  }

  private look(): void {
    if (performance.now() - this.heardAt < silenceMaxMs) return;
    this.turn('down');
    if (this.leads) this.open();
  }

  private turn(state: LiveState): void {
    if (this.state.value === state) return;
    this.state.value = state;
    this.since.value = performance.now();
  }
}

export const live = new LiveStream();

export const useLive = () => ({ state: readonly(live.state), since: readonly(live.since), position: readonly(live.position) });
