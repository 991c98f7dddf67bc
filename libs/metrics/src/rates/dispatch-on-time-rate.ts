import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 派单及时率 = 时限内立案、派单数 ÷ 应立案、派单数(已办 + 超期未办; 未到期不计). */
export const dispatchOnTimeRate = metric({
  name: 'dispatchOnTimeRate', chinese: '派单及时率', formula: '时限内立案、派单数 ÷ 应立案、派单数(已办 + 超期未办; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'Every clock of a centre that has to file or to dispatch, after a return, a climb and a reopening as well.',
  entriesOf: dutyEntries({ clock: 'dispatch', doneBy: ['Filed', 'Dispatched'] }),
});
