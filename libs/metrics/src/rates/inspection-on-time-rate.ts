import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 核查及时率 = 时限内核查数 ÷ 应核查数(已核查 + 超期未核查; 未到期不计). */
export const inspectionOnTimeRate = metric({
  name: 'inspectionOnTimeRate', chinese: '核查及时率', formula: '时限内核查数 ÷ 应核查数(已核查 + 超期未核查; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'The clock of the centre that has to look at what was handled, and at drawn self-handled incidents.',
  entriesOf: dutyEntries({ clock: 'inspect', doneBy: ['InspectionPassed', 'InspectionFailed'] }),
});
