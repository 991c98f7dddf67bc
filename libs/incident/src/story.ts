import type { IncidentEvent } from '#events';
import { toIso } from '#kernel';
import type { CommandContext } from '#kernel';
import { evolve } from './evolve.js';
import type { Incident } from './state.js';

/** Several facts of one decision: each is folded before the next is told, so that none has to know what the others did. */
export class Story<State extends Incident = Incident> {
  readonly events: IncidentEvent[] = [];

  constructor(
    public state: State,
    private readonly context: Pick<CommandContext, 'actor' | 'now'>,
  ) {}

  tell(event: IncidentEvent): this {
    const { actor, now } = this.context;
    this.state = evolve(this.state, event, { recordedAt: now, recordedAtIso: toIso(now), actorId: actor.id, actorUnit: actor.unit }) as State;
    this.events.push(event);
    return this;
  }
}
