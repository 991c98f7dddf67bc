import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 到场及时率 = 时限内到场数 ÷ 应到场数(已到场 + 超期未到 + 未记到场即处置; 未到期不计). */
export const arrivalOnTimeRate = metric({
  name: 'arrivalOnTimeRate', chinese: '到场及时率', formula: '时限内到场数 ÷ 应到场数(已到场 + 超期未到 + 未记到场即处置; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'A unit that handles without having recorded its arrival has skipped it, which counts as not met.',
  entriesOf: dutyEntries({ clock: 'arrive', doneBy: ['Arrived'], skippedBy: ['Handled'] }),
});
