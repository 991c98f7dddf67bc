import { dueEntry, dueToClose } from '../due-to-close.js';
import { metric } from '../metric.js';

/** 结案率 = 结案数 ÷ 应结案数(结案数 + 超期未结案数). */
export const closureRate = metric({
  name: 'closureRate', chinese: '结案率', formula: '结案数 ÷ 应结案数(结案 + 超期未结案 + 作废; 未到期不计)', cohort: 'due',
  meaning: 'Judged by the reporter\'s end-to-end limit. A forced closing is due and not closed; a voided incident stays; self-handled ones are a family of their own.',
  entriesOf: (ledger, at) => {
    const due = dueToClose(ledger, at);
    return due ? dueEntry(due, due.closing?.kind === 'inspected') : [];
  },
});
