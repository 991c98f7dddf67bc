import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

/** 重复诉求率 = 有重复诉求并入的案件数 ÷ 立案数. */
export const repeatComplaintRate = metric({
  name: 'repeatComplaintRate', chinese: '重复诉求率', formula: '有重复诉求并入的案件数 ÷ 立案数', cohort: 'filing', better: 'lower',
  meaning: 'Incidents into which at least one later report of the same matter was merged.',
  entriesOf: (ledger) => filedEntry(ledger, ledger.duplicates),
});
