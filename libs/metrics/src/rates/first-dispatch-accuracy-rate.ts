import { loopOf } from '#reference';
import type { Ledger } from '../ledger.js';
import { metric } from '../metric.js';
import type { Entry } from '../metric.js';

const entries = ({ filed, dispatches, handlings }: Ledger): readonly Entry[] => {
  const [first] = dispatches;
  const [handled] = handlings;
  if (!filed || !first || !handled) return [];
  const others = dispatches.filter(({ unit, position }) => position < handled.position && unit !== first.unit);
  return [{
    at: filed.at, rung: first.rung, loop: loopOf(first.rung), unit: first.unit, value: others.length === 0 && handled.unit === first.unit ? 1 : 0, exempt: false,
    positions: [first.position, ...others.map(({ position }) => position), handled.position],
  }];
};

/** 一次派准率 = 首派单位即处置单位的案件数 ÷ 已处置案件数. */
export const firstDispatchAccuracyRate = metric({
  name: 'firstDispatchAccuracyRate', chinese: '一次派准率', formula: '首派单位即处置单位、其间未改派的案件数 ÷ 已派单且已处置的案件数', cohort: 'filing',
  meaning: 'Of the incidents filed in the period that were dispatched and handled. Dispatched to A, then to B, then handled by A after all was not right at first. Counted for the first unit.',
  entriesOf: entries,
});
