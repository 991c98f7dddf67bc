import type { OutboxItem, OutboxPhoto, ToldProblem } from './item.js';
import type { PocketStore } from './store.js';

export interface OutboxPorts {
  readonly store: PocketStore;
  readonly fetch: (address: string, request: RequestInit) => Promise<Response>;
  /** Device time in ms. */
  readonly now: () => number;
  /** Runs something after a while; answers how to call it off. */
  readonly later: (waitMs: number, run: () => void) => () => void;
  /** Null where the browser has none (plain HTTP): then the Idempotency-Key alone sees to it that nothing is done twice. */
  readonly locks: Pick<LockManager, 'request'> | null;
  /** Makes a photo small. What it cannot read it gives back as it is: whether that is a photo the engine decides. */
  readonly shrink: (raw: Blob) => Promise<Blob>;
  /** Who is signed in, as the engine says; null while nobody is. Fails when the engine cannot be reached. */
  readonly account: () => Promise<string | null>;
  /** Something in the outbox is different now. */
  readonly changed: () => void;
  /** The log has come this far with what was sent. */
  readonly recorded: (position: number) => void;
  /** The engine says that nobody is signed in. */
  readonly signedOut: () => void;
}

const waitMinMs = 300;
const waitMaxMs = 30_000;
const lockName = 'threeloops.outbox';

export const waitAfter = (attempts: number): number => Math.min(waitMaxMs, waitMinMs * 2 ** Math.min(20, Math.max(0, attempts - 1)));

/** What became of one try. `later`: this one waits, others may go; `unreachable` and `signed-out`: no other one would fare better. */
type Fate = 'delivered' | 'refused' | 'later' | 'unreachable' | 'signed-out';

class Refused extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`answered ${response.status}`);
    this.response = response;
  }
}

const passes = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Some networks answer themselves, with a page of their own. The engine speaks JSON. */
const isEngines = (response: Response): boolean => /\bjson\b/.test(response.headers.get('content-type') ?? '');

const problemIn = async (response: Response): Promise<ToldProblem> => {
  const said = (await response.json().catch(() => null)) as { code?: unknown; detail?: unknown } | null;
  return { status: response.status, code: typeof said?.code === 'string' ? said.code : `http.${response.status}`, detail: typeof said?.detail === 'string' ? said.detail : '' };
};

const retryAfterMs = (response: Response): number => Number(response.headers.get('retry-after') ?? 0) * 1_000 || 0;

/**
 * 待发箱 Sends what was written, oldest first, once, however often it is tried: in one tab at a time, under the item's own id. What the
 * engine refuses is parked with its reason and never dropped; what it cannot answer now waits.
 */
export class Outbox {
  private readonly ports: OutboxPorts;
  private running: Promise<void> | null = null;
  private again = false;
  private eager = false;
  private callOff: () => void = () => undefined;

  constructor(ports: OutboxPorts) {
    this.ports = ports;
  }

  /** Writes it down. When this is done it survives everything but the loss of the device. */
  async add(item: Omit<OutboxItem, 'ordinal'>, photos: readonly OutboxPhoto[] = []): Promise<void> {
    await this.ports.store.put(item, photos);
    this.ports.changed();
  }

  /** Takes back what is still held. False when it is too late. */
  async undo(id: string): Promise<boolean> {
    const now = this.ports.now();
    const undone = await this.ports.store.remove(id, ({ state, holdUntil }) => state === 'waiting' && holdUntil > now);
    this.ports.changed();
    return undone;
  }

  /** What is held is held no longer: whoever leaves the page has made up their mind. */
  async release(): Promise<void> {
    for (const { id, state, holdUntil } of await this.ports.store.items()) {
      if (state === 'waiting' && holdUntil > 0) await this.ports.store.change(id, (item) => ({ ...item, holdUntil: 0 }));
    }
  }

  /** Sends what is due. `eager`: also what was to wait longer, because something has changed (a network, a person's wish). */
  flush(eager = false): Promise<void> {
    this.again = true;
    this.eager ||= eager;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.again) {
      this.again = false;
      const eager = this.eager;
      this.eager = false;
      const nextAt = await this.alone(() => this.sendDue(eager));
      this.callOff();
      this.callOff = nextAt === null ? () => undefined : this.ports.later(Math.max(0, nextAt - this.ports.now()), () => void this.flush());
    }
  }

  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.ports.locks ? (this.ports.locks.request(lockName, work) as Promise<Result>) : work();
  }

  /** One walk through what waits; answers when the next one is due, or null. */
  private async sendDue(eager: boolean): Promise<number | null> {
    const waiting = (await this.ports.store.items()).filter(({ state }) => state === 'waiting');
    const readyAt = (item: OutboxItem): number => Math.max(item.holdUntil, eager ? 0 : item.notBefore);
    const first = waiting.find((item) => readyAt(item) <= this.ports.now());
    if (!first) return waiting.length === 0 ? null : Math.min(...waiting.map(readyAt));
    let accountId: string | null;
    try {
      accountId = await this.ports.account();
    } catch {
      return (await this.wait(first, 'unreachable', 0)).againAt;
    }
    // The device may have passed to somebody else: what one person wrote is not sent in another one's name.
    return this.sendOf(waiting.filter((item) => item.accountId === accountId), readyAt);
  }

  private async sendOf(waiting: readonly OutboxItem[], readyAt: (item: OutboxItem) => number): Promise<number | null> {
    const waits = new Set<string>();
    const due: number[] = [];
    for (const item of waiting) {
      // What is said about one incident arrives in the order in which it was said.
      if (waits.has(item.incidentId)) continue;
      if (readyAt(item) > this.ports.now()) {
        waits.add(item.incidentId);
        due.push(readyAt(item));
        continue;
      }
      const { fate, againAt } = await this.deliver(item);
      this.ports.changed();
      if (fate === 'signed-out') return null;
      if (againAt !== null) due.push(againAt);
      if (fate === 'unreachable') break;
      if (fate === 'later') waits.add(item.incidentId);
    }
    return due.length === 0 ? null : Math.min(...due);
  }

  private async deliver(item: OutboxItem): Promise<{ readonly fate: Fate; readonly againAt: number | null }> {
    const { store, now } = this.ports;
    try {
      const photos = await this.photosSent(item);
      const response = await this.ports.fetch(item.address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': item.id },
        body: JSON.stringify({ ...item.body, ...photos, claimedAt: new Date(item.createdAt).toISOString(), deviceTime: new Date(now()).toISOString() }),
      });
      if (!response.ok || !isEngines(response)) throw new Refused(response);
      this.ports.recorded(Number(response.headers.get('x-log-position') ?? 0));
      await store.change(item.id, (kept) => ({ ...kept, state: 'delivered', deliveredAt: now(), problem: null }));
      await store.removePhotos((await store.photosOf(item.id)).map(({ id }) => id));
      return { fate: 'delivered', againAt: null };
    } catch (error) {
      return error instanceof Refused ? this.answeredNo(item, error.response) : this.wait(item, 'unreachable', 0);
    }
  }

  private async answeredNo(item: OutboxItem, response: Response): Promise<{ readonly fate: Fate; readonly againAt: number | null }> {
    if (response.status === 401) {
      this.ports.signedOut();
      return { fate: 'signed-out', againAt: null };
    }
    if (response.ok || passes(response.status)) return this.wait(item, 'later', retryAfterMs(response));
    const problem = await problemIn(response);
    // A photo that the engine does not know any more is sent again with the next try.
    if (problem.code === 'photo.unknown') for (const photo of await this.ports.store.photosOf(item.id)) await this.ports.store.putPhoto({ ...photo, sha256: null });
    await this.ports.store.change(item.id, (kept) => ({ ...kept, state: 'refused', attempts: kept.attempts + 1, problem }));
    return { fate: 'refused', againAt: null };
  }

  private async wait(item: OutboxItem, fate: Fate, atLeastMs: number): Promise<{ readonly fate: Fate; readonly againAt: number }> {
    const attempts = item.attempts + 1;
    const notBefore = this.ports.now() + Math.max(atLeastMs, waitAfter(attempts));
    await this.ports.store.change(item.id, (kept) => ({ ...kept, attempts, notBefore }));
    return { fate, againAt: notBefore };
  }

  /** Every photo of an item in the engine's keeping, by field; each is noted as soon as it is there. */
  private async photosSent({ id, incidentId }: OutboxItem): Promise<Readonly<Record<string, readonly string[]>>> {
    const sent: Record<string, string[]> = {};
    for (const photo of await this.ports.store.photosOf(id)) {
      const sha256 = photo.sha256 ?? (await this.sendPhoto(photo, incidentId));
      (sent[photo.field] ??= []).push(sha256);
    }
    return sent;
  }

  private async sendPhoto(photo: OutboxPhoto, incidentId: string): Promise<string> {
    const small = await this.ports.shrink(photo.raw);
    const response = await this.ports.fetch(`/api/photos?incident=${incidentId}`, { method: 'POST', headers: { 'content-type': small.type || 'image/jpeg' }, body: small });
    if (!response.ok || !isEngines(response)) throw new Refused(response);
    const { sha256 } = (await response.json()) as { sha256: string };
    await this.ports.store.putPhoto({ ...photo, sha256 });
    return sha256;
  }
}
