import { Inject } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { ClockName } from '#events';
import type { DeadlineRow, IncidentFilter, IncidentRow, IncidentSort, Page, PageRequest, QueueSummary, Scope, TimelineRow, Views } from '#views';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';

export interface DeadlineFilter {
  readonly unit?: string;
  readonly clock?: ClockName;
  readonly breached?: boolean;
}

export class FindIncidents extends Query<Page<IncidentRow>> {
  constructor(readonly scope: Scope, readonly filter: IncidentFilter, readonly page: PageRequest<IncidentSort>) {
    super();
  }
}

export class FindIncident extends Query<IncidentRow | null> {
  constructor(readonly scope: Scope, readonly incidentId: string) {
    super();
  }
}

export class FindTimeline extends Query<readonly TimelineRow[]> {
  constructor(readonly scope: Scope, readonly incidentId: string) {
    super();
  }
}

export class FindDeadlinesOf extends Query<readonly DeadlineRow[]> {
  constructor(readonly scope: Scope, readonly incidentId: string) {
    super();
  }
}

export class FindDeadlines extends Query<Page<DeadlineRow>> {
  constructor(readonly scope: Scope, readonly filter: DeadlineFilter, readonly page: PageRequest<'dueAt'>) {
    super();
  }
}

export class FindQueues extends Query<readonly QueueSummary[]> {
  constructor(readonly scope: Scope) {
    super();
  }
}

abstract class OnViews {
  protected readonly views: Views;

  constructor(@Inject(PORTS) ports: ApiPorts) {
    this.views = ports.views;
  }
}

@QueryHandler(FindIncidents)
class FindIncidentsHandler extends OnViews implements IQueryHandler<FindIncidents> {
  execute({ scope, filter, page }: FindIncidents): Promise<Page<IncidentRow>> {
    return this.views.incidents(scope, filter, page);
  }
}

@QueryHandler(FindIncident)
class FindIncidentHandler extends OnViews implements IQueryHandler<FindIncident> {
  execute({ scope, incidentId }: FindIncident): Promise<IncidentRow | null> {
    return this.views.incident(scope, incidentId);
  }
}

@QueryHandler(FindTimeline)
class FindTimelineHandler extends OnViews implements IQueryHandler<FindTimeline> {
  execute({ scope, incidentId }: FindTimeline): Promise<readonly TimelineRow[]> {
    return this.views.timeline(scope, incidentId);
  }
}

@QueryHandler(FindDeadlinesOf)
class FindDeadlinesOfHandler extends OnViews implements IQueryHandler<FindDeadlinesOf> {
  execute({ scope, incidentId }: FindDeadlinesOf): Promise<readonly DeadlineRow[]> {
    return this.views.deadlinesOf(scope, incidentId);
  }
}

@QueryHandler(FindDeadlines)
class FindDeadlinesHandler extends OnViews implements IQueryHandler<FindDeadlines> {
  execute({ scope, filter, page }: FindDeadlines): Promise<Page<DeadlineRow>> {
    return this.views.deadlines(scope, filter, page);
  }
}

@QueryHandler(FindQueues)
class FindQueuesHandler extends OnViews implements IQueryHandler<FindQueues> {
  execute({ scope }: FindQueues): Promise<readonly QueueSummary[]> {
    return this.views.queues(scope);
  }
}

export const queryHandlers = [FindIncidentsHandler, FindIncidentHandler, FindTimelineHandler, FindDeadlinesOfHandler, FindDeadlinesHandler, FindQueuesHandler];
