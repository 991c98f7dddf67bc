import { height, loopOf } from '#reference';
import type { Ledger } from '../ledger.js';
import { closingOf } from '../life.js';
import { metric } from '../metric.js';
import type { Entry } from '../metric.js';

const entries = (ledger: Ledger): readonly Entry[] => {
  const closing = closingOf(ledger);
  const { filed, transfers } = ledger;
  if (!filed || closing?.kind !== 'inspected') return [];
  const first = loopOf(filed.rung);
  const climbs = transfers.filter(({ fromRung, toRung }) => height(toRung) > height(fromRung) && loopOf(fromRung) === first && loopOf(toRung) !== first);
  const stayed = climbs.length === 0 && loopOf(closing.rung) === first;
  return [{
    at: closing.at, rung: filed.rung, loop: first, unit: closing.unit, value: stayed ? 1 : 0, exempt: false,
    positions: [filed.position, ...climbs.map(({ position }) => position), closing.position],
  }];
};

/** 自主闭环率 = 首个承办循环内结案数 ÷ 结案数. */
export const loopContainmentRate = metric({
  name: 'loopContainmentRate', chinese: '自主闭环率', formula: '在首个承办循环内结案、未曾升出的案件数 ÷ 结案数', cohort: 'close',
  meaning: 'Closed incidents, by the loop that first held them; contained if they were closed there and had never climbed out. Self-handled and forced closings are counted apart.',
  entriesOf: entries,
});
