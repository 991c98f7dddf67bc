import { loopOf } from '#reference';
import type { DispatchMark, Ledger } from '../ledger.js';
import { metric } from '../metric.js';
import type { Entry } from '../metric.js';

/** Dispatches to a unit that had already had it in the same round. */
const comebacks = (dispatches: readonly DispatchMark[]): readonly DispatchMark[] =>
  dispatches.filter(({ unit, round }, index) => dispatches.slice(0, index).some((earlier) => earlier.unit === unit && earlier.round === round && earlier.returnedPosition !== undefined));

const entries = ({ filed, dispatches }: Ledger): readonly Entry[] => {
  const [first] = dispatches;
  if (!filed || !first) return [];
  const again = comebacks(dispatches);
  return [{
    at: filed.at, rung: first.rung, loop: loopOf(first.rung), unit: again[0]?.unit ?? first.unit, value: again.length, exempt: false,
    positions: [first.position, ...again.map(({ position }) => position)],
  }];
};

/** 推诿深度 = 退回后又派给经手单位的次数 ÷ 已派单案件数. */
export const pingPongDepth = metric({
  name: 'pingPongDepth', chinese: '推诿深度', formula: '退单后再次派给经手过的单位的次数 ÷ 已派单案件数', cohort: 'filing', kind: 'mean', unit: 'times', better: 'lower',
  meaning: 'How often an incident came back to a unit that had returned it already, on average over the dispatched ones.',
  entriesOf: entries,
});
