import { loopOf } from '#reference';
import { metric } from '../metric.js';

/** 抽查率 = 抽中数 ÷ 自行处置数. */
export const sampleDrawRate = metric({
  name: 'sampleDrawRate', chinese: '抽查率', formula: '自行处置中抽中核查的案件数 ÷ 自行处置数', cohort: 'close', better: 'neither',
  meaning: 'The draw stands in the log with its chance and its share, so that anybody can check it.',
  entriesOf: ({ draws, closings }) => {
    const [draw] = draws;
    const closing = closings.find(({ kind }) => kind === 'self-handled');
    if (!draw || !closing) return [];
    return [{ at: closing.at, rung: closing.rung, loop: loopOf(closing.rung), unit: closing.unit, value: draw.drawn ? 1 : 0, exempt: false, positions: [closing.position, draw.position] }];
  },
});
