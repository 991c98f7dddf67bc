import type { CommandContext, DomainEvent } from './message.js';

/**
 * 决策 One aggregate: a state, a pure decision, a pure fold.
 * A decision records (events), ignores (no events: it already holds) or refuses (throws `Refusal`).
 */
export interface Decider<State, Command, Event extends DomainEvent, World> {
  readonly initial: State;
  readonly decide: (command: Command, state: State, context: CommandContext, world: World) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
}
