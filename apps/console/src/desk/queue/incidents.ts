import { onScopeDispose, ref, shallowRef, triggerRef, watch } from 'vue';
import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';
import { problemFrom } from '../../shared/problem.js';
import type { Problem } from '../../shared/problem.js';
import { live } from '../../shared/stream.js';
import { usePast } from '../past/past.js';

type Open = Shapes['OpenIncident'];
type Texts = Pick<Shapes['Incident'], 'description' | 'address'>;

/** A row of the queue. What persons wrote comes after the rest, and only to those who may read it. */
export interface Incident extends Open, Texts {
  readonly open: boolean;
}

const { past } = usePast();

/** What the list is narrowed to, as the address of the query says it. */
export interface Narrowing {
  readonly street?: string;
}

const pageMax = 200;
const gatherMs = 250;
/** After everything was loaded, changes are gathered for longer: a flood would have it loaded without end. */
const restMs = 1_000;
/** Above so many at once, one answer with everything is cheaper than many single incidents. */
const singlesMax = 25;

const waitFor = (position: number): { header?: { 'x-wait-for-position': number } } => (position === 0 ? {} : { header: { 'x-wait-for-position': position } });

const unread: Texts = { description: null, address: null };

/** When the clock that is due next warns, by the clocks of the incident. */
const warnAtOf = ({ incident, clocks }: Shapes['IncidentPicture']): string | null =>
  clocks.find(({ status, clock, dueAt }) => status === 'running' && clock === incident.dueClock && dueAt === incident.dueAt)?.warnAt ?? null;

/**
 * 队列 Every open incident in the caller's jurisdiction. Loaded in one answer and then kept fresh by the live stream: of an incident that a fact
 * tells of, the row is fetched anew, and only after the views hold that fact.
 */
class OpenIncidents {
  readonly rows = shallowRef(new Map<string, Incident>());
  readonly loading = ref(true);
  readonly problem = shallowRef<Problem | null>(null);
  /** Whether there are more open incidents than one answer holds. */
  readonly truncated = ref(false);
  /** The moment that the rows are of; null for the present. */
  readonly asOf = ref<string | null>(null);
  private texts = new Map<string, Texts>();
  private waiting = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private run = 0;

  constructor(
    private readonly narrowing: () => Narrowing,
    private readonly readsTexts: boolean,
  ) {}

  readonly load = async (position = 0): Promise<void> => {
    this.run += 1;
    const mine = this.run;
    const asOf = past.value?.asOf ?? null;
    this.problem.value = null;
    try {
      const { items, more } = await asked(api.GET('/api/open-incidents', { params: { query: this.narrowing(), ...waitFor(position) } }));
      if (mine !== this.run) return;
      if (asOf !== this.asOf.value) this.texts.clear();
      this.rows.value = new Map(items.map((row) => [row.incidentId, { ...row, open: true, ...(this.texts.get(row.incidentId) ?? unread) }]));
      this.asOf.value = asOf;
      this.truncated.value = more;
      this.loading.value = false;
      if (this.readsTexts) await this.read(mine);
    } catch (error) {
      if (mine === this.run) this.problem.value = problemFrom(error);
    } finally {
      if (mine === this.run) this.loading.value = false;
    }
  };

  /** A fact was recorded about the incident; several at once are looked up together. */
  touch(incidentId: string, position: number): void {
    this.waiting.set(incidentId, position);
    this.gather(gatherMs);
  }

  private gather(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.waiting.size > 0) void this.refresh();
    }, ms);
  }

  /** What persons wrote, page by page in the order of the list, until every row has its own. */
  private async read(mine: number): Promise<void> {
    const missing = new Set([...this.rows.value.keys()].filter((id) => !this.texts.has(id)));
    for (let cursor: string | null = null; missing.size > 0; ) {
      const query = { open: true, sort: 'dueAt', direction: 'ascending', limit: pageMax, ...this.narrowing(), ...(cursor === null ? {} : { cursor }) } as const;
      const page: Shapes['IncidentPage'] = await asked(api.GET('/api/incidents', { params: { query } }));
      if (mine !== this.run) return;
      for (const { incidentId, description, address } of page.items) {
        missing.delete(incidentId);
        this.texts.set(incidentId, { description, address });
        const row = this.rows.value.get(incidentId);
        if (row) this.rows.value.set(incidentId, { ...row, description, address });
      }
      const first = cursor === null;
      cursor = page.nextCursor;
      // The rows that are seen at once; for the others once is enough.
      if (first || cursor === null || missing.size === 0) triggerRef(this.rows);
      if (cursor === null) return;
    }
  }

  private async refresh(): Promise<void> {
    const changed = [...this.waiting];
    this.waiting = new Map();
    const mine = this.run;
    if (changed.length > singlesMax) {
      this.gather(restMs);
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
      const { incident } = answer.value;
      this.texts.set(id, { description: incident.description, address: incident.address });
      if (this.belongs(incident)) rows.set(id, { ...incident, warnAt: warnAtOf(answer.value) });
      else rows.delete(id);
    });
    triggerRef(this.rows);
  }

  private belongs({ open, street }: Shapes['Incident']): boolean {
    const { street: wanted } = this.narrowing();
    return open && (wanted === undefined || street === wanted);
  }
}

export const useIncidents = (narrowing: () => Narrowing, { texts }: { readonly texts: boolean }): OpenIncidents => {
  const incidents = new OpenIncidents(narrowing, texts);
  onScopeDispose(live.follow({ fact: ({ incidentId, position }) => incidents.touch(incidentId, position), resync: () => void incidents.load() }));
  watch(past, () => void incidents.load());
  void incidents.load();
  return incidents;
};
