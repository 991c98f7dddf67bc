import { describe, expect, it } from '@jest/globals';
import type { SatisfactionGrade } from '#events';
import { day, hour, minute, toIso } from '#kernel';
import { libraryOf } from '#reference';
import { acknowledged, closed, dispatched, filed, handled, inspected, monday9, nothing, reported, smallReference } from '#scenario';
import type { History } from '#scenario';
import { metrics } from './catalogue.js';
import { accountable, duration, factual, figure, of } from './spec-figures.js';

const other = { code: 'other' };
const rated = (grade: SatisfactionGrade): History => closed().does('hotline', { type: 'RecordVisit', reached: true }).does('hotline', { type: 'RecordSatisfaction', grade });
const returned = (history: History): History => history.does('roads', { type: 'ReturnDispatch', reason: other });
const onTheSpot = (chance = 0.99): History =>
  nothing().withChance(chance).does('gridWorkerA', { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [{ sha256: 'a'.repeat(64), bytes: 9 }] });
/** A policy under which nothing climbs by itself, so that lateness stays where it is. */
const still = libraryOf([{ ...smallReference, policy: { ...smallReference.policy, climbsOn: { grid: [], street: [], district: [], city: [] } } }]);
const stillFiled = (): History =>
  nothing().withLibrary(still).does('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1' }).does('dispatcher', { type: 'AcceptIncident' })
    .does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' });
const stillAcknowledged = (): History => stillFiled().does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'AcknowledgeDispatch' });
const exempted = (history: History, clock: string): History => {
  const clockId = history.state.stage === 'unknown' ? '' : ([...history.state.clocks.values()].find((each) => each.clock === clock && each.breached)?.clockId ?? '');
  return history.does('roads', { type: 'RequestExemption', clockId, reason: other }).does('city', { type: 'GrantExemption', clockId, reason: other });
};

describe('满意率', () => {
  it('of 2 满意, 1 基本满意, 1 一般, 1 不满意 is 68 %', () => {
    const histories = [rated('satisfied'), rated('satisfied'), rated('mostly-satisfied'), rated('neutral'), rated('dissatisfied')];
    expect(factual('satisfactionRate', histories)).toEqual({ numerator: 3.4, denominator: 5, value: 0.68, text: '68 %', points: 68 });
  });

  it('leaves out whoever gave none', () => {
    expect(factual('satisfactionRate', [rated('satisfied'), closed()]).text).toBe('100 %');
    expect(factual('satisfactionRate', [closed()])).toMatchObject({ denominator: 0, value: null, text: '—', points: null });
  });
});

describe('nothing to divide by', () => {
  it('is —, neither 0 % nor 100 %, in every metric', () => {
    for (const metric of metrics) {
      const { total } = figure(metric.name, [], { at: monday9 });
      for (const reading of [total.factual, total.accountable]) expect([metric.name, reading.text]).toEqual([metric.name, '—']);
    }
  });
});

describe('应结案', () => {
  it('leaves out what is not yet due, and has it once the limit has passed, with or without a timer', () => {
    expect(of(factual('closureRate', [handled(), closed()]))).toBe('1 of 1');
    const waiting = stillAcknowledged();
    expect(of(factual('closureRate', [waiting], { at: waiting.now + 10 * day }))).toBe('0 of 0');
    expect(of(factual('closureRate', [waiting], { at: waiting.now + 40 * day }))).toBe('0 of 1');
    expect(of(factual('closureRate', [waiting.later(40 * day).passTime()]))).toBe('0 of 1');
  });

  it('has a late closing as closed and not as closed in time', () => {
    const late = stillAcknowledged().later(40 * day).does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });
    expect([of(factual('closureRate', [late])), of(factual('onTimeClosureRate', [late])), of(factual('onTimeHandlingRate', [late]))]).toEqual(['1 of 1', '0 of 1', '0 of 1']);
  });
});

describe('按期处置率', () => {
  it('keeps a late unit in the figure after another one has taken over', () => {
    // The limit of S1-roads passes, the incident climbs, the district's unit handles it in time.
    const climbed = acknowledged().later(8 * hour).passTime().does('district', { type: 'DispatchIncident', unit: 'YP-roads' }).does('districtRoads', { type: 'AcknowledgeDispatch' }).does('districtRoads', { type: 'RecordHandling' });
    const { total, groups } = figure('onTimeHandlingRate', [climbed], { by: 'unit' });
    expect(total.factual).toMatchObject({ numerator: 1, denominator: 2 });
    expect(groups.map(({ key, factual: { text } }) => [key, text])).toEqual([['S1-roads', '0 %'], ['YP-roads', '100 %']]);
  });

  it('leaves an exempted breach out of the accountable figure and keeps it in the factual one', () => {
    const late = exempted(stillAcknowledged().later(9 * hour).passTime(), 'handle');
    expect([of(factual('onTimeHandlingRate', [late])), of(accountable('onTimeHandlingRate', [late]))]).toEqual(['0 of 1', '0 of 0']);
    const done = late.does('roads', { type: 'RecordHandling' });
    expect([of(factual('onTimeHandlingRate', [done])), of(accountable('onTimeHandlingRate', [done]))]).toEqual(['0 of 1', '0 of 0']);
  });

  it('does not charge a unit whose dispatch it returned before the limit', () => {
    expect(of(factual('onTimeHandlingRate', [returned(dispatched())]))).toBe('0 of 0');
  });
});

describe('派单', () => {
  const there = (history: History, unit: string): History => history.does('dispatcher', { type: 'DispatchIncident', unit });
  const done = (history: History): History => history.does('roads', { type: 'AcknowledgeDispatch' }).does('roads', { type: 'RecordHandling' });

  it('to A, then to B, then to A again counts one wrong dispatch', () => {
    const aba = done(there(there(returned(dispatched()), 'S1-order').does('order', { type: 'ReturnDispatch', reason: other }), 'S1-roads'));
    expect(of(factual('firstDispatchAccuracyRate', [aba, handled()]))).toBe('1 of 2');
    expect(factual('returnRate', [aba, handled()]).text).toBe('50 %');
    expect(factual('pingPongDepth', [aba, handled()])).toMatchObject({ numerator: 1, denominator: 2, text: '0.5' });
  });

  it('back to the same unit is right at first, and a comeback all the same', () => {
    const aa = done(there(returned(dispatched()), 'S1-roads'));
    expect([of(factual('firstDispatchAccuracyRate', [aa])), of(factual('pingPongDepth', [aa]))]).toEqual(['1 of 1', '1 of 1']);
  });

  it('gives the same unit what remained of its time, and another one a time of its own', () => {
    const same = done(there(returned(acknowledged().later(hour)).later(10 * minute), 'S1-roads'));
    expect(duration('handleDuration', [same], 'factual')).toMatchObject({ count: 1, p50Minutes: 70 });
    expect(duration('handleDuration', [same], 'accountable')).toMatchObject({ count: 1, p50Minutes: 60 });
  });
});

describe('阶段时限', () => {
  it('counts a first contact in time, a missed one, a skipped one, and none that is not due', () => {
    const made = dispatched().does('roads', { type: 'RecordFirstContact' });
    const missed = stillAcknowledged().later(3 * day).passTime();
    // The dispatch that nobody took on climbed long before a first contact was due.
    expect(of(factual('firstContactRate', [made, missed, handled(), dispatched()], { at: missed.now }))).toBe('1 of 3');
    expect(of(factual('firstContactRate', [made, handled(), dispatched()], { at: handled().now }))).toBe('1 of 2');
    expect(of(factual('firstContactRate', [dispatched()]))).toBe('0 of 0');
  });

  it('charges a late taking-on from the dispatch on, not from the signature', () => {
    const late = stillFiled().does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).later(40 * minute).does('roads', { type: 'AcknowledgeDispatch' });
    expect([of(factual('acknowledgementOnTimeRate', [late])), duration('acknowledgeDuration', [late]).p50Minutes]).toEqual(['0 of 1', 40]);
  });

  it('counts a declined report as an answer', () => {
    expect(of(factual('acceptanceOnTimeRate', [reported().does('dispatcher', { type: 'DeclineIncident', reason: other })]))).toBe('1 of 1');
  });

  it('counts every summoned department: in time, late, and not there when the whistle ended', () => {
    const blown = acknowledged().does('dispatcher', { type: 'BlowWhistle', whistleId: 'w-1', units: ['S1-order', 'S1-sanitation', 'YP-order'], reason: other });
    expect(of(factual('whistleResponseRate', [blown]))).toBe('0 of 0');
    const came = blown.later(10 * minute).does('order', { type: 'ReportIn', whistleId: 'w-1' });
    expect(of(factual('whistleResponseRate', [came.does('dispatcher', { type: 'EndWhistle', whistleId: 'w-1' })]))).toBe('1 of 3');
    expect(of(factual('whistleResponseRate', [came.later(hour).passTime().does('sanitation', { type: 'ReportIn', whistleId: 'w-1' })]))).toBe('1 of 3');
  });
});

describe('循环', () => {
  it('contains what it closes, and not what it lets climb', () => {
    const taken = filed().does('city', { type: 'EscalateIncident', from: 'street', to: 'city', trigger: 'supervision', reason: other });
    const climbed = taken.does('city', { type: 'DispatchIncident', unit: 'SH-roads' }).does('cityRoads', { type: 'AcknowledgeDispatch' }).does('cityRoads', { type: 'RecordHandling' })
      .does('gridWorkerB', { type: 'PassInspection' }).does('city', { type: 'CloseIncident' });
    const { total, groups } = figure('loopContainmentRate', [climbed, closed()], { by: 'loop' });
    expect([total.factual.text, groups.map(({ key }) => key)]).toEqual(['50 %', ['street']]);
    expect(figure('escalationRate', [climbed, closed()], { by: 'loop' }).groups.map(({ key, factual: { text } }) => [key, text])).toEqual([['city', '0 %'], ['street', '50 %']]);
  });
});

describe('自行处置', () => {
  it('is a family of its own', () => {
    const easy = Array.from({ length: 9 }, () => onTheSpot());
    for (const name of ['closureRate', 'onTimeClosureRate', 'onTimeHandlingRate', 'loopContainmentRate', 'reworkRate', 'forcedClosureRate']) {
      expect([name, factual(name, [...easy, closed()]).denominator]).toEqual([name, factual(name, [closed()]).denominator]);
    }
    expect(of(factual('selfHandledRate', [...easy, closed()]))).toBe('9 of 10');
    expect(of(factual('sampleDrawRate', [...easy, onTheSpot(0.01)]))).toBe('1 of 10');
  });

  it('that was drawn passes, fails, or was never looked at', () => {
    const drawn = onTheSpot(0.01);
    expect(of(factual('samplePassRate', [drawn]))).toBe('0 of 0');
    expect(of(factual('samplePassRate', [drawn.does('gridWorkerB', { type: 'PassInspection' })]))).toBe('1 of 1');
    expect(of(factual('samplePassRate', [drawn.later(9 * hour).passTime()]))).toBe('0 of 1');
    const failed = drawn.does('dispatcher', { type: 'FailInspection', reason: other });
    expect([of(factual('samplePassRate', [failed])), of(factual('selfHandledRate', [failed])), of(factual('reopeningRate', [failed]))]).toEqual(['0 of 1', '1 of 1', '1 of 1']);
  });
});

describe('时长', () => {
  it('is the middle one and the ninth of ten, and really occurred', () => {
    const took = (minutes: number): History => acknowledged().later(minutes * minute).does('roads', { type: 'RecordHandling' });
    expect(duration('handleDuration', [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map(took))).toEqual({ count: 10, p50Minutes: 50, p90Minutes: 90, text: '50 / 90 min' });
  });

  it('stands still while suspended, over a weekend too, in the accountable reading only', () => {
    const asked = acknowledged().later(30 * minute).does('roads', { type: 'RequestSuspension', until: toIso(acknowledged().now + 7 * day), reason: other }).does('dispatcher', { type: 'GrantSuspension' });
    const done = asked.later(5 * day).does('roads', { type: 'ResumeIncident' }).later(30 * minute).does('roads', { type: 'RecordHandling' });
    expect(duration('handleDuration', [done]).p50Minutes).toBe(5 * 24 * 60 + 60);
    expect(duration('handleDuration', [done], 'accountable').p50Minutes).toBe(60);
    expect([of(factual('onTimeHandlingRate', [done])), of(factual('suspensionRate', [done, handled()]))]).toEqual(['1 of 1', '1 of 2']);
  });

  it('of the whole way counts a reopening in', () => {
    const again = closed().later(day).does('dispatcher', { type: 'ReopenIncident', reason: other }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'AcknowledgeDispatch' })
      .does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });
    expect(duration('wholeDuration', [again]).p50Minutes).toBe(24 * 60);
  });
});

describe('period, group and filter', () => {
  const early = closed();
  const late = inspected().later(2 * day).does('dispatcher', { type: 'CloseIncident' });
  const from = monday9 + day;

  it('count what belongs to the period by the moment of the cohort, its first moment in and its last one out', () => {
    expect(of(factual('loopContainmentRate', [early, late], { from }))).toBe('1 of 1');
    expect(of(factual('loopContainmentRate', [early, late], { before: from }))).toBe('1 of 1');
    expect(of(factual('loopContainmentRate', [early, late], { from: early.now, before: late.now }))).toBe('1 of 1');
  });

  it('of all groups add up to the total', () => {
    for (const by of ['loop', 'rung', 'street', 'community', 'grid', 'unit', 'channel', 'scenario', 'subclass'] as const) {
      const { total, groups } = figure('onTimeClosureRate', [early, late, handled()], { by });
      expect([by, groups.reduce((sum, { factual: reading }) => sum + ('denominator' in reading ? reading.denominator : 0), 0)]).toEqual([by, (total.factual as { denominator: number }).denominator]);
    }
  });

  it('filters leave only what has all that is asked for', () => {
    expect(of(factual('closureRate', [early, late], { filter: { street: 'S1', channel: 'hotline', unit: 'S1-roads' } }))).toBe('2 of 2');
    expect(of(factual('closureRate', [early, late], { filter: { street: 'S2' } }))).toBe('0 of 0');
  });
});
