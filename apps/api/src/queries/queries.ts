import { Inject } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DeadlineFilter, DeadlineRow, IncidentFilter, IncidentRow, IncidentSort, OpenIncidents, Page, PageRequest, QueueSummary, Scope, TimelineRow, Views } from '#views';
import type { AsOf } from '../door/as-of.js';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';

export class FindIncidents extends Query<Page<IncidentRow>> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope, readonly filter: IncidentFilter, readonly page: PageRequest<IncidentSort>) {
    super();
  }
}

export class FindOpenIncidents extends Query<OpenIncidents> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope, readonly filter: Pick<IncidentFilter, 'street'>) {
    super();
  }
}

export class FindIncident extends Query<IncidentRow | null> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope, readonly incidentId: string) {
    super();
  }
}

export class FindTimeline extends Query<readonly TimelineRow[]> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope, readonly incidentId: string) {
    super();
  }
}

export class FindDeadlinesOf extends Query<readonly DeadlineRow[]> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope, readonly incidentId: string) {
    super();
  }
}

export class FindDeadlines extends Query<Page<DeadlineRow>> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope, readonly filter: DeadlineFilter, readonly page: PageRequest<'dueAt'>) {
    super();
  }
}

export class FindQueues extends Query<readonly QueueSummary[]> {
  constructor(readonly asOf: AsOf | null, readonly scope: Scope) {
    super();
  }
}

/** The views as they are, or as they were at a moment of the past. */
abstract class OnViews {
  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {}

  protected viewsAt(asOf: AsOf | null): Views {
    return asOf === null ? this.ports.views : this.ports.history.asOf(asOf.position);
  }
}

@QueryHandler(FindIncidents)
class FindIncidentsHandler extends OnViews implements IQueryHandler<FindIncidents> {
  execute({ asOf, scope, filter, page }: FindIncidents): Promise<Page<IncidentRow>> {
    return this.viewsAt(asOf).incidents(scope, filter, page);
  }
}

@QueryHandler(FindOpenIncidents)
class FindOpenIncidentsHandler extends OnViews implements IQueryHandler<FindOpenIncidents> {
  execute({ asOf, scope, filter }: FindOpenIncidents): Promise<OpenIncidents> {
    return this.viewsAt(asOf).openIncidents(scope, filter);
  }
}

@QueryHandler(FindIncident)
class FindIncidentHandler extends OnViews implements IQueryHandler<FindIncident> {
  execute({ asOf, scope, incidentId }: FindIncident): Promise<IncidentRow | null> {
    return this.viewsAt(asOf).incident(scope, incidentId);
  }
}

@QueryHandler(FindTimeline)
class FindTimelineHandler extends OnViews implements IQueryHandler<FindTimeline> {
  execute({ asOf, scope, incidentId }: FindTimeline): Promise<readonly TimelineRow[]> {
    return this.viewsAt(asOf).timeline(scope, incidentId);
  }
}

@QueryHandler(FindDeadlinesOf)
class FindDeadlinesOfHandler extends OnViews implements IQueryHandler<FindDeadlinesOf> {
  execute({ asOf, scope, incidentId }: FindDeadlinesOf): Promise<readonly DeadlineRow[]> {
    return this.viewsAt(asOf).deadlinesOf(scope, incidentId);
  }
}

@QueryHandler(FindDeadlines)
class FindDeadlinesHandler extends OnViews implements IQueryHandler<FindDeadlines> {
  execute({ asOf, scope, filter, page }: FindDeadlines): Promise<Page<DeadlineRow>> {
    return this.viewsAt(asOf).deadlines(scope, filter, page);
  }
}

@QueryHandler(FindQueues)
class FindQueuesHandler extends OnViews implements IQueryHandler<FindQueues> {
  execute({ asOf, scope }: FindQueues): Promise<readonly QueueSummary[]> {
    return this.viewsAt(asOf).queues(scope);
  }
}

export const queryHandlers = [FindIncidentsHandler, FindOpenIncidentsHandler, FindIncidentHandler, FindTimelineHandler, FindDeadlinesOfHandler, FindDeadlinesHandler, FindQueuesHandler];
