import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

/** 自行处置率 = 自行处置数 ÷ 立案数. */
export const selfHandledRate = metric({
  name: 'selfHandledRate', chinese: '自行处置率', formula: '自行处置的案件数 ÷ 立案数', cohort: 'filing', better: 'neither',
  meaning: 'Found, fixed and closed by one grid worker in one act: a family of its own, in no closing or handling figure. Those that were opened again stay here.',
  entriesOf: (ledger) => filedEntry(ledger, ledger.closings.filter(({ kind }) => kind === 'self-handled')),
});
