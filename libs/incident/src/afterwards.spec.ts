import { describe, expect, it } from '@jest/globals';
import { day, hour, minute, toIso } from '#kernel';
import { acknowledged, closed, given, monday9, nothing } from '#scenario';
import type { Asked, History } from '#scenario';

const reason = { code: 'other' };
const clocks = (history: History, name: string) => (history.state.stage === 'unknown' ? [] : [...history.state.clocks.values()].filter(({ clock }) => clock === name));
const rated = (history: History, grade: Extract<Asked, { type: 'RecordSatisfaction' }>['grade']): History =>
  history.does('hotline', { type: 'RecordVisit', reached: true }).does('hotline', { type: 'RecordSatisfaction', grade });
const reopened = (history: History): History => history.does('dispatcher', { type: 'ReopenIncident', reason: { code: 'came-back' } });
const workedAgain = (history: History): History =>
  history.does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'AcknowledgeDispatch' }).does('roads', { type: 'RecordHandling' })
    .does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });

describe('the visit 回访 and the rating 评价', () => {
  it('counts as asked only whom it reached', () => {
    const missed = closed().does('hotline', { type: 'RecordVisit', reached: false });
    given(missed).when('hotline', { type: 'RecordSatisfaction', grade: 'satisfied' }).refuses('satisfaction.not-visited');
    given(missed).when('hotline', { type: 'RecordVisit', reached: false }).records('Visited');
    given(missed).when('hotline', { type: 'RecordVisit', reached: true }).records('Visited');
  });

  it('is made by a centre or the channel, never by whoever handled it', () => {
    given(closed()).when('roads', { type: 'RecordVisit', reached: true }).refuses('duty.not-independent');
    given(closed()).when('order', { type: 'RecordVisit', reached: true }).refuses('actor.not-a-centre');
    given(acknowledged()).when('hotline', { type: 'RecordVisit', reached: true }).refuses('incident.wrong-stage');
    given(closed().does('hotline', { type: 'RecordVisit', reached: true })).when('roads', { type: 'RecordSatisfaction', grade: 'satisfied' }).refuses('duty.not-independent');
  });

  it('a rating cannot be talked up afterwards', () => given(rated(closed(), 'dissatisfied')).when('hotline', { type: 'RecordSatisfaction', grade: 'satisfied' }).refuses('satisfaction.already-given'));
});

describe('rectification 整改', () => {
  it('opens by itself for a bad rating only, with a reply clock of the unit that handled', () => {
    expect(rated(closed(), 'mostly-satisfied').types).not.toContain('RectificationOpened');
    const bad = rated(closed(), 'dissatisfied');
    expect(bad.told.at(-1)?.event).toMatchObject({ type: 'RectificationOpened', data: { unit: 'S1-roads', rectificationId: 'rectification:1' } });
    expect(clocks(bad, 'rectify')).toMatchObject([{ unit: 'S1-roads', status: 'running' }]);
    given(closed()).when('dispatcher', { type: 'OpenRectification' }).refuses('actor.engine-only');
  });

  it('late is late here too', () => expect(rated(closed(), 'dissatisfied').later(30 * day).passTime().types).toContain('DeadlineBreached'));

  it('is completed by its unit, after which nothing runs', () => {
    const done = rated(closed(), 'dissatisfied').does('roads', { type: 'CompleteRectification' });
    expect(clocks(done, 'rectify')[0]?.status).toBe('stopped');
    expect(done.later(30 * day).passTime().types).not.toContain('DeadlineWarned');
  });

  it('goes on through a reopening, for it is a loop of its own', () => {
    const open = reopened(rated(closed(), 'dissatisfied'));
    expect(clocks(open, 'rectify')[0]?.status).toBe('running');
    given(open).when('roads', { type: 'CompleteRectification' }).records('RectificationCompleted');
  });

  it('is completed for all that the unit owes, so that asking twice records once', () => {
    const twice = rated(workedAgain(reopened(rated(closed(), 'dissatisfied'))), 'dissatisfied');
    const done = given(twice).when('roads', { type: 'CompleteRectification' }).records('RectificationCompleted', 'RectificationCompleted');
    expect(done.map(({ data }) => 'rectificationId' in data && data.rectificationId)).toEqual(['rectification:1', 'rectification:2']);
    given(twice.does('roads', { type: 'CompleteRectification' })).when('roads', { type: 'CompleteRectification' }).ignores();
  });
});

describe('reopening 重开', () => {
  it('starts a new round at the centre of the rung that closed it', () => {
    const again = reopened(closed());
    expect(again.told.at(-1)?.event.data).toMatchObject({ round: 2, rung: 'street', accountableUnit: 'S1-centre' });
    expect(again.open).toMatchObject({ round: 2, work: { step: 'filed' }, returns: 0, failures: 0, extensions: 0, handlers: [], handlingUnits: [] });
  });

  it('leaves the first closure in the record', () => expect(workedAgain(reopened(closed())).types.filter((type) => type === 'Closed')).toHaveLength(2));

  it('never restarts the citizen’s clock: its due time is the first one', () => {
    const first = clocks(acknowledged(), 'citizen')[0];
    const again = clocks(reopened(closed().later(3 * day)), 'citizen');
    expect(again).toHaveLength(1);
    expect(again[0]).toMatchObject({ status: 'running', startedAt: first?.startedAt, dueAt: first?.dueAt, consumedMs: 0 });
  });

  it('records a citizen’s limit that passed while it was closed, for the moment at which it passed', () => {
    const due = clocks(closed(), 'citizen')[0]?.dueAt ?? 0;
    const again = reopened(closed().at(due + 2 * day)).passTime();
    const breach = again.told.map(({ event }) => event).find((event) => event.type === 'DeadlineBreached' && event.data.clock === 'citizen');
    expect(breach?.data).toMatchObject({ passedAt: toIso(due) });
  });

  it('is possible for as long as the policy says, to the millisecond', () => {
    const limit = 30 * day;
    given(closed().at(monday9 + limit)).when('dispatcher', { type: 'ReopenIncident', reason }).records('Reopened');
    given(closed().at(monday9 + limit + 1)).when('dispatcher', { type: 'ReopenIncident', reason }).refuses('reopen.too-late');
  });

  it('calls off the inspection of a draw that waited', () => {
    const drawn = nothing().withChance(0.05).does('gridWorkerA', { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [{ sha256: 'c'.repeat(64), bytes: 3 }] });
    expect(clocks(drawn, 'inspect')[0]?.status).toBe('running');
    expect(clocks(reopened(drawn), 'inspect')[0]?.status).toBe('stopped');
  });
});

describe('merging 并案', () => {
  it('leaves its link in the later incident, and the engine tells the earlier one', () => {
    const merged = acknowledged().does('dispatcher', { type: 'MergeIncident', into: { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' }, reason });
    expect(merged.state).toMatchObject({ stage: 'merged', into: 'i-0' });
    const master = acknowledged().does('engine', { type: 'LinkDuplicate', duplicate: 'i-7' });
    expect(master.open.duplicates).toEqual(['i-7']);
    given(closed()).when('engine', { type: 'LinkDuplicate', duplicate: 'i-7' }).records('DuplicateLinked');
  });
});

describe('asking for time 延期, 挂账', () => {
  const extending = acknowledged().does('roads', { type: 'RequestExtension', addedMinutes: 60, reason });
  const until = toIso(monday9 + 24 * hour);

  it('is one request at a time', () => {
    given(extending).when('roads', { type: 'RequestExtension', addedMinutes: 30, reason }).refuses('extension.already-asked');
    const suspending = acknowledged().does('roads', { type: 'RequestSuspension', until, reason });
    given(suspending).when('roads', { type: 'RequestSuspension', until: toIso(monday9 + hour), reason }).refuses('suspension.already-asked');
  });

  it('grants no extension while the clock stands still, which would set it going', () => {
    const both = extending.does('roads', { type: 'RequestSuspension', until, reason }).does('dispatcher', { type: 'GrantSuspension' });
    given(both).when('dispatcher', { type: 'GrantExtension' }).refuses('incident.suspended');
    expect(clocks(both, 'handle')[0]?.status).toBe('paused');
    const later = both.at(monday9 + 24 * hour + minute).does('dispatcher', { type: 'GrantExtension' });
    expect(clocks(later, 'handle')[0]).toMatchObject({ status: 'running', durationMs: 5 * hour });
  });

  it('is granted by nobody of the unit that asked, at no other desk, and not when it is too late', () => {
    given(extending).when('district', { type: 'GrantExtension' }).refuses('actor.not-the-centre');
    const suspending = acknowledged().does('roads', { type: 'RequestSuspension', until: toIso(monday9 + hour), reason });
    given(suspending.later(2 * hour)).when('dispatcher', { type: 'GrantSuspension' }).refuses('suspension.in-the-past');
  });
});
