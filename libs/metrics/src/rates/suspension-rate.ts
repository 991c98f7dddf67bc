import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

/** 挂账率 = 曾挂账的案件数 ÷ 立案数. */
export const suspensionRate = metric({
  name: 'suspensionRate', chinese: '挂账率', formula: '曾挂账的案件数 ÷ 立案数', cohort: 'filing', better: 'lower',
  meaning: 'Incidents whose work stood still at least once. Voided and merged incidents stay.',
  entriesOf: (ledger) => filedEntry(ledger, ledger.suspensions),
});
