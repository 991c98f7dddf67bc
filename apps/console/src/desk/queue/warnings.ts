import { shallowRef } from 'vue';
import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';

type Clock = Shapes['Deadline'];

const pageMax = 200;
const clocksMax = 4_000;

const keyOf = (incidentId: string, clock: string, dueAt: string): string => `${incidentId} ${clock} ${dueAt}`;

/** 临期 When the clocks of the queue warn. Rows tell when they are due and not when they warn, so the clocks are asked beside them. */
export class Warnings {
  readonly moments = shallowRef(new Map<string, string>());

  async load(): Promise<void> {
    const found = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const page: Shapes['DeadlinePage'] = await asked(api.GET('/api/deadlines', { params: { query: { limit: pageMax, ...(cursor === null ? {} : { cursor }) } } }));
      for (const { incidentId, clock, dueAt, warnAt } of page.items) found.set(keyOf(incidentId, clock, dueAt), warnAt);
      cursor = page.nextCursor ?? null;
    } while (cursor !== null && found.size < clocksMax);
    this.moments.value = found;
  }

  learn(clocks: readonly Clock[]): void {
    for (const { incidentId, clock, dueAt, warnAt, status } of clocks) if (status === 'running') this.moments.value.set(keyOf(incidentId, clock, dueAt), warnAt);
  }

  of({ incidentId, dueClock, dueAt }: { readonly incidentId: string; readonly dueClock: string | null; readonly dueAt: string | null }): string | null {
    return dueClock === null || dueAt === null ? null : (this.moments.value.get(keyOf(incidentId, dueClock, dueAt)) ?? null);
  }
}
