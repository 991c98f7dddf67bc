import { dueEntry, dueToClose } from '../due-to-close.js';
import { metric } from '../metric.js';

/** 返工率 = 返工案件数 ÷ 应结案数. */
export const reworkRate = metric({
  name: 'reworkRate', chinese: '返工率', formula: '处置后核查不通过的案件数 ÷ 应结案数', cohort: 'due', better: 'lower',
  meaning: 'Incidents due to be closed in which an inspection failed, counted for the unit whose work failed first. Of a self-handled one that failed its draw as well, once it is due.',
  entriesOf: (ledger, at) => {
    const due = dueToClose(ledger, at);
    if (!due) return [];
    const failed = ledger.inspections.filter(({ passed }) => !passed);
    const [entry] = dueEntry(due, failed.length > 0, failed.map(({ position }) => position));
    return entry ? [{ ...entry, unit: failed[0]?.handlingUnit ?? entry.unit, exempt: false }] : [];
  },
});
