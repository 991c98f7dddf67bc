/**
 * 验证结论 What a verifier says. `altered` means that something is not as it was signed; `undecided` that what is needed to tell is missing.
 */
export interface Verdict {
  readonly verdict: 'ok' | 'altered' | 'undecided';
  /** Stable; programs decide by it. */
  readonly code: string;
  readonly message: string;
  /** The first position that is not as it was; when only a stretch is known, its beginning, and `badNotAfter` its end. */
  readonly firstBadPosition?: number;
  readonly badNotAfter?: number;
  /** What was looked at. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export const ok = (message: string, details?: Verdict['details']): Verdict => ({ verdict: 'ok', code: 'evidence.ok', message, ...(details ? { details } : {}) });

export const undecided = (code: string, message: string, details?: Verdict['details']): Verdict => ({ verdict: 'undecided', code, message, ...(details ? { details } : {}) });

export const altered = (code: string, message: string, firstBadPosition?: number, badNotAfter?: number): Verdict => ({
  verdict: 'altered', code, message, ...(firstBadPosition === undefined ? {} : { firstBadPosition }), ...(badNotAfter === undefined ? {} : { badNotAfter }),
});

/** What a command that verifies ends with. */
export const exitStatusOf: Readonly<Record<Verdict['verdict'], 0 | 1 | 2>> = { ok: 0, altered: 1, undecided: 2 };
