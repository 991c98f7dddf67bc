import type { Moment, Told } from './fold.js';

export type SpanKind = 'working' | 'waiting' | 'paused';

/** 持有 A time in which one holder had the incident on one rung, and whether work could go on. */
export interface Span {
  readonly rung: string;
  readonly holder: string;
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
}

const kindOf = ({ stage, suspendedUntil }: Moment): SpanKind => (suspendedUntil !== null ? 'paused' : stage === 'acknowledged' ? 'working' : 'waiting');

/** Before filing nobody's rung is laid down: it waits at the bottom of the ladder. `until` ends what still goes on. */
export const spansOf = (facts: readonly Told[], moments: readonly Moment[], until: number): readonly Span[] => {
  const spans: Span[] = [];
  facts.forEach(({ recordedAt }, index) => {
    const moment = moments[index] as Moment;
    const following = facts[index + 1];
    const [from, to] = [Date.parse(recordedAt), following ? Date.parse(following.recordedAt) : until];
    if (moment.holder === null || to <= from) return;
    const span = { rung: moment.rung ?? 'grid', holder: moment.holder, kind: kindOf(moment) };
    const before = spans.at(-1);
    if (before && before.to === from && before.rung === span.rung && before.holder === span.holder && before.kind === span.kind) spans[spans.length - 1] = { ...before, to };
    else spans.push({ ...span, from, to });
  });
  return spans;
};

/** Where the time went, by kind. */
export const spentOn = (spans: readonly Span[]): Readonly<Record<SpanKind, number>> =>
  spans.reduce((sums, { kind, from, to }) => ({ ...sums, [kind]: sums[kind] + to - from }), { working: 0, waiting: 0, paused: 0 });
