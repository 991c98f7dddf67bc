import type { Actor } from './actor.js';
import type { Instant, Iso } from './instant.js';

/** 事实 A recorded fact. `type` is past tense and a storage format: never renamed, only versioned. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** Where a fact came from. Every value is what was true when it was recorded. */
export interface Provenance {
  readonly actor: Actor;
  /** For whom the actor acted, if for somebody else (a hotline clerk for a caller, a dispatcher for a unit without a terminal). */
  readonly onBehalfOf?: string;
  readonly commandId: string;
  /** Copied from the first message of a conversation, never made anew after the edge. */
  readonly correlationId: string;
  /** Id of the very message (event or command) that caused this one. */
  readonly causationId?: string;
  /** When it happened, as claimed by the reporter's device. Clocks never run on it. */
  readonly claimedAt?: Iso;
  /** Device clock minus server clock at receipt, in milliseconds, where a device said what time it had. */
  readonly deviceSkewMs?: number;
}

/** 事实(入库) A fact as it stands in the log. */
export interface RecordedEvent<E extends DomainEvent = DomainEvent> extends Provenance {
  readonly eventId: string;
  readonly stream: string;
  /** 1 for the first event of the stream, without gaps. */
  readonly version: number;
  /** Place in the whole log; later events have greater positions. */
  readonly position: number;
  readonly type: E['type'];
  /** Version of the shape of `data`. */
  readonly schema: number;
  readonly recordedAt: Iso;
  readonly data: E['data'];
}

/** 指令 Something that somebody wants done; may be refused. */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** What comes with a command from the door: who, under which id, when it arrived. Time, ids and chance enter here only. */
export interface CommandContext extends Provenance {
  /** The moment of the decision, by the log's clock. */
  readonly now: Instant;
  /** A number in [0, 1) drawn by the door, for decisions that need chance (the sampling of self-handled incidents). */
  readonly chance: number;
}
