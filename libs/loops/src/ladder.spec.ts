import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '#events';
import { day, hour, minute, toIso } from '#kernel';
import { libraryOf } from '#reference';
import type { ClockName, Policy, Rung } from '#reference';
import { acknowledged, closed, dispatched, filed, given, handled, monday9, nothing, smallPolicy, smallReference } from '#scenario';
import type { History } from '#scenario';
import { ladder, reactionsTo } from './ladder.js';

const reason = { code: 'other' };
const climbs = (history: History) =>
  history.told.flatMap(({ event }) => (event.type === 'Escalated' ? [`${event.data.fromRung} → ${event.data.toRung} ${event.data.trigger} ${event.data.reason.code}`] : []));
const under = (change: Partial<Policy>): History =>
  nothing(libraryOf([{ ...smallReference, policy: { ...smallPolicy, ...change } }]))
    .does('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1' }).does('dispatcher', { type: 'AcceptIncident' })
    .does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' });

/** Lets the clock fire at every moment, as it does in a healthy engine. */
const lived = (history: History, ms: number): History => {
  let now = history;
  for (let left = ms; left > 0; left -= 5 * minute) now = now.later(Math.min(left, 5 * minute)).passTime();
  return now;
};

describe('climbing 升级 because a limit passed', () => {
  it('leads from the grid to the street, the district and the city, and ends there', () => {
    const never = lived(filed('E-01-02.1'), 3 * hour);
    expect(climbs(never)).toEqual(['grid → street deadline dispatch-limit-passed', 'street → district deadline dispatch-limit-passed', 'district → city deadline dispatch-limit-passed']);
    expect(never.open).toMatchObject({ rung: 'city', accountableUnit: 'SH-centre', work: { step: 'filed' } });
  });

  it('leaves the lower clocks in the record: whoever was late stays late', () => {
    const late = lived(filed('E-01-02.1'), 3 * hour);
    const breached = [...late.open.clocks.values()].filter(({ clock, breached }) => clock === 'dispatch' && breached).map(({ unit, rung }) => `${rung} ${unit}`);
    expect(breached).toEqual(['grid S1A-station', 'street S1-centre', 'district YP-centre', 'city SH-centre']);
  });

  it('happens for the clocks that the policy names, and for no others', () => {
    const waits = (climbsOn: readonly ClockName[]): string[] => {
      const rungs: Record<Rung, readonly ClockName[]> = { grid: [], street: climbsOn, district: [], city: [] };
      return climbs(lived(under({ climbsOn: rungs }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }), 8 * hour));
    };
    expect(waits(['acknowledge'])).toEqual(['street → district deadline acknowledge-limit-passed']);
    expect(waits(['handle'])).toEqual(['street → district deadline handle-limit-passed']);
    expect(waits(['arrive'])).toEqual(['street → district deadline arrive-limit-passed']);
    expect(waits([])).toEqual([]);
  });

  it('runs the higher clock from the moment that passed, however late the timer ran', () => {
    const at = (lag: number) => filed('E-01-02.1').later(15 * minute + lag).passTime().open;
    const dueAt = (lag: number) => [...at(lag).clocks.values()].filter(({ clock }) => clock === 'dispatch').at(-1)?.dueAt;
    expect([dueAt(0), dueAt(minute), dueAt(14 * minute)]).toEqual([monday9 + 30 * minute, monday9 + 30 * minute, monday9 + 30 * minute]);
  });

  it('after a real standstill runs it from now, so that nobody above inherits the standstill', () => {
    const woken = filed('E-01-02.1').later(5 * hour).passTime();
    expect(climbs(woken)).toEqual(['grid → street deadline dispatch-limit-passed']);
    expect([...woken.open.clocks.values()].filter(({ clock }) => clock === 'dispatch').at(-1)?.startedAt).toBe(woken.now);
  });

  it('is decided together with the breach, so that no command slips between', () => {
    const [breach, climb] = filed().later(15 * minute).passTime().told.slice(-2);
    expect([breach?.event.type, climb?.event.type, breach?.at === climb?.at]).toEqual(['DeadlineBreached', 'Escalated', true]);
    given(filed().later(15 * minute)).when('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).refuses('actor.not-the-centre');
    given(filed().later(15 * minute - 1)).when('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).records('Dispatched');
  });

  it('never happens to what has been handled', () => expect(climbs(lived(handled(), 40 * hour))).toEqual([]));
});

describe('climbing because it was declared beyond ability 力所不及', () => {
  it('is one rung, with the reason that was given', () => {
    const declared = dispatched().does('roads', { type: 'DeclareBeyondAbility', reason: { code: 'needs-machinery' } });
    expect(climbs(declared)).toEqual(['street → district declared needs-machinery']);
    expect(declared.open).toMatchObject({ accountableUnit: 'YP-centre', work: { step: 'filed' } });
  });

  it('is not for the centre above, which would send it up two rungs by asking twice', () => {
    given(filed('E-01-02.1')).when('dispatcher', { type: 'DeclareBeyondAbility', reason }).refuses('actor.not-the-centre');
    const once = filed('E-01-02.1').does('gridWorkerA', { type: 'DeclareBeyondAbility', reason });
    expect(climbs(once)).toEqual(['grid → street declared other']);
    given(once).when('gridWorkerA', { type: 'DeclareBeyondAbility', reason }).refuses('actor.not-the-centre');
  });

  it('ends at the top', () => {
    const top = filed().does('city', { type: 'EscalateIncident', from: 'street', to: 'city', trigger: 'supervision', reason });
    given(top).when('city', { type: 'DeclareBeyondAbility', reason }).refuses('climb.at-the-top');
  });
});

describe('taking up under supervision', () => {
  it('is for a centre above, to its own rung, and for no other cause', () => {
    const ask = (to: Rung, trigger: 'supervision' | 'deadline' = 'supervision') => ({ type: 'EscalateIncident', from: 'street', to, trigger, reason }) as const;
    given(acknowledged()).when('district', ask('district')).records('Escalated');
    given(acknowledged()).when('district', ask('city')).refuses('actor.not-the-centre');
    given(acknowledged()).when('district', ask('district', 'deadline')).refuses('climb.trigger');
    given(acknowledged()).when('city', ask('grid')).refuses('climb.not-upward');
    given(handled()).when('district', ask('district')).refuses('climb.already-handled');
  });

  it('climbs once for one cause, even when it is asked late', () => {
    const up = acknowledged().does('district', { type: 'EscalateIncident', from: 'street', to: 'district', trigger: 'supervision', reason });
    given(up).when('engine', { type: 'EscalateIncident', from: 'street', to: 'district', trigger: 'deadline', reason, since: toIso(monday9) }).ignores();
  });
});

describe('delegating 下派', () => {
  const atDistrict = filed('E-05-01.1');

  it('leads down to any lower rung, with a reason, from the centre that holds it', () => {
    const down = atDistrict.does('district', { type: 'DelegateIncident', to: 'street', reason: { code: 'small-after-all' } });
    expect(down.told.at(-1)?.event).toMatchObject({ type: 'Delegated', data: { fromRung: 'district', toRung: 'street', fromLoop: 'city', toLoop: 'street', accountableUnit: 'S1-centre', reason: { code: 'small-after-all' } } });
    given(atDistrict).when('district', { type: 'DelegateIncident', to: 'grid', reason }).records('Delegated');
    given(atDistrict).when('dispatcher', { type: 'DelegateIncident', to: 'street', reason }).refuses('actor.not-the-centre');
  });

  it('never leads up, and nothing lies below the grid', () => {
    given(atDistrict).when('district', { type: 'DelegateIncident', to: 'city', reason }).refuses('delegate.not-downward');
    given(filed('E-01-02.1')).when('gridWorkerA', { type: 'DelegateIncident', to: 'grid', reason }).ignores();
    given(filed('E-01-02.1')).when('gridWorkerA', { type: 'DelegateIncident', to: 'street', reason }).refuses('delegate.at-the-bottom');
  });
});

describe('serious lateness', () => {
  it('is supervised from above, once for each clock, from the moment that passed', () => {
    const stuck = lived(under({ climbsOn: { grid: [], street: [], district: [], city: [] } }), hour);
    const orders = stuck.told.flatMap(({ event }) => (event.type === 'SupervisionIssued' ? [event.data] : []));
    expect(orders).toMatchObject([{ by: 'YP-centre', unit: 'S1-centre', reason: { code: 'dispatch-seriously-late' } }]);
    const started = orders[0]?.clocks[0];
    expect(started?.change === 'start' && started.startedAt).toBe(toIso(monday9 + 22.5 * minute));
  });

  it('is not supervised for the city centre by itself but for whoever is above: at the top it supervises its own', () => {
    const top = lived(filed().does('city', { type: 'EscalateIncident', from: 'street', to: 'city', trigger: 'supervision', reason }), hour);
    expect(top.told.flatMap(({ event }) => (event.type === 'SupervisionIssued' ? [event.data.by] : []))).toEqual(['SH-centre']);
  });
});

describe('the loops side by side', () => {
  it('answer a fact at most once, whichever loops there are', () => {
    const facts = [lived(filed('E-01-02.1'), 2 * day), closed().does('hotline', { type: 'RecordVisit', reached: true }).does('hotline', { type: 'RecordSatisfaction', grade: 'dissatisfied' })].flatMap(({ told }) => told.map(({ event }) => event));
    expect(facts.filter((event) => reactionsTo(event).length > 1).map(({ type }) => type)).toEqual([]);
    expect(facts.filter((event) => reactionsTo(event).length === 1).length).toBeGreaterThan(4);
  });

  it('have a Chinese name each, and no two the same', () => {
    expect(ladder.map(({ chinese }) => chinese)).toEqual(['网格微循环', '街道小循环', '市区大循环', '善后']);
  });

  it('tell the earlier incident of a merger, and nobody of a satisfied reporter', () => {
    const merged: IncidentEvent = { type: 'Merged', data: { incidentId: 'i-2', round: 1, into: 'i-1', reason, clocks: [] } };
    expect(reactionsTo(merged)).toEqual([{ loop: 'aftercare', command: { type: 'LinkDuplicate', data: { incidentId: 'i-1', duplicate: 'i-2' } } }]);
    expect(reactionsTo({ type: 'SatisfactionRecorded', data: { incidentId: 'i-1', round: 1, grade: 'satisfied' } })).toEqual([]);
  });
});
