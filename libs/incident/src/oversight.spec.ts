import { describe, expect, it } from '@jest/globals';
import { hour, minute, toIso } from '#kernel';
import { acknowledged, closed, filed, given, monday9 } from '#scenario';
import type { Asked, History } from '#scenario';

const reason = { code: 'other' };
const whistle = (units: readonly string[], whistleId = 'w-1'): Asked => ({ type: 'BlowWhistle', whistleId, units, reason });
const clocks = (history: History, name: string) => [...history.open.clocks.values()].filter(({ clock }) => clock === name);
const rollCall = (history: History) => {
  const { units, arrived, missed, ended } = history.open.whistles.get('w-1') ?? { units: [], arrived: [], missed: [], ended: false };
  return { units, arrived, missed, ended };
};

describe('the whistle 吹哨', () => {
  const blown = acknowledged().does('dispatcher', whistle(['S1-order', 'YP-order']));

  it('gives every department a clock of its own and moves nobody’s accountability', () => {
    expect(clocks(blown, 'whistle').map(({ unit, status, dueAt }) => [unit, status, dueAt - blown.now])).toEqual([['S1-order', 'running', 30 * minute], ['YP-order', 'running', 30 * minute]]);
    expect(blown.open).toMatchObject({ accountableUnit: 'S1-roads', work: { step: 'acknowledged' } });
  });

  it('calls the roll: who arrived, who did not, and who came late stays late', () => {
    const there = blown.later(10 * minute).does('order', { type: 'ReportIn', whistleId: 'w-1' });
    expect(rollCall(there)).toEqual({ units: ['S1-order', 'YP-order'], arrived: ['S1-order'], missed: [], ended: false });
    const over = there.later(21 * minute).passTime();
    expect(over.types.slice(-2)).toEqual(['DeadlineBreached', 'ReportInMissed']);
    expect(over.told.at(-1)?.event.data).toMatchObject({ unit: 'YP-order', dueAt: toIso(monday9 + 30 * minute) });
    expect(rollCall(over)).toMatchObject({ arrived: ['S1-order'], missed: ['YP-order'] });
    const late = over.with([{ type: 'ReportedIn', data: { incidentId: 'i-1', round: 1, whistleId: 'w-1', unit: 'YP-order', location: null, clocks: [] } }], { id: 'x', role: 'unit-handler', unit: 'YP-order' });
    expect(rollCall(late)).toMatchObject({ arrived: ['S1-order', 'YP-order'], missed: ['YP-order'] });
    expect(clocks(late, 'whistle').find(({ unit }) => unit === 'YP-order')?.breached).toBe(true);
  });

  it('a department that is late may still report in', () => {
    const late = acknowledged().does('dispatcher', whistle(['S1-order'])).later(hour).does('order', { type: 'ReportIn', whistleId: 'w-1' });
    expect(rollCall(late)).toMatchObject({ arrived: ['S1-order'], missed: ['S1-order'] });
    expect(clocks(late, 'whistle')[0]).toMatchObject({ status: 'stopped', breached: true });
  });

  it('ends by the centre that blew it, and what still runs stops', () => {
    const over = blown.does('dispatcher2', { type: 'EndWhistle', whistleId: 'w-1' });
    expect(clocks(over, 'whistle').map(({ status }) => status)).toEqual(['stopped', 'stopped']);
    given(over).when('order', { type: 'ReportIn', whistleId: 'w-1' }).refuses('whistle.not-summoned');
    expect(over.later(24 * hour).passTime().types).not.toContain('ReportInMissed');
  });

  it('is told apart from another one', () => {
    const two = blown.does('district', whistle(['S1-sanitation'], 'w-2')).does('dispatcher', { type: 'EndWhistle', whistleId: 'w-1' });
    given(two).when('order', { type: 'ReportIn', whistleId: 'w-1' }).refuses('whistle.not-summoned');
    given(two).when('sanitation', { type: 'ReportIn', whistleId: 'w-1' }).refuses('whistle.ended');
    given(two).when('sanitation', { type: 'ReportIn', whistleId: 'w-3' }).refuses('whistle.unknown');
    given(two).when('sanitation', { type: 'ReportIn', whistleId: 'w-2' }).records('ReportedIn');
    given(blown.does('district', whistle(['S1-order'], 'w-2'))).when('dispatcher', { type: 'EndWhistle', whistleId: 'w-2' }).refuses('whistle.not-yours');
  });

  it('summons somebody that exists', () => {
    given(acknowledged()).when('dispatcher', whistle([])).refuses('whistle.nobody');
    given(acknowledged()).when('dispatcher', whistle(['S1-order', 'nobody'])).refuses('unit.unknown');
    const [event] = given(acknowledged()).when('dispatcher', whistle(['S1-order', 'S1-order'])).records('Whistled');
    expect(event?.data).toMatchObject({ units: ['S1-order'] });
  });

  it('stops with the incident: nobody is called to a scene that is closed', () => {
    const ended = acknowledged().does('dispatcher', whistle(['S1-order'])).does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });
    expect(ended.later(100 * hour).passTime().types).not.toContain('ReportInMissed');
  });
});

describe('supervision 督办', () => {
  const supervised = acknowledged().does('district', { type: 'IssueSupervision', supervisionId: 's-1', reason });

  it('asks the accountable unit for an answer within a limit of its own', () => {
    expect(clocks(supervised, 'supervise')[0]).toMatchObject({ unit: 'S1-roads', status: 'running', subject: 's-1' });
    expect(clocks(supervised.does('roads', { type: 'AnswerSupervision', supervisionId: 's-1' }), 'supervise')[0]?.status).toBe('stopped');
  });

  it('is answered by the unit that was asked, even when the incident has moved on or is over', () => {
    const moved = supervised.does('roads', { type: 'ReturnDispatch', reason }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-order' });
    given(moved).when('order', { type: 'AnswerSupervision', supervisionId: 's-1' }).refuses('supervision.not-yours');
    given(moved).when('roads', { type: 'AnswerSupervision', supervisionId: 's-1' }).records('SupervisionAnswered');
    const over = supervised.does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });
    given(over).when('roads', { type: 'AnswerSupervision', supervisionId: 's-1' }).records('SupervisionAnswered');
    expect(over.later(40 * hour).passTime().types).toContain('DeadlineBreached');
  });

  it('names an order that exists and is addressed to the unit', () => {
    given(supervised).when('roads', { type: 'AnswerSupervision', supervisionId: 's-9' }).refuses('supervision.unknown');
    const both = supervised.does('roads', { type: 'ReturnDispatch', reason }).does('city', { type: 'IssueSupervision', supervisionId: 's-2', reason });
    given(both).when('dispatcher', { type: 'AnswerSupervision', supervisionId: 's-1' }).refuses('supervision.not-yours');
    given(both).when('dispatcher', { type: 'AnswerSupervision', supervisionId: 's-2' }).records('SupervisionAnswered');
  });

  it('comes from above: the street cannot supervise its own rung', () => {
    given(acknowledged()).when('dispatcher', { type: 'IssueSupervision', supervisionId: 's-1', reason }).refuses('actor.not-above');
    given(closed()).when('district', { type: 'IssueSupervision', supervisionId: 's-1', reason }).refuses('incident.wrong-stage');
  });
});

describe('urging 催办', () => {
  it('is for the centre that holds it and those above, not for those below', () => {
    given(acknowledged()).when('city', { type: 'UrgeIncident' }).records('Urged');
    const atDistrict = filed().does('district', { type: 'EscalateIncident', from: 'street', to: 'district', trigger: 'supervision', reason });
    given(atDistrict).when('dispatcher', { type: 'UrgeIncident' }).refuses('actor.not-the-centre');
  });
});

describe('exemptions 申诉', () => {
  // Due at 15:00, and due at 15:15 at the district that it climbed to.
  const late = acknowledged().later(6 * hour).passTime().later(hour).passTime();
  const clockId = [...late.open.clocks.values()].find(({ clock, breached }) => clock === 'handle' && breached)?.clockId ?? '';

  it('are decided once, by a centre that is not the applicant', () => {
    const denied = late.does('roads', { type: 'RequestExemption', clockId, reason }).does('city', { type: 'DenyExemption', clockId, reason });
    given(denied).when('city', { type: 'GrantExemption', clockId, reason }).refuses('approval.nothing-asked');
    given(denied).when('roads', { type: 'RequestExemption', clockId, reason }).ignores();
    expect(denied.open.clocks.get(clockId)?.breached).toBe(true);
  });

  it('a centre cannot decide about its own lateness', () => {
    const dispatchClock = [...late.open.clocks.values()].find(({ clock, breached, unit }) => clock === 'dispatch' && breached && unit === 'YP-centre')?.clockId ?? '';
    const asked = late.does('district', { type: 'RequestExemption', clockId: dispatchClock, reason });
    given(asked).when('district', { type: 'GrantExemption', clockId: dispatchClock, reason }).refuses('duty.own-request');
    given(asked).when('city', { type: 'GrantExemption', clockId: dispatchClock, reason }).records('ExemptionGranted');
  });

  it('name a clock that is there and was late, of one’s own', () => {
    given(late).when('roads', { type: 'RequestExemption', clockId: 'handle:99', reason }).refuses('clock.unknown');
    given(late).when('roads', { type: 'RequestExemption', clockId: 'citizen:2', reason }).refuses('exemption.not-late');
    const other = [...late.open.clocks.values()].find(({ breached, unit }) => breached && unit !== 'S1-roads')?.clockId ?? '';
    given(late).when('roads', { type: 'RequestExemption', clockId: other, reason }).refuses('exemption.not-yours');
  });
});
