import type { Channel, GeoPoint, PhotoRef, Pins, Reason } from '#events';
import { noClocks } from '#deadlines';
import type { Clocks } from '#deadlines';
import type { Instant, Iso, Sealed } from '#kernel';
import type { Grade, PlacePath, Rung } from '#reference';

/** What every incident has from its report on. */
export interface Origin {
  readonly incidentId: string;
  readonly channel: Channel;
  readonly externalId: string | null;
  readonly place: PlacePath;
  readonly location: GeoPoint | null;
  readonly ruleHint: string | null;
  readonly photos: readonly PhotoRef[];
  readonly description: Sealed | null;
  readonly reportedAt: Iso;
  readonly reporterId: string;
  readonly reporterUnit: string;
}

interface Life {
  readonly origin: Origin;
  readonly round: number;
  readonly clocks: Clocks;
  /** Clocks ever started; the next one gets the next ordinal. */
  readonly clockOrdinal: number;
  readonly verified: 'true' | 'untrue' | null;
  readonly duplicates: readonly string[];
  /** Rectifications that are open, with the unit that owes one. */
  readonly rectifications: ReadonlyMap<string, string>;
  readonly supervisions: ReadonlyMap<string, { readonly unit: string; readonly answered: boolean }>;
  readonly exemptions: ReadonlyMap<string, { readonly applicantUnit: string; readonly status: 'requested' | 'granted' | 'denied' }>;
  readonly visited: boolean;
  readonly satisfaction: string | null;
  /** 申请作废, 申请强制结案 Asked for and waiting for somebody else's yes. */
  readonly endRequest: { readonly kind: 'void' | 'force-close'; readonly applicant: string; readonly unit: string; readonly reason: Reason } | null;
}

/** What filing fixed. */
interface Filing extends Pins {
  readonly grade: Grade;
}

/** 吹哨 One whistle and who has arrived. */
export interface Whistle {
  readonly whistleId: string;
  readonly by: string;
  readonly units: readonly string[];
  readonly arrived: readonly string[];
  readonly missed: readonly string[];
  readonly ended: boolean;
}

/** 手头的活 Where an open incident stands between filing and closing. */
export type Work =
  | { readonly step: 'filed' }
  | { readonly step: 'dispatched'; readonly final: boolean }
  | { readonly step: 'acknowledged'; readonly final: boolean }
  | { readonly step: 'handled'; readonly final: boolean; readonly handler: string }
  | { readonly step: 'inspected'; readonly final: boolean; readonly handler: string; readonly inspector: string }
  | { readonly step: 'arbitrating'; readonly arbiter: string };

/** 在办 Filed and not yet closed: exactly one unit is accountable. */
export interface Open extends Life {
  readonly stage: 'open';
  readonly filing: Filing;
  readonly rung: Rung;
  readonly accountableUnit: string;
  readonly work: Work;
  /** Dispatches of all rounds; the next one gets the next ordinal. */
  readonly dispatchOrdinal: number;
  /** Units that were dispatched to in this round, in order. */
  readonly unitsTried: readonly string[];
  readonly assisting: readonly string[];
  readonly returns: number;
  readonly failures: number;
  readonly extensions: number;
  readonly suspensions: number;
  /** After a return: the unit whose handling clock stands still, waiting for the same unit. */
  readonly returnedBy: string | null;
  /** People and units that handled in this round, the last one last: none of them may inspect or close. */
  readonly handlers: readonly string[];
  readonly handlingUnits: readonly string[];
  readonly extensionRequest: { readonly applicant: string; readonly unit: string; readonly clockId: string; readonly addedMs: number } | null;
  readonly suspensionRequest: { readonly applicant: string; readonly unit: string; readonly until: Iso } | null;
  readonly suspendedUntil: Iso | null;
  readonly whistles: ReadonlyMap<string, Whistle>;
}

export interface Reported extends Life {
  readonly stage: 'reported';
}

export interface AcceptedLife extends Life {
  readonly stage: 'accepted';
  readonly acceptedBy: string;
}

/** 结案 Closed, normally, self-handled or by force; may be reopened. */
export interface ClosedLife extends Life {
  readonly stage: 'closed';
  readonly how: 'normal' | 'self-handled' | 'forced';
  readonly closedAt: Instant;
  readonly filing: Filing;
  readonly rung: Rung;
  readonly handlers: readonly string[];
  readonly handlingUnits: readonly string[];
  /** Drawn for inspection after closing and not yet inspected. */
  readonly awaitsSample: boolean;
  readonly dispatchOrdinal: number;
}

/** 不予受理, 作废, 并案 Ended for good. */
export interface Ended extends Life {
  readonly stage: 'declined' | 'voided' | 'merged';
  readonly into: string | null;
  readonly filing: Filing | null;
}

/** 案件 The state of one incident: a union by stage, so that an impossible field does not exist. */
export type Incident = { readonly stage: 'unknown' } | Reported | AcceptedLife | Open | ClosedLife | Ended;

export type KnownIncident = Exclude<Incident, { stage: 'unknown' }>;

export const unknownIncident: Incident = { stage: 'unknown' };

/** The word for where an incident stands that queues, pages and refusals use. */
export type StageWord =
  | 'unknown' | 'reported' | 'accepted' | 'filed' | 'dispatched' | 'acknowledged' | 'handled' | 'inspected' | 'arbitrating' | 'closed' | 'declined' | 'voided' | 'merged';

export const stageWord = (incident: Incident): StageWord => (incident.stage === 'open' ? incident.work.step : incident.stage);

/** Most incidents never have any: one for all of them takes no room. */
const none = new Map<string, never>();

export const newLife = (origin: Origin): Life => ({
  origin,
  round: 1,
  clocks: noClocks,
  clockOrdinal: 0,
  verified: null,
  duplicates: [],
  rectifications: none,
  supervisions: none,
  exemptions: none,
  visited: false,
  satisfaction: null,
  endRequest: null,
});

export type { Life };
