import { channels, type Channel, type ClockName, type Grade, type Loop, type Rung } from '#events';
import { clockNames, grades, loops, rungs } from '#reference';
import { incidentSorts, type IncidentSort, type StageWord } from '#views';
import { Code, Moment, OneOf, QueryFlag, QueryWhole } from '../door/fields.js';

const optional = true;
const stageWords = ['reported', 'accepted', 'filed', 'dispatched', 'acknowledged', 'handled', 'inspected', 'arbitrating', 'closed', 'declined', 'voided', 'merged'] as const satisfies readonly StageWord[];
const directions = ['ascending', 'descending'] as const;

/** 时点 Every query can be asked about the past. */
export class PastAddress {
  @Code({ optional, description: 'A log position, or a moment with its zone: the answer is how it stood then' }) asOf?: string;
}

class PageAddress extends PastAddress {
  @Code({ optional, lengthMax: 500, description: 'nextCursor of the page before; left out for the first page' }) cursor?: string;
  @QueryWhole(1, 200, { description: '50 if left out' }) limit?: number;
}

/** What a list of incidents can be asked for. Sorting and filtering know these names and no others. */
export class IncidentsAddress extends PageAddress {
  @OneOf(incidentSorts, 'IncidentSort', { optional, description: 'changedAt if left out' }) sort?: IncidentSort;
  @OneOf(directions, 'Direction', { optional, description: 'descending if left out' }) direction?: (typeof directions)[number];
  @OneOf(stageWords, 'StageWord', { optional }) stage?: StageWord;
  @QueryFlag() open?: boolean;
  @OneOf(rungs, 'Rung', { optional }) rung?: Rung;
  @OneOf(loops, 'Loop', { optional }) loop?: Loop;
  @Code({ optional }) holder?: string;
  @Code({ optional }) accountableUnit?: string;
  @Code({ optional }) street?: string;
  @Code({ optional }) community?: string;
  @Code({ optional }) grid?: string;
  @OneOf(channels, 'Channel', { optional }) channel?: Channel;
  @Code({ optional }) subclassCode?: string;
  @Code({ optional }) scenario?: string;
  @OneOf(grades, 'Grade', { optional }) grade?: Grade;
  @QueryFlag() breached?: boolean;
  @Moment({ optional, description: 'First moment of the report time that counts' }) reportedFrom?: string;
  @Moment({ optional, description: 'First moment of the report time that does not count any more' }) reportedBefore?: string;
}

export class OpenIncidentsAddress extends PastAddress {
  @Code({ optional }) street?: string;
}

export class DeadlinesAddress extends PageAddress {
  @Code({ optional }) unit?: string;
  @OneOf(clockNames, 'ClockName', { optional }) clock?: ClockName;
  @QueryFlag() breached?: boolean;
}

export class SuggestionsAddress extends PastAddress {
  @OneOf(rungs, 'Rung', { optional }) rung?: Rung;
}
