import type { IncidentEvent, IncidentEventType } from '#events';
import { decide, evolve, stageWord, unknownIncident } from '#incident';
import type { Incident, IncidentCommand, Open, World } from '#incident';
import { fromIso, Refusal, toIso } from '#kernel';
import type { Actor, CommandContext, Instant } from '#kernel';
import { passTime, reactionsTo } from '#loops';
import type { Library } from '#reference';
import { people } from './people.js';
import type { PersonName } from './people.js';
import { smallLibrary } from './small-city.js';

/** A fact with when and by whom it was recorded, as the log would have it. */
export interface ToldEvent {
  readonly event: IncidentEvent;
  readonly at: Instant;
  readonly actor: Actor;
}

/** Monday, 2 March 2026, 09:00 in Shanghai: an hour into a working day. */
export const monday9 = fromIso('2026-03-02T01:00:00.000Z');

export const incidentId = 'i-1';

type Fields<Command> = Command extends { type: infer Type; data: infer Data } ? { type: Type } & Omit<Data, 'incidentId'> : never;

/** A command without its incident, written flat: `{ type: 'DispatchIncident', unit: 'S1-roads' }`. */
export type Asked = Fields<IncidentCommand>;

/**
 * An incident that lives without a store: commands are decided and folded here exactly as the desk does it. Immutable: every
 * step answers a new history, so that one history can be the past of many tests.
 */
export class History {
  constructor(
    readonly state: Incident,
    readonly told: readonly ToldEvent[],
    readonly now: Instant,
    readonly library: Library,
    readonly chance: number,
    /** The fold; another one only where a spec shows that a wrong one is found out. */
    readonly fold: typeof evolve = evolve,
  ) {}

  private but(changes: Partial<Pick<History, 'state' | 'told' | 'now' | 'library' | 'chance'>>): History {
    const { state, told, now, library, chance } = { ...this, ...changes };
    return new History(state, told, now, library, chance, this.fold);
  }

  get world(): World {
    return { library: this.library };
  }

  get types(): readonly IncidentEventType[] {
    return this.told.map(({ event }) => event.type);
  }

  /** The state of an incident that must be open here. */
  get open(): Open {
    if (this.state.stage !== 'open') throw new Error(`the incident is ${stageWord(this.state)}, not open`);
    return this.state;
  }

  context(actor: Actor, commandId = `c-${this.told.length}`): CommandContext {
    return { actor, commandId, correlationId: commandId, now: this.now, chance: this.chance };
  }

  at(moment: Instant | string): History {
    const now = typeof moment === 'string' ? fromIso(moment) : moment;
    if (now < this.now) throw new Error('time does not go back');
    return this.but({ now });
  }

  later(ms: number): History {
    return this.at(this.now + ms);
  }

  withChance(chance: number): History {
    return this.but({ chance });
  }

  withLibrary(library: Library): History {
    return this.but({ library });
  }

  with(events: readonly IncidentEvent[], actor: Actor): History {
    const at = { recordedAt: this.now, recordedAtIso: toIso(this.now), actorId: actor.id, actorUnit: actor.unit };
    const state = events.reduce((folded, event) => this.fold(folded, event, at), this.state);
    return this.but({ state, told: [...this.told, ...events.map((event) => ({ event, at: this.now, actor }))] });
  }

  /** Records what is due by now, as the deadlines process would. */
  passTime(): History {
    const engine = people.engine;
    return this.with(passTime(this.state, this.context(engine), this.world).events, engine);
  }

  /** What the command records after the time has passed; throws the refusal. */
  decide(who: PersonName, asked: Asked): readonly IncidentEvent[] {
    const { type, ...data } = asked;
    return decide({ type, data: { incidentId, ...data } } as IncidentCommand, this.state, this.context(people[who]), this.world);
  }

  /** Does it, and lets the loops answer what follows. */
  does(who: PersonName, asked: Asked): History {
    const before = this.passTime();
    const events = before.decide(who, asked);
    return events.reduce<History>((history, event) => history.answered(event), before.with(events, people[who]));
  }

  private answered(event: IncidentEvent): History {
    if (event.type.startsWith('Deadline')) return this;
    const own = reactionsTo(event).filter(({ command }) => command.data.incidentId === incidentId);
    return own.reduce<History>((history, { command }) => {
      try {
        return history.with(decide(command, history.state, history.context(people.engine), history.world), people.engine);
      } catch (reason) {
        if (reason instanceof Refusal) return history;
        throw reason;
      }
    }, this);
  }
}

export const nothing = (library: Library = smallLibrary): History => new History(unknownIncident, [], monday9, library, 0.99);

/** A report from grid S1A1 by the hotline, for a manhole cover unless said otherwise. */
export const reported = (more: Partial<Extract<Asked, { type: 'ReportIncident' }>> = {}): History =>
  nothing().does('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1', ...more });

export const accepted = (): History => reported().does('dispatcher', { type: 'AcceptIncident' });

/** Filed by the street. Rule C-01-01.2 has no duty in the grid, so it enters the street loop; E-01-02.1 enters the grid loop. */
export const filed = (ruleId = 'C-01-01.2'): History => accepted().does('dispatcher', { type: 'FileIncident', ruleId, grade: 'general' });

export const dispatched = (): History => filed().does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' });
export const acknowledged = (): History => dispatched().does('roads', { type: 'AcknowledgeDispatch' });
export const handled = (): History => acknowledged().does('roads', { type: 'RecordHandling' });
export const inspected = (): History => handled().does('gridWorkerB', { type: 'PassInspection' });
export const closed = (): History => inspected().does('dispatcher', { type: 'CloseIncident' });
