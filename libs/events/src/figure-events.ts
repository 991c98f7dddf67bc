import type { DomainEvent, Iso } from '#kernel';

/**
 * 考核固化 Figures of a period as they were when the log ended at a position. They stand in the log themselves, so they are never recomputed
 * silently: whoever computes them again compares with these.
 */
export type PeriodFrozen = DomainEvent<'PeriodFrozen', {
  readonly figuresId: string;
  readonly metrics: readonly { readonly name: string; readonly version: number }[];
  /** First moment of the period, and the first after it. */
  readonly from: Iso | null;
  readonly before: Iso | null;
  /** The moment and the end of the log that the figures hold for. */
  readonly at: Iso;
  readonly position: number;
  /** 辖区 Places that the figures are of; null for the whole city. */
  readonly places: readonly string[] | null;
  /** Question, definitions and answers as canonical JSON: the very text that was hashed. */
  readonly content: string;
  /** SHA-256 of `content` in UTF-8, lower-case hex. */
  readonly sha256: string;
}>;
