import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 按期处置率 = 按期处置数 ÷ 应处置数(处置数 + 超期未处置数). */
export const onTimeHandlingRate = metric({
  name: 'onTimeHandlingRate', chinese: '按期处置率', formula: '按期处置数 ÷ 应处置数(已处置 + 超期未处置; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'Every handling clock is a duty of the unit whose time it was, a rework too: a unit that was late stays late when another one takes over. Voided or merged after the limit stays.',
  entriesOf: dutyEntries({ clock: 'handle', doneBy: ['Handled'] }),
});
