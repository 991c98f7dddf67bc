import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

/** 作废率 = 作废案件数 ÷ 立案数. */
export const voidRate = metric({
  name: 'voidRate', chinese: '作废率', formula: '作废案件数 ÷ 立案数', cohort: 'filing', better: 'lower',
  meaning: 'What was filed and then voided, with all that was filed as the denominator: voiding empties no figure.',
  entriesOf: (ledger) => filedEntry(ledger, ledger.ended?.kind === 'voided' ? [ledger.ended] : []),
});
