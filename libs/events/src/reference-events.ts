import type { DomainEvent } from '#kernel';

/** 底数启用 A version of the reference data is in force from here on. The content stands in the library under its hash. */
export type ReferenceActivated = DomainEvent<'ReferenceActivated', {
  readonly version: string;
  readonly sha256: string;
  readonly policyVersion: string;
  readonly catalogueVersion: string;
  readonly dutyVersion: string;
  readonly calendarVersion: string;
  /** Why, where a person activated it. It is about the city's rules, never about persons. */
  readonly reason?: string;
}>;
