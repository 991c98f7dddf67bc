import type { IncidentEvent } from '#events';
import { decide, factsDue, Story } from '#incident';
import type { Incident, IncidentCommand, World } from '#incident';
import { Refusal } from '#kernel';
import type { CommandContext } from '#kernel';
import { aftercare } from './aftercare.js';
import { cityLoop } from './city/city-loop.js';
import { gridLoop } from './grid/grid-loop.js';
import type { Loop } from './reaction.js';
import { streetLoop } from './street/street-loop.js';

/** 三循环 The loops side by side. They never speak to each other; they meet through facts. */
export const ladder: readonly Loop[] = [gridLoop, streetLoop, cityLoop, aftercare];

export interface Reaction {
  readonly loop: string;
  readonly command: IncidentCommand;
}

/** What all the loops want done about one fact. */
export const reactionsTo = (event: IncidentEvent): readonly Reaction[] =>
  ladder.flatMap((loop) => loop.react(event).map((command) => ({ loop: loop.name, command })));

const momentsMax = 10_000;

/**
 * 到点 Records everything that is due at `context.now`, in the order in which it fell due, together with the climbs that follow from
 * it. A limit that passes and the climb it causes are one decision, so that no command can slip between them, and so that
 * nothing depends on how late a timer ran: every command passes the time first.
 */
export const passTime = (state: Incident, context: CommandContext, world: World): { readonly state: Incident; readonly events: readonly IncidentEvent[] } => {
  const story = new Story(state, context);
  for (let moment = 0; moment < momentsMax; moment += 1) {
    const due = factsDue(story.state, context.now, world);
    if (due.length === 0) return { state: story.state, events: story.events };
    for (const fact of due) {
      story.tell(fact);
      for (const { command } of reactionsTo(fact)) for (const event of decided(command, story.state, context, world)) story.tell(event);
    }
  }
  throw new Error(`more than ${momentsMax} moments fell due at once`);
};

/** A loop may want what no longer makes sense; then nothing happens. */
const decided = (command: IncidentCommand, state: Incident, context: CommandContext, world: World): readonly IncidentEvent[] => {
  try {
    return decide(command, state, context, world);
  } catch (reason) {
    if (reason instanceof Refusal) return [];
    throw reason;
  }
};
