import type { IncidentCommand, Incident } from '#incident';
import type { Actor, Instant, Iso } from '#kernel';

/** A command on its way, with what the door knows about it. */
export interface Order {
  readonly command: IncidentCommand;
  readonly actor: Actor;
  /** UUID. The same id asks for the same thing: the second time nothing is recorded and the first answer comes back. */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly onBehalfOf?: string;
  readonly claimedAt?: Iso;
  readonly deviceSkewMs?: number;
  /** Keyed digest of what was asked; a known command id with another digest is refused with `command.id-reused`. */
  readonly fingerprint?: string;
  /** Revision that the person saw; another one is a `Conflict`. */
  readonly expectedRevision?: number;
}

/** What became of an order. `position` is the log position of its last fact (or of the state that made it needless). */
export interface Outcome {
  readonly status: 'recorded' | 'ignored' | 'duplicate';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: number;
}

/** An incident as it is in the log at this moment. */
export interface Loaded {
  readonly state: Incident;
  readonly revision: number;
  readonly position: number;
  /** When its last fact was recorded; 0 when there is none. */
  readonly recordedAt: Instant;
}

/**
 * 受令台 Where every command goes in, whoever sends it. Throws `Refusal` (the city's no), `Conflict` (expected revision missed, or
 * the stream moved on too often), `Unavailable` (ask again with the same command id).
 */
export interface CommandDesk {
  execute(order: Order): Promise<Outcome>;
  load(incidentId: string): Promise<Loaded>;
  /** As it was when the log ended at a position; remembered nowhere. */
  loadAsOf(incidentId: string, position: number): Promise<Loaded>;
}
