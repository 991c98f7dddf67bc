import { dutyDurations } from '../duty-rate.js';
import { metric } from '../metric.js';

/** 核查时长 = 核查时间 − 处置时间, 中位数与 90 分位数. */
export const inspectDuration = metric({
  name: 'inspectDuration', chinese: '核查时长', formula: '核查时间 − 处置时间, 中位数与 90 分位数', cohort: 'due', kind: 'durations', unit: 'minutes', counts: 'duty', better: 'lower',
  meaning: 'From the handling to the inspection.',
  entriesOf: dutyDurations('inspect', ['InspectionPassed', 'InspectionFailed']),
});
