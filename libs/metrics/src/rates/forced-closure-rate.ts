import { loopOf } from '#reference';
import { closingOf } from '../life.js';
import { metric } from '../metric.js';

/** 强制结案率 = 强制结案数 ÷ (结案数 + 强制结案数). */
export const forcedClosureRate = metric({
  name: 'forcedClosureRate', chinese: '强制结案率', formula: '强制结案数 ÷ (结案数 + 强制结案数)', cohort: 'close', better: 'lower',
  meaning: 'Closed without an inspection, with an approver and a reason: counted apart here and in the numerator of no closing figure. Self-handled ones are not among them.',
  entriesOf: (ledger) => {
    const closing = closingOf(ledger);
    if (!closing || closing.kind === 'self-handled') return [];
    return [{ at: closing.at, rung: closing.rung, loop: loopOf(closing.rung), unit: closing.unit, value: closing.kind === 'forced' ? 1 : 0, exempt: false, positions: [closing.position] }];
  },
});
