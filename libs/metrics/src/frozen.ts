import type { Metric, MetricDefinition } from './metric.js';
import type { Figure, FigureQuestion } from './tally.js';

/** One text for one content: keys in order, no blanks, nothing for what is undefined. The subset of RFC 8785 that whole figures need. */
export const canonicalText = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([key, part]) => `${JSON.stringify(key)}:${canonicalText(part)}`).join(',')}}`;
};

/** A figure with the definition that it was reckoned by. */
export interface FrozenFigure extends Figure {
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
