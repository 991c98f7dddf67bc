import type { Instant, Iso } from '#kernel';

/** The part of the envelope that the fold of an incident looks at. */
export interface RecordedAtEvent {
  readonly recordedAt: Instant;
  readonly recordedAtIso: Iso;
  readonly actorId: string;
  readonly actorUnit: string;
}
