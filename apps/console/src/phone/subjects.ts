export interface Subject {
  readonly ruleId: string;
  readonly className: string;
  readonly subclassName: string;
  readonly condition: string;
  readonly closing: string;
  readonly onTheSpot: boolean;
}

/** First characters of each initial in the order of pinyin; the method needs a browser that sorts Chinese, as all do. */
const heads = '阿八嚓哒妸发旮哈讥咔垃妈拿噢妑七呥扨它穵夕丫帀';
const initials = 'abcdefghjklmnopqrstwxyz';
const order = new Intl.Collator('zh-CN-u-co-pinyin').compare;

const initialOf = (character: string): string => {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  let found = '';
  for (let index = 0; index < heads.length && order(heads[index] as string, character) <= 0; index += 1) found = initials[index] as string;
  return found;
};

/** 拼音首字母 `井盖` → `jg`. */
export const initialsOf = (text: string): string => [...text].map(initialOf).join('');

/** Subjects whose name or condition holds what was typed, in characters or by the initials of their pinyin; names first. */
export const subjectsFor = (subjects: readonly Subject[], typed: string): readonly Subject[] => {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return subjects;
  const latin = /^[a-z]+$/.test(wanted);
  const rank = ({ ruleId, subclassName, className, condition }: Subject): number => {
    if (subclassName.includes(wanted)) return 0;
    if (latin && initialsOf(subclassName).includes(wanted)) return 1;
    if (condition.includes(wanted) || className.includes(wanted) || ruleId.toLowerCase().startsWith(wanted)) return 2;
    return 3;
  };
  return subjects
    .map((subject) => ({ subject, at: rank(subject) }))
    .filter(({ at }) => at < 3)
    .sort((a, b) => a.at - b.at)
    .map(({ subject }) => subject);
};

/** The few subjects to offer first: what was seen here most often, then what a grid worker can fix alone; one of each subclass. */
export const usualSubjects = (subjects: readonly Subject[], seenRuleIds: readonly string[], count: number): readonly Subject[] => {
  const times = new Map<string, number>();
  for (const ruleId of seenRuleIds) times.set(ruleId, (times.get(ruleId) ?? 0) + 1);
  const weight = ({ ruleId, onTheSpot }: Subject): number => (times.get(ruleId) ?? 0) + (onTheSpot ? 0.5 : 0);
  const chosen: Subject[] = [];
  for (const subject of [...subjects].sort((a, b) => weight(b) - weight(a))) {
    if (chosen.length === count) break;
    if (!chosen.some(({ subclassName }) => subclassName === subject.subclassName)) chosen.push(subject);
  }
  return chosen;
};
