import { definitionOf, metricNamed } from './catalogue.js';
import type { Ledger } from './ledger.js';
import type { Metric, MetricDefinition } from './metric.js';
import { Tally } from './tally.js';
import type { Figure, FigureQuestion } from './tally.js';

/** One text for one content: keys in order, no blanks, nothing for what is undefined. The subset of RFC 8785 that whole figures need. */
export const canonicalText = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([key, part]) => `${JSON.stringify(key)}:${canonicalText(part)}`).join(',')}}`;
};

/** A figure with the definition that it was reckoned by. */
interface FrozenFigure extends Figure {
  readonly metric: string;
  readonly version: number;
}

/** 固化内容 What a freezing signs: the question, the definitions, the answers. Its hash is the SHA-256 of its canonical text in UTF-8. */
export interface FrozenContent {
  readonly question: FigureQuestion & { readonly position: number; readonly places: readonly string[] | null };
  readonly definitions: readonly MetricDefinition[];
  readonly figures: readonly FrozenFigure[];
}

export const frozenText = ({ question, definitions, figures }: FrozenContent): string => canonicalText({ question, definitions, figures });

export const frozenFigure = ({ name, version }: Metric, figure: Figure): FrozenFigure => ({ metric: name, version, ...figure });

/** What came out when frozen figures were computed again. */
export interface Refrozen {
  /** The canonical text that the same freezing would sign now: the same text, the same hash. */
  readonly text: string;
  /** 定义已改 Metrics whose definition is another one now, or gone. */
  readonly redefined: readonly string[];
  /** Metrics that give another answer now. */
  readonly differing: readonly { readonly metric: string; readonly frozen: Figure; readonly recomputed: Figure | null }[];
}

const plain = ({ total, groups }: FrozenFigure): Figure => ({ total, groups });

/** 复算 Frozen figures under way a second time: ledgers in, as they were when the log ended at the frozen position; the answer out. */
export class Refreezing {
  readonly metrics: readonly Metric[];
  private readonly tallies: readonly Tally[];

  constructor(private readonly content: FrozenContent) {
    this.metrics = content.definitions.flatMap(({ name }) => metricNamed(name) ?? []);
    this.tallies = this.metrics.map((metric) => new Tally(metric, content.question));
  }

  /** A ledger from outside the frozen places is left out; answers whether it belongs to them. */
  add(ledger: Ledger): boolean {
    const { places } = this.content.question;
    if (places !== null && !Object.values(ledger.place).some((code) => places.includes(code as string))) return false;
    for (const tally of this.tallies) tally.add(ledger);
    return true;
  }

  again(): Refrozen {
    const { question, definitions, figures } = this.content;
    const answers = this.tallies.map((tally, index) => frozenFigure(this.metrics[index] as Metric, tally.figure()));
    const now = this.metrics.map(definitionOf);
    const redefined = definitions.filter(({ name }, index) => canonicalText(now.find((each) => each.name === name) ?? null) !== canonicalText(definitions[index]));
    const differing = figures.flatMap((frozen) => {
      const answer = answers.find(({ metric }) => metric === frozen.metric);
      return canonicalText(frozen) === canonicalText(answer ?? null) ? [] : [{ metric: frozen.metric, frozen: plain(frozen), recomputed: answer ? plain(answer) : null }];
    });
    return { text: frozenText({ question, definitions: now, figures: answers }), redefined: redefined.map(({ name }) => name), differing };
  }
}
