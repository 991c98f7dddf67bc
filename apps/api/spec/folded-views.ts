import type { IncidentEvent } from '#events';
import { incidentIdOf, isIncidentStream } from '#engine';
import type { EventStore, RecordedEvent } from '#kernel';
import { asOpenIncidents, foldIncident, openIncidentOf, seesView, timelineRowOf, wantsRunning } from '#views';
import type { DeadlineFilter, DeadlineRow, History, IncidentFilter, IncidentRow, IncidentSort, IncidentView, OpenIncidents, Page, PageRequest, QueueSummary, Scope, TimelineRow, Views } from '#views';

/** Views that fold the whole log at every question: slow and never behind, unless told to be. */
export class FoldedViews implements Views, History {
  /** Position beyond which these views see nothing; null for everything. */
  heldAt: number | null = null;

  constructor(private readonly store: Pick<EventStore, 'readAll' | 'head'>) {}

  asOf(position: number): Views {
    const views = new FoldedViews(this.store);
    views.heldAt = position;
    return views;
  }

  async position(): Promise<number> {
    return this.heldAt ?? (await this.store.head()).position;
  }

  async incidents(scope: Scope, { open, stage, reportedFrom = '', reportedBefore = '9' }: IncidentFilter, { limit, cursor }: PageRequest<IncidentSort>): Promise<Page<IncidentRow>> {
    const rows = (await this.visible(scope)).map(({ incident }) => incident).filter((row) => (open === undefined || row.open === open) && (stage === undefined || row.stage === stage) && row.reportedAt >= reportedFrom && row.reportedAt < reportedBefore);
    const from = cursor === null ? 0 : Number(cursor);
    return { items: rows.slice(from, from + limit), nextCursor: from + limit < rows.length ? String(from + limit) : null };
  }

  async openIncidents(scope: Scope, { street }: Pick<IncidentFilter, 'street'>): Promise<OpenIncidents> {
    return asOpenIncidents((await this.visible(scope)).flatMap((view) => openIncidentOf(view) ?? []).filter((row) => street === undefined || row.street === street));
  }

  async incident(scope: Scope, incidentId: string): Promise<IncidentRow | null> {
    return (await this.view(scope, incidentId))?.incident ?? null;
  }

  async timeline(scope: Scope, incidentId: string): Promise<readonly TimelineRow[]> {
    if (!(await this.view(scope, incidentId))) return [];
    return (await this.events()).filter(({ stream }) => incidentIdOf(stream) === incidentId).map(timelineRowOf);
  }

  async deadlinesOf(scope: Scope, incidentId: string): Promise<readonly DeadlineRow[]> {
    return (await this.view(scope, incidentId))?.deadlines ?? [];
  }

  async deadlines(scope: Scope, filter: DeadlineFilter, { limit }: PageRequest<'dueAt'>): Promise<Page<DeadlineRow>> {
    const rows = (await this.visible(scope)).flatMap(({ deadlines }) => deadlines).filter((row) => wantsRunning(row, filter));
    return { items: rows.slice(0, limit), nextCursor: null };
  }

  async queues(scope: Scope): Promise<readonly QueueSummary[]> {
    const open = (await this.visible(scope)).filter(({ incident }) => incident.open && incident.holder !== null);
    const holders = [...new Set(open.map(({ incident }) => incident.holder as string))];
    return holders.map((holder) => {
      const held = open.filter(({ incident }) => incident.holder === holder);
      return { holder, open: held.length, breached: held.filter(({ incident }) => incident.breachedClocks > 0).length, nextDueAt: held[0]?.incident.dueAt ?? null };
    });
  }

  private async view(scope: Scope, incidentId: string): Promise<IncidentView | undefined> {
    return (await this.visible(scope)).find(({ incident }) => incident.incidentId === incidentId);
  }

  private async visible(scope: Scope): Promise<readonly IncidentView[]> {
    const views = new Map<string, IncidentView>();
    for (const event of await this.events()) views.set(event.stream, foldIncident(views.get(event.stream) ?? null, event));
    return [...views.values()].filter((view) => seesView(scope, view));
  }

  private async events(): Promise<readonly RecordedEvent<IncidentEvent>[]> {
    const upTo = await this.position();
    const events = await this.store.readAll(0, 1_000_000);
    return events.filter(({ stream, position }) => isIncidentStream(stream) && position <= upTo) as readonly RecordedEvent<IncidentEvent>[];
  }
}
