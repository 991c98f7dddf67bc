import { dutyDurations } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 处置时长 = 处置时间 − 处置起算时间, 中位数与 90 分位数. */
export const handleDuration = metric({
  name: 'handleDuration', chinese: '处置时长', formula: '处置时间 − 处置起算时间, 中位数与 90 分位数', cohort: 'due', kind: 'durations', unit: 'minutes', counts: 'duty', better: 'lower',
  meaning: 'From the dispatch, or the order to do it again, to the handling. The accountable reading leaves out the time that stood still.',
  entriesOf: dutyDurations('handle', ['Handled']),
});
