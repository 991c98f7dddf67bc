import { computed, ref, shallowRef, watch } from 'vue';
import { clock } from '../shared/clock.js';
import { newId } from '../shared/new-id.js';
import { commandName } from './commands.js';
import type { About, OutboxItem, OutboxPhoto, PhotoField } from './outbox/item.js';
import { Outbox } from './outbox/outbox.js';
import { me, noteSignedOut, pocket, reached, whoSends } from './pocket.js';
import { shrinkPhoto } from './shrink-photo.js';

const requestMsMax = 60_000;
const undoMs = 5_000;
const deliveredKeptMs = 7 * 86_400_000;
const incidentsKeptMs = 3 * 86_400_000;

/** Everything that was written on this phone, oldest first. */
export const items = shallowRef<readonly OutboxItem[]>([]);
/** Log position that the last thing sent has reached: lists are asked for as of there. */
export const sentTo = ref(0);
/** What can still be taken back, newest last. */
export const undoable = shallowRef<{ readonly id: string; readonly name: string; readonly until: number } | null>(null);

/** A word that is said in passing, such as that something was kept. */
export const passing = ref('');

const own = computed(() => items.value.filter(({ accountId }) => accountId === me.value?.accountId));
export const waiting = computed(() => own.value.filter(({ state }) => state === 'waiting'));
export const refused = computed(() => own.value.filter(({ state }) => state === 'refused'));
export const drafts = computed(() => own.value.filter(({ state }) => state === 'draft'));

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('threeloops.outbox');

const look = async (): Promise<void> => {
  items.value = await pocket().items();
};

const changed = (): void => {
  void look();
  channel?.postMessage('changed');
};

const outbox = (): Outbox => {
  made ??= new Outbox({
    store: pocket(),
    fetch: async (address, request) => {
      try {
        const response = await fetch(address, { ...request, credentials: 'same-origin', signal: AbortSignal.timeout(requestMsMax) });
        reached.value = true;
        return response;
      } catch (error) {
        reached.value = false;
        throw error;
      }
    },
    now: () => Date.now(),
    later: (waitMs, run) => {
      const timer = setTimeout(run, waitMs);
      return () => clearTimeout(timer);
    },
    locks: typeof navigator.locks === 'undefined' ? null : navigator.locks,
    shrink: shrinkPhoto,
    account: whoSends,
    changed,
    recorded: (position) => {
      sentTo.value = Math.max(sentTo.value, position);
    },
    signedOut: noteSignedOut,
  });
  return made;
};
let made: Outbox | null = null;

export const sendNow = (): Promise<void> => outbox().flush(true);

/** Sends whenever something suggests that it may succeed; nothing depends on any one of these. */
export const startPost = async (): Promise<void> => {
  channel?.addEventListener('message', () => void look());
  addEventListener('online', () => void sendNow());
  // Whoever comes back to this phone sends what they left.
  watch(() => me.value?.accountId, () => void sendNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void sendNow();
    else void outbox().release().then(() => outbox().flush());
  });
  const old = Date.now() - deliveredKeptMs;
  for (const { id, state, deliveredAt } of await pocket().items()) if (state === 'delivered' && (deliveredAt ?? 0) < old) await pocket().remove(id);
  await pocket().forgetOld('incident ', clock.now() - incidentsKeptMs);
  await look();
  void navigator.storage?.persist?.().catch(() => false);
  await sendNow();
};

export interface Wanted {
  readonly command: string;
  readonly address: string;
  /** Null for a report: its number is the number of the incident. */
  readonly incidentId: string | null;
  readonly about: Omit<About, 'command'>;
  readonly body?: Readonly<Record<string, unknown>>;
}

const itemOf = (id: string, { command, address, incidentId, about, body = {} }: Wanted): Omit<OutboxItem, 'ordinal'> => ({
  id, accountId: me.value?.accountId ?? '', incidentId: incidentId ?? id, address, body, about: { ...about, command }, state: 'draft', createdAt: Date.now(), holdUntil: 0, notBefore: 0, attempts: 0, problem: null,
  deliveredAt: null,
});

/** Something to be filled in. It is on the device from the first moment, with the photo as the camera gave it. */
export const beginDraft = async (wanted: Wanted, photo: Blob | null): Promise<string> => {
  const id = newId();
  await outbox().add(itemOf(id, wanted), photo ? [photoOf(id, photo, 'photos', 0)] : []);
  return id;
};

const photoOf = (itemId: string, raw: Blob, field: PhotoField, number: number): OutboxPhoto => ({ id: `${itemId}/${String(number).padStart(2, '0')}`, itemId, field, raw, sha256: null });

export const addPhoto = async (itemId: string, raw: Blob): Promise<void> => {
  const last = (await pocket().photosOf(itemId)).at(-1);
  await pocket().putPhoto(photoOf(itemId, raw, 'photos', last ? Number(last.id.split('/')[1]) + 1 : 0));
};

export const setPhotos = async (itemId: string, photos: readonly OutboxPhoto[]): Promise<void> => {
  const kept = new Set(photos.map(({ id }) => id));
  await pocket().removePhotos((await pocket().photosOf(itemId)).filter(({ id }) => !kept.has(id)).map(({ id }) => id));
  await Promise.all(photos.map((photo) => pocket().putPhoto(photo)));
};

export const saveDraft = async (id: string, change: Partial<Pick<OutboxItem, 'body' | 'address' | 'about'>>): Promise<void> => {
  await pocket().change(id, (item) => (item.state === 'draft' ? { ...item, ...change } : null));
  changed();
};

/** From here on it is sent. `undo`: but not for five seconds, in which it can be taken back. */
export const handOver = async (id: string, change: Partial<Pick<OutboxItem, 'body' | 'address' | 'about'>>, undo: boolean): Promise<void> => {
  const until = undo ? Date.now() + undoMs : 0;
  const item = await pocket().change(id, (draft) => (draft.state === 'draft' ? { ...draft, ...change, state: 'waiting', createdAt: Date.now(), holdUntil: until, notBefore: 0, attempts: 0, problem: null } : null));
  changed();
  if (item && undo) offerUndo(item, until);
  void outbox().flush();
};

export const sayInPassing = (text: string): void => {
  passing.value = text;
  setTimeout(() => {
    if (passing.value === text) passing.value = '';
  }, undoMs);
};

const offerUndo = ({ id, about }: OutboxItem, until: number): void => {
  undoable.value = { id, name: commandName(about.command), until };
  setTimeout(() => {
    if (undoable.value?.id === id) undoable.value = null;
  }, undoMs);
};

/** One tap, and done unless it is taken back. */
export const order = async (wanted: Wanted): Promise<void> => {
  const id = newId();
  await outbox().add(itemOf(id, wanted));
  await handOver(id, {}, true);
};

export const undo = async (id: string): Promise<void> => {
  await outbox().undo(id);
  undoable.value = null;
};

/** A refused one becomes a draft again, to be changed; its number stays, for nothing was recorded under it. */
export const reopen = async (id: string): Promise<void> => {
  await pocket().change(id, (item) => (item.state === 'refused' ? { ...item, state: 'draft' } : null));
  changed();
};

export const discard = async (id: string): Promise<void> => {
  await pocket().remove(id, ({ state }) => state !== 'delivered');
  changed();
};

/** What is on its way about an incident, so that nobody asks for it twice. */
export const queuedFor = (incidentId: string): readonly OutboxItem[] => own.value.filter((item) => item.incidentId === incidentId && item.state === 'waiting');

/** The engine's midnight in the city's zone. */
const isToday = (deviceMs: number | null): boolean => {
  const dayOf = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(ms);
  return deviceMs !== null && dayOf(deviceMs) === dayOf(clock.now());
};

export const deliveredToday = computed(() => own.value.filter(({ state, deliveredAt }) => state === 'delivered' && isToday(deliveredAt)));
