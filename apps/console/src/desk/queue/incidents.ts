import { onScopeDispose, ref, shallowRef, triggerRef, watch } from 'vue';
import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';
import { problemFrom } from '../../shared/problem.js';
import type { Problem } from '../../shared/problem.js';
import { live } from '../../shared/stream.js';
import { usePast } from '../past/past.js';
import { Warnings } from './warnings.js';

export type Incident = Shapes['Incident'];

const { past } = usePast();

/** What the list is narrowed to, as the address of the query says it. */
export interface Narrowing {
  readonly street?: string;
}

const pageMax = 200;
const rowsMax = 2_000;
const gatherMs = 250;
/** Above so many at once, one list is cheaper than many single incidents. */
const singlesMax = 25;

const waitFor = (position: number): { header?: { 'x-wait-for-position': number } } => (position === 0 ? {} : { header: { 'x-wait-for-position': position } });

/**
 * 队列 Every open incident in the caller's jurisdiction. Loaded once and then kept fresh by the live stream: of an incident that a fact tells of,
 * the row is fetched anew, and only after the views hold that fact.
 */
class OpenIncidents {
  readonly rows = shallowRef(new Map<string, Incident>());
  readonly warnings = new Warnings();
  readonly loading = ref(true);
  readonly problem = shallowRef<Problem | null>(null);
  /** Whether there are more open incidents than a screen can sensibly hold. */
  readonly truncated = ref(false);
  /** The moment that the rows are of; null for now. */
  readonly asOf = ref<string | null>(null);
  private waiting = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private run = 0;

  constructor(private readonly narrowing: () => Narrowing) {}

  readonly load = async (position = 0): Promise<void> => {
    this.run += 1;
    const mine = this.run;
    const asOf = past.value?.asOf ?? null;
    this.problem.value = null;
    try {
      const { found, more } = await this.everything(position);
      if (mine !== this.run) return;
      this.rows.value = found;
      this.asOf.value = asOf;
      this.truncated.value = more;
      this.loading.value = false;
      await this.warnings.load();
      triggerRef(this.rows);
    } catch (error) {
      if (mine === this.run) this.problem.value = problemFrom(error);
    } finally {
      if (mine === this.run) this.loading.value = false;
    }
  };

  /** A fact was recorded about the incident; several at once are looked up together. */
  touch(incidentId: string, position: number): void {
    this.waiting.set(incidentId, position);
    this.timer ??= setTimeout(() => void this.refresh(), gatherMs);
  }

  private async everything(position: number): Promise<{ readonly found: Map<string, Incident>; readonly more: boolean }> {
    const found = new Map<string, Incident>();
    let cursor: string | null = null;
    do {
      const query = { open: true, sort: 'dueAt', direction: 'ascending', limit: pageMax, ...this.narrowing(), ...(cursor === null ? {} : { cursor }) } as const;
      const page: Shapes['IncidentPage'] = await asked(api.GET('/api/incidents', { params: { query, ...waitFor(position) } }));
      for (const row of page.items) found.set(row.incidentId, row);
      cursor = page.nextCursor;
    } while (cursor !== null && found.size < rowsMax);
    return { found, more: cursor !== null };
  }

  private async refresh(): Promise<void> {
    const changed = [...this.waiting];
    this.waiting = new Map();
    this.timer = null;
    const mine = this.run;
    if (changed.length > singlesMax) {
      await this.load(Math.max(...changed.map(([, position]) => position)));
      return;
    }
    const answers = await Promise.allSettled(changed.map(([id, position]) => asked(api.GET('/api/incidents/{id}', { params: { path: { id }, ...waitFor(position) } }))));
    // Whoever loaded everything anew meanwhile, or went to another moment, has it from there.
    if (mine !== this.run) return;
    const { value: rows } = this.rows;
    answers.forEach((answer, index) => {
      const id = changed[index]?.[0] as string;
      if (answer.status === 'rejected') {
        if (problemFrom(answer.reason).status === 404) rows.delete(id);
        return;
      }
      const { incident, clocks } = answer.value;
      this.warnings.learn(clocks);
      if (this.belongs(incident)) rows.set(id, incident);
      else rows.delete(id);
    });
    triggerRef(this.rows);
  }

  private belongs({ open, street }: Incident): boolean {
    const { street: wanted } = this.narrowing();
    return open && (wanted === undefined || street === wanted);
  }
}

export const useIncidents = (narrowing: () => Narrowing): OpenIncidents => {
  const incidents = new OpenIncidents(narrowing);
  onScopeDispose(live.follow({ fact: ({ incidentId, position }) => incidents.touch(incidentId, position), resync: () => void incidents.load() }));
  watch(past, () => void incidents.load());
  void incidents.load();
  return incidents;
};
