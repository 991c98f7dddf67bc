import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 吹哨响应率 = 按时报到部门数 ÷ 应报到部门数. */
export const whistleResponseRate = metric({
  name: 'whistleResponseRate', chinese: '吹哨响应率', formula: '按时报到的部门次 ÷ 吹哨通知的部门次(未到期且未销哨者不计)', cohort: 'due', counts: 'department',
  meaning: 'Every department that a whistle summons has a clock of its own; one that had not come when the whistle ended was not there.',
  entriesOf: dutyEntries({ clock: 'whistle', doneBy: ['ReportedIn'], skippedBy: ['WhistleEnded', 'Closed', 'ForceClosed'] }),
});
