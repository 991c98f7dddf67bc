import type { Channel, GeoPoint, SatisfactionGrade } from '#events';
import type { Instant, Sealed } from '#kernel';
import type { Grade, Rung } from '#reference';

/** 留待来人 A step that nobody of the play takes. A dispatch is left when the script has no return in store any more. */
export type LeftStep = 'AcceptIncident' | 'DispatchIncident' | 'AcknowledgeDispatch' | 'RecordArrival' | 'RecordHandling' | 'PassInspection' | 'CloseIncident';

/** 剧本 What happens to one incident in the street and at the desks, as far as people and not rules decide it. Times in milliseconds. */
export interface Script {
  readonly incidentId: string;
  readonly reportedAt: Instant;
  readonly channel: Channel;
  readonly externalId?: string;
  readonly gridCode: string;
  readonly location?: GeoPoint;
  readonly ruleId: string;
  readonly grade: Grade;
  readonly description?: Sealed;
  readonly address?: Sealed;
  readonly reporter?: Sealed;
  /** `closed` and `open` are worked on; the others end at the desk. */
  readonly ending: 'closed' | 'open' | 'duplicate' | 'declined' | 'self-handled';
  /** When the work in the street is really done; null when it never is. */
  readonly workedUntil: Instant | null;
  /** The earlier incident that a duplicate is merged into. */
  readonly duplicateOf?: string;
  readonly photo: { readonly sha256: string; readonly bytes: number } | null;
  readonly pace: Pace;
  /** How often units send it back before one keeps it. */
  readonly returns: number;
  /** How often an inspection fails before one passes. */
  readonly failures: number;
  /** The lowest rung that is able to close it: those below declare it beyond their ability. Null when any rung is. */
  readonly closesOn: Rung | null;
  readonly extensionMinutes: number | null;
  readonly satisfaction: SatisfactionGrade | null;
  /** It waits there for whoever comes to the desk; limits pass meanwhile. */
  readonly leaves?: LeftStep;
}

/** 节奏 How long people take for each step. */
export interface Pace {
  readonly acceptMs: number;
  readonly fileMs: number;
  readonly dispatchMs: number;
  readonly acknowledgeMs: number;
  readonly contactMs: number;
  readonly arriveMs: number;
  readonly inspectMs: number;
  readonly closeMs: number;
  readonly reworkMs: number;
  readonly visitMs: number;
  readonly answerMs: number;
}
