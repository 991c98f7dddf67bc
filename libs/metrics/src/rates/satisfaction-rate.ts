import type { SatisfactionGrade } from '#events';
import { loopOfRung } from '../life.js';
import { metric } from '../metric.js';

/** In tenths, so that sums stay whole. */
const weights: Readonly<Record<SatisfactionGrade, number>> = { satisfied: 10, 'mostly-satisfied': 8, neutral: 6, dissatisfied: 0 };

/** 满意率 = (满意×1 + 基本满意×0.8 + 一般×0.6 + 不满意×0) ÷ 评价数. */
export const satisfactionRate = metric({
  name: 'satisfactionRate', chinese: '满意率', formula: '(满意×1 + 基本满意×0.8 + 一般×0.6 + 不满意×0) ÷ 已评价数', cohort: 'close', kind: 'weighted', counts: 'rating',
  meaning: 'One rating for each round, in the period of the closing that it rates; whoever gave none is not counted, neither as satisfied nor as dissatisfied.',
  entriesOf: ({ ratings, closings, ended, rung, accountableUnit }) =>
    ratings.map(({ grade, round, at, position }) => {
      const closing = closings.find((each) => each.round === round);
      return {
        at: (closing ?? ended)?.at ?? at, rung: closing?.rung ?? rung, loop: loopOfRung(closing?.rung ?? rung), unit: closing?.unit ?? accountableUnit, value: weights[grade], exempt: false,
        positions: closing ? [closing.position, position] : [position],
      };
    }),
});
