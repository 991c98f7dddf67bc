import { answerInOrder, deterministicId, streamOf } from '#engine';
import type { IncidentDesk, Outcome } from '#engine';
import { nextMomentAt, stageWord } from '#incident';
import type { IncidentCommandType, OtherIncident } from '#incident';
import { Refusal } from '#kernel';
import type { EventStore, Instant } from '#kernel';
import type { Library } from '#reference';
import { Heap } from './heap.js';
import type { Script } from './script.js';
import { namelessStaff, nextMove } from './staff.js';
import type { Move, Staffing } from './staff.js';

/** The simulated clock, as far as the player turns it. */
export interface TurnableClock {
  now(): Instant;
  /** Never back. */
  set(instant: Instant): void;
}

export interface PlayerParts {
  readonly desk: IncidentDesk;
  readonly store: EventStore;
  readonly clock: TurnableClock;
  readonly library: () => Library;
  readonly staff?: Staffing;
  /** Nothing happens after this moment. */
  readonly until: Instant;
  /** Called before a moment is played: real time may be spent here, so that people can watch. */
  readonly pace?: (at: Instant) => Promise<void>;
  readonly onMove?: (move: { readonly at: Instant; readonly script: Script; readonly command: IncidentCommandType | 'PassTime'; readonly outcome: Outcome | null }) => void;
  readonly signal?: AbortSignal;
}

/** Commands whose facts the loops answer. */
const answered: ReadonlySet<IncidentCommandType> = new Set(['DeclareBeyondAbility', 'FailInspection', 'RecordSatisfaction', 'MergeIncident']);

/**
 * 演练 Plays scripts under simulated time through the production desk: every rule, limit and climb is the engine's own. What is next is
 * found out from what the log says each time, so a play that was interrupted goes on where it stopped, and one that is over does nothing.
 */
export class Player {
  private readonly queue = new Heap<Script>();
  moves = 0;

  constructor(private readonly parts: PlayerParts) {}

  async play(scripts: readonly Script[]): Promise<void> {
    const { clock, until, signal, pace } = this.parts;
    for (const script of scripts) await this.schedule(script);
    for (let next = this.queue.pop(); next; next = this.queue.pop()) {
      if (next.at > until || signal?.aborted) return;
      const { item: script, at } = next;
      // Others may have acted on it since it was queued, the loops or whoever merged something into it.
      const due = await this.nextOf(script);
      if (due === null) continue;
      if (due.at > at) {
        this.queue.push(script, due.at);
        continue;
      }
      await pace?.(at);
      clock.set(Math.max(at, clock.now()));
      await this.perform(script, due.move);
      await this.schedule(script);
    }
  }

  private async perform(script: Script, move: Move | null): Promise<void> {
    const { desk, clock, onMove, store } = this.parts;
    this.moves += 1;
    if (!move || move.at > clock.now()) {
      await desk.passTime([streamOf(script.incidentId)]);
      onMove?.({ at: clock.now(), script, command: 'PassTime', outcome: null });
      return;
    }
    const { revision } = await desk.lastSeen(script.incidentId);
    const commandId = deterministicId('play', script.incidentId, revision, move.command.type);
    try {
      const outcome = await desk.execute({ command: move.command, actor: move.actor, commandId, correlationId: commandId });
      onMove?.({ at: clock.now(), script, command: move.command.type, outcome });
      if (answered.has(move.command.type)) await answerInOrder(desk, await store.readStream(streamOf(script.incidentId), revision + 1));
    } catch (reason) {
      // Something fell due first and changed what is to be done; the next look at the log says what.
      if (!(reason instanceof Refusal)) throw reason;
      const after = await desk.lastSeen(script.incidentId);
      if (after.revision === revision) throw new Error(`the script of ${script.incidentId} does what nobody may: ${reason.code} ${reason.message}`);
    }
  }

  private async schedule(script: Script): Promise<void> {
    const due = await this.nextOf(script);
    if (due) this.queue.push(script, Math.max(due.at, this.parts.clock.now()));
  }

  /** When something is next for an incident, its people's move or a due time; null when nothing is. Whole milliseconds. */
  private async nextOf(script: Script): Promise<{ readonly at: Instant; readonly move: Move | null } | null> {
    const move = await this.moveOf(script);
    const { state } = await this.parts.desk.lastSeen(script.incidentId);
    const at = Math.min(move?.at ?? Infinity, nextMomentAt(state) ?? Infinity);
    return at === Infinity ? null : { at: Math.ceil(at), move };
  }

  private async moveOf(script: Script): Promise<Move | null> {
    const { desk, library, staff = namelessStaff } = this.parts;
    const { state, recordedAt } = await desk.lastSeen(script.incidentId);
    return nextMove({ script, state, since: recordedAt, city: library().current, staff, master: await this.masterOf(script) });
  }

  private async masterOf({ ending, duplicateOf }: Script): Promise<OtherIncident | null> {
    if (ending !== 'duplicate' || duplicateOf === undefined) return null;
    const { state } = await this.parts.desk.load(duplicateOf);
    if (state.stage === 'unknown' || ['declined', 'voided', 'merged'].includes(state.stage)) return null;
    return { incidentId: duplicateOf, stage: stageWord(state), reportedAt: state.origin.reportedAt };
  }
}
