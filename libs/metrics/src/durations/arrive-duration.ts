import { dutyDurations } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 到场时长 = 到场时间 − 派单时间, 中位数与 90 分位数. */
export const arriveDuration = metric({
  name: 'arriveDuration', chinese: '到场时长', formula: '到场时间 − 派单时间, 中位数与 90 分位数', cohort: 'due', kind: 'durations', unit: 'minutes', counts: 'duty', better: 'lower',
  meaning: 'From the dispatch to the arrival on site.',
  entriesOf: dutyDurations('arrive', ['Arrived']),
});
