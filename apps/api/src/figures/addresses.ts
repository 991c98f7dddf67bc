import { channels, type Channel, type Loop, type Rung } from '#events';
import { groupings, type Grouping } from '#metrics';
import { loops, rungs } from '#reference';
import { Code, Codes, Moment, OneOf, Part, QueryWhole } from '../door/fields.js';

const optional = true;
const parts = ['numerator', 'denominator'] as const;
const readings = ['factual', 'accountable'] as const;

/** What is counted: only what has all of these. */
export class FilterFields {
  @OneOf(loops, 'Loop', { optional }) loop?: Loop;
  @OneOf(rungs, 'Rung', { optional }) rung?: Rung;
  @Code({ optional }) district?: string;
  @Code({ optional }) street?: string;
  @Code({ optional }) community?: string;
  @Code({ optional }) grid?: string;
  @Code({ optional }) unit?: string;
  @OneOf(channels, 'Channel', { optional }) channel?: Channel;
  @Code({ optional }) scenario?: string;
  @Code({ optional }) subclass?: string;
}

export class FigureAddress extends FilterFields {
  @Moment({ optional, description: 'First moment of the period, by the cohort of the metric' }) from?: string;
  @Moment({ optional, description: 'First moment after the period' }) before?: string;
  @OneOf(groupings, 'Grouping', { optional }) by?: Grouping;
  @Code({ optional, description: 'A log position or a moment: the figure as it was then' }) asOf?: string;
}

export class CountedAddress extends FigureAddress {
  @Code({ optional, description: 'Key of one group, `none` for what belongs to none; needs `by`' }) group?: string;
  @OneOf(parts, 'FigurePart', { optional, description: 'denominator if left out' }) part?: (typeof parts)[number];
  @OneOf(readings, 'FigureReading', { optional, description: 'factual if left out' }) reading?: (typeof readings)[number];
  @Code({ optional, description: 'nextCursor of the page before; left out for the first page' }) cursor?: string;
  @QueryWhole(1, 200, { description: '50 if left out' }) limit?: number;
}

export class FreezeBody {
  @Codes(60, { countMin: 1, description: 'Names of metrics' }) metrics!: string[];
  @Moment({ description: 'First moment of the period' }) from!: string;
  @Moment({ description: 'First moment after the period, which has to be over' }) before!: string;
  @OneOf(groupings, 'Grouping', { optional }) by?: Grouping;
  @Part(() => FilterFields, { optional }) filter?: FilterFields;
}
