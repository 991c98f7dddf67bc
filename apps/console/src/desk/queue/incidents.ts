import { computed, onScopeDispose, ref, shallowRef, triggerRef } from 'vue';
import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';
import { Problem, problemFrom } from '../../shared/problem.js';
import { live } from '../../shared/stream.js';

export type Incident = Shapes['Incident'];

/** What the list is narrowed to, as the address of the query says it. */
export type Narrowing = Readonly<Partial<Record<'street' | 'stage' | 'holder' | 'loop' | 'rung', string>> & { breached?: boolean }>;

const pageMax = 200;
const rowsMax = 2_000;
const gatherMs = 250;
/** Above so many at once, one list is cheaper than many single incidents. */
const singlesMax = 25;

/**
 * 队列 Every open incident in the caller's jurisdiction. Loaded once and then kept fresh by the live stream: of an incident that a fact tells of,
 * the row is fetched anew, and only after the views hold that fact.
 */
export const useIncidents = (narrowing: () => Narrowing) => {
  const rows = shallowRef(new Map<string, Incident>());
  const loading = ref(true);
  const problem = shallowRef<Problem | null>(null);
  /** Whether there are more open incidents than a screen can sensibly hold. */
  const truncated = ref(false);
  let waiting = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let run = 0;

  const load = async (position = 0): Promise<void> => {
    run += 1;
    const mine = run;
    problem.value = null;
    try {
      const found = new Map<string, Incident>();
      let cursor: string | null = null;
      do {
        const page: Shapes['IncidentPage'] = await asked(
          api.GET('/api/incidents', {
            params: { query: { open: true, sort: 'dueAt', direction: 'ascending', limit: pageMax, ...narrowing(), ...(cursor === null ? {} : { cursor }) } as never, ...waitFor(position) },
          }),
        );
        for (const row of page.items) found.set(row.incidentId, row);
        cursor = page.nextCursor ?? null;
      } while (cursor !== null && found.size < rowsMax);
      if (mine !== run) return;
      rows.value = found;
      truncated.value = cursor !== null;
    } catch (error) {
      if (mine === run) problem.value = problemFrom(error);
    } finally {
      if (mine === run) loading.value = false;
    }
  };

  const fits = (row: Incident): boolean => row.open && Object.entries(narrowing()).every(([field, wanted]) => wanted === undefined || (field === 'breached' ? row.breachedClocks > 0 === wanted : row[field as keyof Incident] === wanted));

  const refresh = async (): Promise<void> => {
    const changed = [...waiting];
    waiting = new Map();
    timer = null;
    if (changed.length > singlesMax) {
      await load(Math.max(...changed.map(([, position]) => position)));
      return;
    }
    const answers = await Promise.allSettled(
      changed.map(([id, position]) => asked(api.GET('/api/incidents/{id}', { params: { path: { id }, ...waitFor(position) } }))),
    );
    answers.forEach((answer, index) => {
      const id = changed[index]?.[0] as string;
      if (answer.status === 'fulfilled' && fits(answer.value.incident as Incident)) rows.value.set(id, answer.value.incident as Incident);
      else if (answer.status === 'fulfilled' || problemFrom(answer.reason).status === 404) rows.value.delete(id);
    });
    triggerRef(rows);
  };

  const leave = live.follow({
    fact: ({ incidentId, position }) => {
      waiting.set(incidentId, position);
      timer ??= setTimeout(refresh, gatherMs);
    },
    resync: () => void load(),
  });
  onScopeDispose(leave);
  void load();

  return { rows: computed(() => rows.value), all: rows, loading, problem, truncated, load };
};

const waitFor = (position: number): { header?: { 'x-wait-for-position': number } } => (position === 0 ? {} : { header: { 'x-wait-for-position': position } });
