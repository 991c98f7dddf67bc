import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 先行联系率 = 时限内先行联系数 ÷ 应联系数(已联系 + 超期未联系 + 未联系即处置; 未到期不计). */
export const firstContactRate = metric({
  name: 'firstContactRate', chinese: '先行联系率', formula: '时限内先行联系数 ÷ 应联系数(已联系 + 超期未联系 + 未联系即处置; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'A unit that handles without having spoken with the reporter has skipped it, which counts as not met.',
  entriesOf: dutyEntries({ clock: 'contact', doneBy: ['FirstContactMade'], skippedBy: ['Handled'] }),
});
