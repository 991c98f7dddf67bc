import type { Channel } from '#events';
import type { Instant } from '#kernel';
import type { Loop, Rung } from '#reference';
import type { Ledger } from './ledger.js';
import type { Entry, Grouping, Metric } from './metric.js';
import { Gathering } from './reading.js';
import type { BothReadings } from './reading.js';

/** Only what has all of these; a field that is absent asks for nothing. */
export interface FigureFilter {
  readonly loop?: Loop;
  readonly rung?: Rung;
  readonly district?: string;
  readonly street?: string;
  readonly community?: string;
  readonly grid?: string;
  readonly unit?: string;
  readonly channel?: Channel;
  readonly scenario?: string;
  readonly subclass?: string;
}

/** 统计问题 Which entries a figure counts, and as of which moment. */
export interface FigureQuestion {
  /** First moment of the period; null for the beginning of the log. */
  readonly from: Instant | null;
  /** First moment after it; null for no end. */
  readonly before: Instant | null;
  /** 时点 Nothing after this moment counts; what is overdue is overdue at it. */
  readonly at: Instant;
  readonly by: Grouping | null;
  readonly filter: FigureFilter;
}

export interface FigureGroup extends BothReadings {
  /** Code of the group; null for what belongs to none. */
  readonly key: string | null;
}

export interface Figure {
  readonly total: BothReadings;
  /** In the order of their keys; those without entries are not there. */
  readonly groups: readonly FigureGroup[];
}

const ofLedger: Readonly<Record<Exclude<Grouping, 'loop' | 'rung' | 'unit'>, (ledger: Ledger) => string | null>> = {
  district: ({ place }) => place.district,
  street: ({ place }) => place.street,
  community: ({ place }) => place.community,
  grid: ({ place }) => place.grid,
  channel: ({ channel }) => channel,
  scenario: ({ filed }) => (filed === null || filed.scenario === '' ? null : filed.scenario),
  subclass: ({ filed }) => filed?.subclassCode ?? null,
};

/** The group that an entry of a ledger belongs to. */
export const groupOf = (grouping: Grouping, ledger: Ledger, entry: Entry): string | null =>
  grouping === 'loop' || grouping === 'rung' || grouping === 'unit' ? entry[grouping] : ofLedger[grouping](ledger);

/** What one incident contributes to an answer. */
export const countedIn = (metric: Metric, ledger: Ledger, { from, before, at, filter }: FigureQuestion): readonly Entry[] => {
  const wanted = Object.entries(filter) as [Grouping, string][];
  return metric.entriesOf(ledger, at).filter(
    (entry) => entry.at <= at && (from === null || entry.at >= from) && (before === null || entry.at < before) && wanted.every(([grouping, code]) => groupOf(grouping, ledger, entry) === code),
  );
};

const byKey = ([a]: readonly [string | null, unknown], [b]: readonly [string | null, unknown]): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);

/** 汇总 One figure under way: ledgers in, in any order; the answer out. */
export class Tally {
  private readonly total: Gathering;
  private readonly groups = new Map<string | null, Gathering>();

  constructor(private readonly metric: Metric, private readonly question: FigureQuestion) {
    this.total = new Gathering(metric);
  }

  add(ledger: Ledger): void {
    const { by } = this.question;
    for (const entry of countedIn(this.metric, ledger, this.question)) {
      this.total.add(entry);
      if (by === null) continue;
      const key = groupOf(by, ledger, entry);
      const group = this.groups.get(key) ?? new Gathering(this.metric);
      this.groups.set(key, group);
      group.add(entry);
    }
  }

  figure(): Figure {
    return { total: this.total.read(), groups: [...this.groups].sort(byKey).map(([key, group]) => ({ key, ...group.read() })) };
  }
}

/** A figure over ledgers that are all at hand. */
export const figureOf = (metric: Metric, ledgers: Iterable<Ledger>, question: FigureQuestion): Figure => {
  const tally = new Tally(metric, question);
  for (const ledger of ledgers) tally.add(ledger);
  return tally.figure();
};
