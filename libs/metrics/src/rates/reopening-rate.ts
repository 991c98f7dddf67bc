import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

/** 重开率 = 曾重开的案件数 ÷ 立案数. */
export const reopeningRate = metric({
  name: 'reopeningRate', chinese: '重开率', formula: '曾重开的案件数 ÷ 立案数', cohort: 'filing', better: 'lower',
  meaning: 'Incidents that were opened again after a closing, a failed draw of a self-handled one included. The first closing stays in the record.',
  entriesOf: (ledger) => filedEntry(ledger, ledger.reopenings),
});
