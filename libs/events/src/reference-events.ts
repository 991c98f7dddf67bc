import type { DomainEvent, Iso } from '#kernel';

/** 底数启用 A version of the reference data is in force from here on, or from a moment on that is still to come. The content stands in the library under its hash. */
export type ReferenceActivated = DomainEvent<'ReferenceActivated', {
  readonly version: string;
  readonly sha256: string;
  readonly policyVersion: string;
  readonly catalogueVersion: string;
  readonly dutyVersion: string;
  readonly calendarVersion: string;
  /** 生效时间 From when on decisions go by it; null where it is in force from when it was recorded. */
  readonly effectiveFrom: Iso | null;
  /** Why, where a person activated it. It is about the city's rules, never about persons. */
  readonly reason?: string;
}>;

/** 底数撤回 A version that had not taken effect yet never will. */
export type ReferenceWithdrawn = DomainEvent<'ReferenceWithdrawn', {
  /** Version of the stream under which it had been activated. */
  readonly activation: number;
  readonly version: string;
  readonly reason: string;
}>;
