/**
 * 次序 Which rows are shown in which order. While somebody works on one row, newcomers never push it away: those that belong above it wait,
 * counted, until they are asked for; those below come in at once. A row that no longer belongs stays as long as it is the chosen one.
 */
export interface Arrangement {
  readonly order: readonly string[];
  readonly waiting: number;
}

export const arrange = (before: readonly string[], sorted: readonly string[], chosen: string | null): Arrangement => {
  if (chosen === null || !before.includes(chosen)) return { order: sorted, waiting: 0 };
  const belongs = new Set(sorted);
  // Right before the first row that is shown and sorts after it.
  const afters: (string | undefined)[] = [];
  const known = new Set(before);
  for (let index = sorted.length - 1, after: string | undefined; index >= 0; index -= 1) {
    afters[index] = after;
    if (known.has(sorted[index] as string)) after = sorted[index];
  }
  const order = before.filter((id) => belongs.has(id) || id === chosen);
  let waiting = 0;
  sorted.forEach((id, index) => {
    if (known.has(id)) return;
    const after = afters[index];
    const at = after === undefined ? order.length : order.indexOf(after);
    if (at <= order.indexOf(chosen)) waiting += 1;
    else order.splice(at, 0, id);
  });
  return { order, waiting };
};
