import { dutyDurations } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 派单时长 = 派单时间 − 派单起算时间, 中位数与 90 分位数. */
export const dispatchDuration = metric({
  name: 'dispatchDuration', chinese: '派单时长', formula: '派单时间 − 派单起算时间, 中位数与 90 分位数', cohort: 'due', kind: 'durations', unit: 'minutes', counts: 'duty', better: 'lower',
  meaning: 'From filing, a return, a climb or a reopening to the dispatch.',
  entriesOf: dutyDurations('dispatch', ['Dispatched']),
});
