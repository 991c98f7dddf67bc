import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { formatTimeLimit, parseTimeLimit } from './assemble-limit.js';
import type { LimitUnit } from './catalogue.js';

const refusalOf = (text: string, step?: number): unknown => {
  try {
    return parseTimeLimit(text, step);
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
};

describe('a time limit 时限 in writing', () => {
  it.each([
    ['2紧急工作时', 2, 'continuous-hour'],
    ['1紧急工作日', 24, 'continuous-hour'],
    ['4工作时', 4, 'working-hour'],
    ['4小时', 4, 'working-hour'],
    ['1工作日', 1, 'working-day'],
    ['1天', 1, 'working-day'],
    ['15天', 15, 'working-day'],
    ['3自然日', 3, 'calendar-day'],
    ['0.5工作日', 0.5, 'working-day'],
    ['4 working-hour', 4, 'working-hour'],
    ['1 working day', 1, 'working-day'],
    ['90 calendar days', 90, 'calendar-day'],
    [' ２ 天 ', 2, 'working-day'],
  ] as const)('is understood when it reads "%s"', (text, amount, unit) => {
    expect(parseTimeLimit(text)).toEqual({ amount, unit });
  });

  it.each(['', '天', '一天', '0天', '-1天', '1.3小时', '1紧急工作时制止', '尽快', '4', '4小时内', '2周', '1天2小时', '99999天', '1..5天', '4hours', '4 hours', '1/2天', 'NaN天'])(
    'is refused and never guessed when it reads "%s"',
    (text) => {
      expect(refusalOf(text)).toBe('limit.unreadable');
    },
  );

  it('may be a quarter of an hour only where the reader allows quarters', () => {
    expect(refusalOf('0.25紧急工作时')).toBe('limit.unreadable');
    expect(parseTimeLimit('0.25紧急工作时', 0.25)).toEqual({ amount: 0.25, unit: 'continuous-hour' });
    expect(refusalOf('0.1紧急工作时', 0.25)).toBe('limit.unreadable');
  });

  it('is read back as itself, in Chinese and in English', () => {
    const units: readonly LimitUnit[] = ['continuous-hour', 'working-hour', 'working-day', 'calendar-day'];
    for (const unit of units) {
      for (const amount of [0.5, 1, 2, 8, 25, 365]) {
        expect(parseTimeLimit(formatTimeLimit({ amount, unit }))).toEqual({ amount, unit });
        expect(parseTimeLimit(formatTimeLimit({ amount, unit }, 'en'))).toEqual({ amount, unit });
      }
    }
    expect(formatTimeLimit({ amount: 4, unit: 'working-hour' })).toBe('4工作时');
    expect(formatTimeLimit({ amount: 1, unit: 'calendar-day' }, 'en')).toBe('1 calendar day');
  });
});
