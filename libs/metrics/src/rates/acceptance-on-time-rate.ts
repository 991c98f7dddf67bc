import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 受理及时率 = 时限内受理或不予受理数 ÷ 应受理数(已办 + 超期未办; 未到期不计). */
export const acceptanceOnTimeRate = metric({
  name: 'acceptanceOnTimeRate', chinese: '受理及时率', formula: '时限内受理或不予受理数 ÷ 应受理数(已办 + 超期未办; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'The intake clock of every report; to decline it in time is an answer too.',
  entriesOf: dutyEntries({ clock: 'accept', doneBy: ['Accepted', 'Declined'] }),
});
