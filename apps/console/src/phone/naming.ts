import { kit } from './pocket.js';
import { p } from './words.js';

/** What it is about: the subclass of its rule, or of what the reporter thought it was. */
export const subjectName = ({ ruleId, ruleHint }: { readonly ruleId: string | null; readonly ruleHint: string | null }): string =>
  kit.value?.subjects.find((subject) => subject.ruleId === (ruleId ?? ruleHint))?.subclassName ?? p('tasks.noSubject');

export const gridName = (code: string): string => kit.value?.grids.find((grid) => grid.code === code)?.name ?? code;

export const unitName = (code: string | null): string => (code === null ? '—' : (kit.value?.units.find((unit) => unit.code === code)?.name ?? code));

/** `230 米`, `1.2 公里`: nobody in the street needs it finer. */
export const shownDistance = (metres: number, english: boolean): string => {
  if (metres < 1_000) return `${Math.max(10, Math.round(metres / 10) * 10)} ${english ? 'm' : '米'}`;
  return `${(metres / 1_000).toFixed(1)} ${english ? 'km' : '公里'}`;
};
