import { computed, ref, shallowRef } from 'vue';
import { api, asked, goToSignIn, onSignedOut } from '../shared/api.js';
import type { Shapes } from '../shared/api.js';
import { clock } from '../shared/clock.js';
import { problemFrom } from '../shared/problem.js';
import { PocketStore } from './outbox/store.js';

export type Me = Shapes['Me'];
export type Kit = Shapes['FieldKit'];

/** Who works with this phone, and what they need of the reference data; as it was kept until the engine says it anew. */
export const me = shallowRef<Me | null>(null);
export const kit = shallowRef<Kit | null>(null);
/** Who sends no command, such as an analyst, or only reports, such as a hotline, has nothing to do here; and not everybody who has may report. */
export const worksHere = computed(() => me.value?.commands.some((command) => command !== 'ReportIncident') === true);
export const mayReport = computed(() => me.value?.commands.includes('ReportIncident') === true);
/** Whether the last request found the engine. */
export const reached = ref(typeof navigator === 'undefined' || navigator.onLine);
export const signedOut = ref(false);

/** Steady moment at which the engine last said who this is. */
let recognisedAt = Number.NEGATIVE_INFINITY;
const recognisedForMs = 60_000;

let opened: PocketStore | null = null;

/** The store of this phone. Open before any screen is shown. */
export const pocket = (): PocketStore => {
  if (!opened) throw new Error('The pocket store is used before it was opened.');
  return opened;
};

/** Asks the engine, and notes whether it could be reached. Fails with a `Problem`. */
export const ask = async <Data>(answer: Promise<{ data?: Data; response: Response }>): Promise<Data> => {
  try {
    const data = await asked(answer);
    reached.value = true;
    return data;
  } catch (error) {
    reached.value = problemFrom(error).status !== 0;
    throw error;
  }
};

/** Nobody is signed in. */
export const noteSignedOut = (): void => {
  signedOut.value = true;
  recognisedAt = Number.NEGATIVE_INFINITY;
};

/** What the engine answers now, kept for later. Null when it does not answer: then what was kept holds on. */
export const renewed = async <Data>(key: string, question: () => Promise<Data>): Promise<Data | null> => {
  try {
    const data = await question();
    await pocket().keep(key, data, clock.now());
    return data;
  } catch (error) {
    if (problemFrom(error).code === 'session.missing') noteSignedOut();
    return null;
  }
};

const renewKit = async (): Promise<void> => {
  kit.value = (await renewed('kit', () => ask(api.GET('/api/field-kit')))) ?? kit.value;
};

const askWho = async (): Promise<void> => {
  const store = pocket();
  const person = await renewed('me', () => ask(api.GET('/api/me')));
  if (!person) return;
  // Another person on the same phone sees nothing of the last one, and sends nothing of theirs: until the page knows whose it is now,
  // it knows nobody.
  if (me.value && me.value.accountId !== person.accountId) {
    recognisedAt = Number.NEGATIVE_INFINITY;
    await store.forgetKept();
    await store.keep('me', person, clock.now());
    kit.value = null;
  }
  me.value = person;
  signedOut.value = false;
  recognisedAt = performance.now();
  if (!kit.value) void renewKit();
};

let asking: Promise<void> | null = null;

/** Asks the engine who this is; asked several times at once, it asks once. */
export const recognise = (): Promise<void> => {
  asking ??= askWho().finally(() => {
    asking = null;
  });
  return asking;
};

/** Whose words may be sent now: whoever the engine said lately that this is. Fails when it cannot be asked. */
export const whoSends = async (): Promise<string | null> => {
  if (asking || performance.now() - recognisedAt > recognisedForMs) await recognise();
  if (signedOut.value) return null;
  if (performance.now() - recognisedAt > recognisedForMs) throw new Error('The engine could not be asked who this is.');
  return me.value?.accountId ?? null;
};

/** Opens the store and shows what it kept; the engine is asked meanwhile. Strangers go to the sign-in. Fails where nothing can be kept. */
export const enterPhone = async (): Promise<void> => {
  opened = await PocketStore.open();
  const [person, tools] = await Promise.all([opened.kept<Me>('me'), opened.kept<Kit>('kit')]);
  me.value = person?.value ?? null;
  kit.value = tools?.value ?? null;
  onSignedOut(noteSignedOut);
  const known = recognise().then(() => (kit.value ? renewKit() : undefined));
  if (!me.value) await known;
  if (!me.value && signedOut.value) goToSignIn();
};

/** Leaves nothing of the engine's answers behind; what was not sent yet stays for the same account. */
export const leavePhone = async (): Promise<void> => {
  await pocket().forgetKept();
};
