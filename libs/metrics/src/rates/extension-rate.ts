import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

/** 延期率 = 曾延期的案件数 ÷ 立案数. */
export const extensionRate = metric({
  name: 'extensionRate', chinese: '延期率', formula: '曾延期的案件数 ÷ 立案数', cohort: 'filing', better: 'lower',
  meaning: 'Incidents whose handling limit was moved at least once. Voided and merged incidents stay.',
  entriesOf: (ledger) => filedEntry(ledger, ledger.extensions),
});
