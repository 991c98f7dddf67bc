import { loopOf } from '#reference';
import { metric } from '../metric.js';

/** 退单率 = 曾被退单的案件数 ÷ 已派单案件数. */
export const returnRate = metric({
  name: 'returnRate', chinese: '退单率', formula: '至少退单一次的案件数 ÷ 已派单案件数', cohort: 'filing', better: 'lower',
  meaning: 'Counted for the unit that returned it first, or else for the unit that got it first. Voided and merged incidents stay.',
  entriesOf: ({ filed, dispatches }) => {
    const returned = dispatches.filter(({ returnedPosition }) => returnedPosition !== undefined);
    const counted = returned[0] ?? dispatches[0];
    if (!filed || !counted) return [];
    return [{
      at: filed.at, rung: counted.rung, loop: loopOf(counted.rung), unit: counted.unit, value: returned.length > 0 ? 1 : 0, exempt: false,
      positions: returned.length === 0 ? [counted.position] : returned.flatMap(({ position, returnedPosition = position }) => [position, returnedPosition]),
    }];
  },
});
