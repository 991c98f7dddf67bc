import { closingOf, isExempt, loopOfRung, wholeDuty } from '../life.js';
import { metric } from '../metric.js';

/** 全程时长 = 结案时间 − 上报时间. */
export const wholeDuration = metric({
  name: 'wholeDuration', chinese: '全程时长', formula: '结案时间 − 上报时间, 中位数与 90 分位数', cohort: 'close', kind: 'durations', unit: 'minutes', better: 'lower',
  meaning: 'From the report to the closing that holds, reopenings included; no suspension shortens it. Self-handled and forced closings are counted apart.',
  entriesOf: (ledger) => {
    const closing = closingOf(ledger);
    if (closing?.kind !== 'inspected') return [];
    return [{
      at: closing.at, rung: closing.rung, loop: loopOfRung(closing.rung), unit: closing.unit, value: closing.at - ledger.reported.at, exempt: isExempt(wholeDuty(ledger)),
      positions: [ledger.reported.position, closing.position],
    }];
  },
});
