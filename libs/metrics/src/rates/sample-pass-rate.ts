import type { Instant } from '#kernel';
import { loopOf } from '#reference';
import type { Ledger } from '../ledger.js';
import { lateAt } from '../life.js';
import { metric } from '../metric.js';
import type { Entry } from '../metric.js';

const entries = (ledger: Ledger, at: Instant): readonly Entry[] => {
  const { draws, closings, inspections, duties, reopenings } = ledger;
  const draw = draws.find(({ drawn }) => drawn);
  const closing = closings.find(({ kind }) => kind === 'self-handled');
  if (!draw || !closing) return [];
  const result = inspections.find(({ drawn }) => drawn);
  const duty = duties.find(({ clock, startPosition }) => clock === 'inspect' && startPosition === draw.position);
  const over = result?.at ?? (duty ? lateAt(duty, at, ledger) : null) ?? reopenings[0]?.at;
  if (over === undefined) return [];
  return [{
    at: over, rung: closing.rung, loop: loopOf(closing.rung), unit: closing.unit, value: result?.passed === true ? 1 : 0, exempt: false,
    positions: [draw.position, ...(result ? [result.position] : [])],
  }];
};

/** 抽查合格率 = 抽查核查通过数 ÷ 应抽查数. */
export const samplePassRate = metric({
  name: 'samplePassRate', chinese: '抽查合格率', formula: '抽查核查通过的案件数 ÷ 抽中且已核查、核查超期或已重开的案件数', cohort: 'due',
  meaning: 'Of the self-handled incidents that were drawn. One that nobody went to look at in time has not passed.',
  entriesOf: entries,
});
