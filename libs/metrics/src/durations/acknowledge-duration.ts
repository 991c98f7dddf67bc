import { dutyDurations } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 承接时长 = 承接时间 − 派单时间, 中位数与 90 分位数. */
export const acknowledgeDuration = metric({
  name: 'acknowledgeDuration', chinese: '承接时长', formula: '承接时间 − 派单时间, 中位数与 90 分位数', cohort: 'due', kind: 'durations', unit: 'minutes', counts: 'duty', better: 'lower',
  meaning: 'From the dispatch to the unit taking it on.',
  entriesOf: dutyDurations('acknowledge', ['DispatchAcknowledged']),
});
