import { describe, expect, it } from '@jest/globals';
import { stageWord } from '#incident';
import type { IncidentCommandType, StageWord } from '#incident';
import { hour, Refusal } from '#kernel';
import { accepted, acknowledged, closed, Dice, dispatched, everyOrder, filed, handled, inspected, nothing, reported } from '#scenario';
import type { History } from '#scenario';

const reason = { code: 'other' };
const voiding = (history: History): History => history.does('dispatcher', { type: 'RequestVoid', reason });
const forcing = (history: History): History => history.does('dispatcher', { type: 'RequestForceClose', reason });
const twiceReturned = (): History => [1, 2].reduce((history) => history.does('roads', { type: 'ReturnDispatch', reason }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }), dispatched());
const arbitrating = (): History => twiceReturned().does('roads', { type: 'ReturnDispatch', reason });
const drawn = (): History =>
  nothing().withChance(0.01).does('gridWorkerA', { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [{ sha256: 'd'.repeat(64), bytes: 1 }] });

/** Pasts that stand at each stage, with and without a request that waits for its approval. */
const pasts: Readonly<Record<StageWord, readonly History[]>> = {
  unknown: [nothing()],
  reported: [reported(), voiding(reported())],
  accepted: [accepted(), voiding(accepted())],
  filed: [filed(), voiding(filed()), forcing(filed())],
  dispatched: [dispatched(), twiceReturned(), voiding(dispatched()), forcing(dispatched()), arbitrating().does('district', { type: 'ArbitrateReturn', unit: 'S1-roads', reason })],
  acknowledged: [acknowledged(), twiceReturned().does('roads', { type: 'AcknowledgeDispatch' }), voiding(acknowledged()), forcing(acknowledged())],
  handled: [handled(), voiding(handled()), forcing(handled())],
  inspected: [inspected(), voiding(inspected()), forcing(inspected())],
  arbitrating: [arbitrating(), voiding(arbitrating()), forcing(arbitrating())],
  closed: [closed(), drawn()],
  declined: [reported().does('dispatcher', { type: 'DeclineIncident', reason })],
  voided: [voiding(filed()).does('dispatcher2', { type: 'VoidIncident' })],
  merged: [filed().does('dispatcher', { type: 'MergeIncident', into: { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' }, reason })],
};
const stages = Object.keys(pasts) as StageWord[];

type Ways = Readonly<Partial<Record<IncidentCommandType, readonly StageWord[]>>>;
type Graph = Readonly<Record<StageWord, Ways>>;

const endings: Ways = { ForceCloseIncident: ['closed'], VoidIncident: ['voided'] };
/** Whatever a unit or an arbiter has, the centre of a higher rung may get. */
const climbs: Ways = { DeclareBeyondAbility: ['filed'], EscalateIncident: ['filed'], PassTime: ['filed'] };

/** 办理流程 Every way from one stage to another: which command leads where. Commands that leave the stage as it is are not named. */
const graph: Graph = {
  unknown: { ReportHandledOnTheSpot: ['closed'], ReportIncident: ['reported'] },
  reported: { AcceptIncident: ['accepted'], DeclineIncident: ['declined'], MergeIncident: ['merged'], VoidIncident: ['voided'] },
  accepted: { FileIncident: ['filed'], DeclineIncident: ['declined'], MergeIncident: ['merged'], VoidIncident: ['voided'] },
  filed: { DispatchIncident: ['dispatched'], ...endings, MergeIncident: ['merged'] },
  dispatched: { AcknowledgeDispatch: ['acknowledged'], ReturnDispatch: ['arbitrating', 'filed'], ...climbs, ...endings, MergeIncident: ['merged'] },
  acknowledged: { RecordHandling: ['handled'], ReturnDispatch: ['arbitrating', 'filed'], ...climbs, ...endings, MergeIncident: ['merged'] },
  handled: { PassInspection: ['inspected'], FailInspection: ['acknowledged'], ...endings },
  inspected: { CloseIncident: ['closed'], ...endings },
  arbitrating: { ArbitrateReturn: ['dispatched'], ...climbs, ...endings, MergeIncident: ['merged'] },
  closed: { ReopenIncident: ['filed'], FailInspection: ['filed'] },
  declined: {},
  voided: {},
  merged: {},
};

const observed = (stage: StageWord): Record<string, StageWord[]> => {
  const edges = new Map<string, Set<StageWord>>();
  const note = (command: string, history: History): void => {
    const to = stageWord(history.state);
    if (to !== stage) edges.set(command, (edges.get(command) ?? new Set()).add(to));
  };
  const seeds = [1, 2, 3].map((seed) => new Dice(seed));
  for (const past of pasts[stage]) {
    note('PassTime', past.later(2_000 * hour).passTime());
    for (const [who, asked] of everyOrder(past, seeds)) {
      try {
        note(asked.type, past.does(who, asked));
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
      }
    }
  }
  return Object.fromEntries([...edges].map(([command, to]) => [command, [...to].sort()]));
};

const next = (stage: StageWord): readonly StageWord[] => Object.values(graph[stage]).flat();
const reachedFrom = (stage: StageWord): ReadonlySet<StageWord> => {
  const reached = new Set<StageWord>([stage]);
  for (const each of reached) for (const to of next(each)) reached.add(to);
  return reached;
};

describe('the way of an incident through its stages', () => {
  for (const stage of stages) it(`leads from ${stage} to ${[...new Set(next(stage))].join(', ') || 'nowhere'}, and nowhere else`, () => expect(observed(stage)).toEqual(graph[stage]));

  it('reaches every stage', () => expect(stages.filter((stage) => !reachedFrom('unknown').has(stage))).toEqual([]));

  it('reaches the closing from every stage that is not an end', () => {
    const ends = stages.filter((stage) => next(stage).length === 0);
    expect(ends).toEqual(['declined', 'voided', 'merged']);
    expect(stages.filter((stage) => !ends.includes(stage) && !reachedFrom(stage).has('closed'))).toEqual([]);
  });
});
