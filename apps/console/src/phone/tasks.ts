import { computed, ref, shallowRef } from 'vue';
import { api } from '../shared/api.js';
import type { Shapes } from '../shared/api.js';
import { clock } from '../shared/clock.js';
import { live } from '../shared/stream.js';
import { stepFor } from './commands.js';
import { ask, me, pocket, reached, renewed } from './pocket.js';
import { sentTo } from './post.js';

export type Row = Shapes['Incident'];

interface Lists {
  /** What this unit has to act on next. */
  readonly mine: readonly Row[];
  /** What others have handled here and nobody has looked at yet. */
  readonly toInspect: readonly Row[];
  /** What was asked of this unit besides: summons, supervision, rectification. */
  readonly summons: readonly (Row & { readonly askedBy: string; readonly askedUntil: string })[];
}

const none: Lists = { mine: [], toInspect: [], summons: [] };
const month = 30 * 86_400_000;

export const lists = shallowRef<Lists>(none);
export const listedAt = ref<number | null>(null);
export const loading = ref(false);
/** Whether the last attempt brought nothing. */
export const failed = ref(false);
/** Rules of what was reported around here lately, to offer the usual subjects first. */
export const seenRules = shallowRef<readonly string[]>([]);

export const taskCount = computed(() => lists.value.mine.length + lists.value.summons.length);

/** Not older than what was sent from here, and than what the live stream has told. */
export const asOf = (): { headers?: Record<string, string> } => {
  const position = Math.max(sentTo.value, live.position.value);
  return position > 0 ? { headers: { 'x-wait-for-position': String(position) } } : {};
};

const summonsOf = async (unit: string): Promise<Lists['summons']> => {
  const { items } = await ask(api.GET('/api/deadlines', { params: { query: { unit, limit: 100 } } }));
  const asked = items.filter(({ clock: name, unit: whose }) => whose === unit && (name === 'whistle' || name === 'supervise' || name === 'rectify')).slice(0, 20);
  return Promise.all(asked.map(async ({ incidentId, clock: name, dueAt }) => {
    const { incident } = await ask(api.GET('/api/incidents/{id}', { params: { path: { id: incidentId } } }));
    return { ...incident, reporter: null, askedBy: name, askedUntil: dueAt };
  }));
};

const loadLists = async ({ unit, role }: NonNullable<typeof me.value>): Promise<Lists> => {
  const inspects = stepFor({ stage: 'handled', holder: null, accountableUnit: null, suspendedUntil: null }, unit, role) === 'inspect';
  const [mine, handled, summons] = await Promise.all([
    ask(api.GET('/api/incidents', { params: { query: { holder: unit, open: true, sort: 'dueAt', direction: 'ascending', limit: 100 } }, ...asOf() })),
    inspects ? ask(api.GET('/api/incidents', { params: { query: { stage: 'handled', open: true, sort: 'dueAt', direction: 'ascending', limit: 50 } }, ...asOf() })) : null,
    summonsOf(unit),
  ]);
  return { mine: mine.items, toInspect: (handled?.items ?? []).filter(({ accountableUnit, holder }) => accountableUnit !== unit && holder !== unit), summons };
};

/** Shows what was kept; at the start, and when another person comes. */
export const showKept = async (): Promise<void> => {
  const [tasks, seen] = await Promise.all([pocket().kept<Lists>('tasks'), pocket().kept<readonly string[]>('seen')]);
  lists.value = tasks?.value ?? none;
  listedAt.value = tasks?.keptAt ?? null;
  seenRules.value = seen?.value ?? [];
};

let again = false;
const retryMs = 10_000;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Loads the lists anew; asked for while it loads, it loads once more afterwards. */
export const loadTasks = async (): Promise<void> => {
  again = true;
  if (loading.value) return;
  clearTimeout(retry);
  loading.value = true;
  try {
    while (again && me.value) {
      again = false;
      const person = me.value;
      const loaded = await renewed('tasks', () => loadLists(person));
      failed.value = loaded === null;
      if (!loaded) break;
      lists.value = loaded;
      listedAt.value = clock.now();
    }
  } finally {
    loading.value = false;
    if (failed.value && reached.value) retry = setTimeout(() => void loadTasks(), retryMs);
  }
};

/** Twice a day at most, after the lists: it is a comfort, and not small. */
export const lookAround = async (): Promise<void> => {
  const kept = await pocket().kept('seen');
  if (kept && clock.now() - kept.keptAt < month / 60) return;
  const reportedFrom = new Date(clock.now() - month).toISOString();
  const seen = await renewed('seen', async () => {
    const { items } = await ask(api.GET('/api/incidents', { params: { query: { reportedFrom, sort: 'reportedAt', limit: 100 } } }));
    return items.flatMap(({ ruleId, ruleHint }) => ruleId ?? ruleHint ?? []);
  });
  if (seen) seenRules.value = seen;
};

export const rowOf = (incidentId: string): Row | null =>
  [...lists.value.mine, ...lists.value.summons, ...lists.value.toInspect].find((row) => row.incidentId === incidentId) ?? null;
