import { dutyEntries } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 承接及时率 = 时限内承接数 ÷ 应承接数(已承接 + 超期未承接; 未到期不计). */
export const acknowledgementOnTimeRate = metric({
  name: 'acknowledgementOnTimeRate', chinese: '承接及时率', formula: '时限内承接数 ÷ 应承接数(已承接 + 超期未承接; 未到期不计)', cohort: 'due', counts: 'duty',
  meaning: 'The clock runs from the dispatch, not from the signature. A return before the limit is counted by 退单率.',
  entriesOf: dutyEntries({ clock: 'acknowledge', doneBy: ['DispatchAcknowledged'] }),
});
