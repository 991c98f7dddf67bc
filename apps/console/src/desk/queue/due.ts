/** 时限的样子 How the next due time of an incident stands. Shape and words tell it, colour only helps. */
export type DueKind = 'late' | 'soon' | 'running' | 'paused' | 'none';

export interface Due {
  readonly kind: DueKind;
  /** Until the due time; negative once it has passed. Zero where nothing runs. */
  readonly leftMs: number;
}

export const dueMarks: Readonly<Record<DueKind, string>> = { late: '▲', soon: '◔', running: '·', paused: '‖', none: '–' };

interface Timed {
  readonly open: boolean;
  readonly dueAt: string | null;
  readonly suspendedUntil: string | null;
}

/** `warnAt` is when the clock warns; null where that is not known, then it never counts as due soon. */
export const dueOf = ({ open, dueAt, suspendedUntil }: Timed, warnAt: string | null, now: number): Due => {
  if (!open || (dueAt === null && suspendedUntil === null)) return { kind: 'none', leftMs: 0 };
  if (suspendedUntil !== null) return { kind: 'paused', leftMs: 0 };
  const leftMs = Date.parse(dueAt as string) - now;
  if (leftMs <= 0) return { kind: 'late', leftMs };
  return { kind: warnAt !== null && Date.parse(warnAt) <= now ? 'soon' : 'running', leftMs };
};
