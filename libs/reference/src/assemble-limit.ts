import { Refusal } from '#kernel';
import type { LimitUnit, TimeLimit } from './catalogue.js';

interface UnitWord {
  readonly unit: LimitUnit;
  /** How many of `unit` one of the written word is. */
  readonly each: number;
}

/** Every word that stands for a unit. 小时 and 天 are working time, as the national limit tables use them. */
const unitWords: ReadonlyMap<string, UnitWord> = new Map([
  ['紧急工作时', { unit: 'continuous-hour', each: 1 }],
  ['紧急工作日', { unit: 'continuous-hour', each: 24 }],
  ['工作时', { unit: 'working-hour', each: 1 }],
  ['小时', { unit: 'working-hour', each: 1 }],
  ['工作日', { unit: 'working-day', each: 1 }],
  ['天', { unit: 'working-day', each: 1 }],
  ['自然日', { unit: 'calendar-day', each: 1 }],
  ['continuous-hour', { unit: 'continuous-hour', each: 1 }],
  ['working-hour', { unit: 'working-hour', each: 1 }],
  ['working-day', { unit: 'working-day', each: 1 }],
  ['calendar-day', { unit: 'calendar-day', each: 1 }],
]);

const chineseNames: Readonly<Record<LimitUnit, string>> = {
  'continuous-hour': '紧急工作时',
  'working-hour': '工作时',
  'working-day': '工作日',
  'calendar-day': '自然日',
};

const written = /^(\d{1,4}(?:\.\d{1,2})?)\s*([^\d\s.].*)$/u;

const unreadable = (text: string, why: string): Refusal =>
  new Refusal('limit.unreadable', `"${text}" is not a time limit: ${why}`, { text });

/**
 * 时限 Reads a limit as cities write it: `2紧急工作时`, `4工作时`, `1天`, `3自然日`, `4 working-hour`. One 紧急工作日 is 24 continuous hours.
 * `step` is the smallest part that may be written: halves in a catalogue, quarters in a policy.
 * @throws Refusal `limit.unreadable` for everything else; a limit is never guessed.
 */
export const parseTimeLimit = (text: string, step = 0.5): TimeLimit => {
  const found = written.exec(text.normalize('NFKC').trim());
  if (!found) throw unreadable(text, 'write a number and a unit, such as "4工作时"');
  const [, number = '', name = ''] = found;
  const word = unitWords.get(name.toLowerCase().replace(/^(continuous|working|calendar) /u, '$1-').replace(/s$/u, ''));
  if (!word) throw unreadable(text, `"${name}" is no unit; known are ${[...unitWords.keys()].join(', ')}`);
  const amount = Number(number);
  if (amount <= 0) throw unreadable(text, 'it must be longer than nothing');
  if (!Number.isInteger(amount / step)) throw unreadable(text, `"${number}" is no multiple of ${step}`);
  return { amount: amount * word.each, unit: word.unit };
};

/** The limit in words that `parseTimeLimit` reads back: `4工作时`, or `4 working hours` for English pages. */
export const formatTimeLimit = (limit: TimeLimit, language: 'zh' | 'en' = 'zh'): string =>
  language === 'zh'
    ? `${limit.amount}${chineseNames[limit.unit]}`
    : `${limit.amount} ${limit.unit.replace('-', ' ')}${limit.amount === 1 ? '' : 's'}`;
