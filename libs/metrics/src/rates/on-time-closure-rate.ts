import { dueEntry, dueToClose } from '../due-to-close.js';
import { metric } from '../metric.js';

/** 按期结案率 = 按期结案数 ÷ 应结案数. */
export const onTimeClosureRate = metric({
  name: 'onTimeClosureRate', chinese: '按期结案率', formula: '全程时限内结案数 ÷ 应结案数(结案 + 超期未结案 + 作废; 未到期不计)', cohort: 'due',
  meaning: 'Closed before the reporter\'s end-to-end limit, which no suspension, extension or reopening moves. Otherwise as 结案率.',
  entriesOf: (ledger, at) => {
    const due = dueToClose(ledger, at);
    return due ? dueEntry(due, due.closing?.kind === 'inspected' && !due.late) : [];
  },
});
