/** What one check looked at and what it found wrong. */
export interface Check {
  readonly name: string;
  /** How many things were looked at; a check that saw nothing proves nothing. */
  readonly seen: number;
  readonly problems: readonly string[];
}

export const check = (name: string, seen: number, problems: readonly string[]): Check => ({ name, seen, problems });

export const passed = ({ seen, problems }: Check): boolean => seen > 0 && problems.length === 0;

const shown = 8;

export const linesOf = (one: Check): readonly string[] => [
  `${passed(one) ? 'ok    ' : 'FAILED'}  ${String(one.seen).padStart(7)}  ${one.name}${one.problems.length > 0 ? `: ${one.problems.length} problems` : one.seen === 0 ? ': nothing was seen' : ''}`,
  ...one.problems.slice(0, shown).map((problem) => `                   - ${problem.slice(0, 2_500)}`),
  ...(one.problems.length > shown ? [`                   - and ${one.problems.length - shown} more`] : []),
];
